package trapline.code;

/// One decoded x86-64 instruction: its length, where control goes, and its operands.
///
/// An object is filled by [X86Decoder#decode] and is meant to be used again for the next
/// instruction: decoding allocates nothing. Not safe for use by several threads.
///
/// Operands are numbered from 0 in the order in which AT&T syntax prints them: sources first,
/// the destination last. The methods that take an operand's number `i` answer for 0 to
/// [#operandCount()] - 1 and for the kinds of operand that they name; for any other they answer
/// 0 or -1 and never throw for `i` below [#MAX_OPERANDS].
public final class Instruction {
  /// The most operands an instruction has.
  public static final int MAX_OPERANDS = 6;

  /// Says that a memory operand has no base, index or segment register.
  public static final int NONE = -1;

  /// The base register number that stands for the address of the next instruction, `%rip`.
  public static final int RIP = 16;

  // Set by the decoder. Arrays are indexed by operand.
  long address;
  int length = 1;
  Flow flow = Flow.BAD;
  OpcodeRow row = X86Decoder.BAD_ROW;
  int count;
  final OperandKind[] kinds = new OperandKind[MAX_OPERANDS];
  final RegisterClass[] classes = new RegisterClass[MAX_OPERANDS];
  final byte[] sizes = new byte[MAX_OPERANDS];
  final int[] codes = new int[MAX_OPERANDS];
  final byte[] registers = new byte[MAX_OPERANDS];
  final byte[] segments = new byte[MAX_OPERANDS];
  final byte[] bases = new byte[MAX_OPERANDS];
  final byte[] indexes = new byte[MAX_OPERANDS];
  final byte[] scales = new byte[MAX_OPERANDS];
  final long[] values = new long[MAX_OPERANDS];

  /// The operand that is relative to the next instruction's address, or -1.
  int ripOperand = NONE;

  // What only the text needs.
  final byte[] prefixes = new byte[X86Decoder.MAX_LENGTH];
  int prefixCount;
  int shownPrefixes;
  int renamedPrefix = NONE;
  int operandSize;
  int hint;
  boolean memory;
  boolean address32;
  boolean hasDisplacement;
  boolean hasSib;
  boolean wide;
  int predicate = NONE;
  int broadcast;
  int indexSize;
  int mask;
  boolean zeroing;
  boolean waits;
  boolean saysEvex;

  public Instruction() {}

  /// Where the instruction is, as given to the decoder.
  public long address() {
    return address;
  }

  /// The number of bytes, 1 to 15; when [#flow()] is [Flow#BAD], the number of bytes that
  /// objdump passes over.
  public int length() {
    return length;
  }

  /// The address of the next instruction.
  public long next() {
    return address + length;
  }

  public Flow flow() {
    return flow;
  }

  /// Where a direct branch or call goes; 0 when [#flow()] is none of [Flow#CALL], [Flow#JUMP]
  /// and [Flow#CONDITIONAL_JUMP].
  public long target() {
    return count > 0 && kinds[0] == OperandKind.TARGET ? values[0] : 0;
  }

  /// Whether an operand is memory addressed relative to `%rip`.
  public boolean hasRipTarget() {
    return ripOperand >= 0;
  }

  /// The address of the memory operand that is relative to `%rip`; 0 when there is none.
  public long ripTarget() {
    if (ripOperand < 0) {
      return 0;
    }
    long target = next() + values[ripOperand];
    return address32 ? target & 0xffff_ffffL : target;
  }

  /// The mnemonic as objdump prints it, with its size suffix and without prefixes: `movl`,
  /// `syscall`.
  public String mnemonic() {
    return Mnemonics.of(this);
  }

  public int operandCount() {
    return count;
  }

  public OperandKind kind(int i) {
    return i < count ? kinds[i] : OperandKind.DECORATION;
  }

  /// The width of operand `i` in bytes (1, 2, 4, 8, 10, 16, 32, 64); 0 where the instruction
  /// gives it none, as for `lea`.
  public int size(int i) {
    return i < count ? sizes[i] : 0;
  }

  /// The number in its class of the register that is operand `i`; [#NONE] when it is no
  /// register.
  public int register(int i) {
    return is(i, OperandKind.REGISTER) ? registers[i] : NONE;
  }

  public RegisterClass registerClass(int i) {
    return is(i, OperandKind.REGISTER) ? classes[i] : RegisterClass.GENERAL;
  }

  /// The value of operand `i`, sign-extended to 64 bits as the instruction does; 0 when it is
  /// no [OperandKind#IMMEDIATE].
  public long immediate(int i) {
    return is(i, OperandKind.IMMEDIATE) ? values[i] : 0;
  }

  /// The segment register (0 to 5: es cs ss ds fs gs) named for memory operand `i`; [#NONE]
  /// when none is. Only `fs` (4) and `gs` (5) change the address in 64-bit mode.
  public int segment(int i) {
    return is(i, OperandKind.MEMORY) ? segments[i] : NONE;
  }

  /// The number of the base register of memory operand `i`, [#RIP], or [#NONE].
  public int base(int i) {
    return is(i, OperandKind.MEMORY) ? bases[i] : NONE;
  }

  /// The number of the index register of memory operand `i`, or [#NONE]; a vector register for
  /// gathers and scatters.
  public int index(int i) {
    return is(i, OperandKind.MEMORY) ? indexes[i] : NONE;
  }

  /// What the index is multiplied with: 1, 2, 4 or 8.
  public int scale(int i) {
    return is(i, OperandKind.MEMORY) ? scales[i] : 1;
  }

  /// The constant part of memory operand `i`'s address; relative to [#next()] when the base is
  /// [#RIP], the absolute address when there is no base and no index.
  public long displacement(int i) {
    return is(i, OperandKind.MEMORY) ? values[i] : 0;
  }

  /// Whether the instruction writes operand `i`.
  public boolean writes(int i) {
    return i < count && (codes[i] & OperandCode.WRITTEN) != 0;
  }

  /// Whether the instruction reads operand `i`. The address registers of a memory operand are
  /// always read, and do not count here.
  public boolean reads(int i) {
    return i < count && (codes[i] & OperandCode.READ) != 0;
  }

  /// The general registers that the instruction itself may change, operands and implied ones
  /// (`rdx` of `mul`, `rsp` of `push`), as a set of bits: bit n stands for register n. What a
  /// called function or the kernel changes is not in it, except `rcx` and `r11` of `syscall`.
  public int writtenRegisters() {
    int set = row.written;
    if (isRepeated()) {
      set |= 1 << 1;
    }
    for (int i = 0; i < count; i++) {
      if ((codes[i] & OperandCode.WRITTEN) != 0
          && kinds[i] == OperandKind.REGISTER
          && (classes[i] == RegisterClass.GENERAL
              || classes[i] == RegisterClass.GENERAL_HIGH_BYTE)) {
        set |= 1 << registers[i];
      }
    }
    return set;
  }

  /// The instruction in AT&T syntax as `objdump -d` prints it, without padding.
  ///
  /// @param symbols names branch targets and `%rip`-relative memory, as objdump does
  ///     between angle brackets; an address without a name is printed bare
  public String text(SymbolLookup symbols) {
    StringBuilder out = new StringBuilder(48);
    appendText(out, symbols);
    return out.toString();
  }

  /// Appends what [#text] returns.
  public void appendText(StringBuilder out, SymbolLookup symbols) {
    AttText.append(this, out, symbols);
  }

  /// Whether a string operation counts in `rcx`.
  /// Whether it is a string operation that a prefix repeats.
  public boolean isRepeated() {
    for (int i = 0; i < prefixCount; i++) {
      if ((prefixes[i] == (byte) 0xf2 || prefixes[i] == (byte) 0xf3) && count > 0) {
        return AttText.isString(codes[0]) || AttText.isString(codes[count - 1]);
      }
    }
    return false;
  }

  private boolean is(int i, OperandKind kind) {
    return i < count && kinds[i] == kind;
  }
}
