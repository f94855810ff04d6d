package trapline.code;

/// Decodes x86-64 machine code (Intel SDM volume 2 and AMD APM volume 3, 64-bit mode).
///
/// Which bytes form an instruction, and its text, follow `objdump -d` of binutils 2.40. A
/// decoder holds no state between calls and allocates nothing; the tables it reads are shared,
/// and those for vector extensions are loaded when such an instruction is first met. Safe for
/// use by many threads, each with its own [Instruction].
public final class X86Decoder {
  /// The longest instruction, in bytes.
  public static final int MAX_LENGTH = 15;

  public X86Decoder() {}

  /// Decodes the instruction at `code[offset]`.
  ///
  /// @param code machine code; anything is accepted
  /// @param offset where the instruction starts; below `limit`
  /// @param limit the end of the code in the array; an instruction that reaches beyond it
  ///     is bad
  /// @param address where `code[offset]` is, or will be, in memory
  /// @param into receives the result
  /// @return false when the bytes are no instruction; [Instruction#length()] then says how
  ///     many bytes objdump passes over
  /// @throws IndexOutOfBoundsException when `0 <= offset < limit <= code.length` does not
  ///     hold
  public boolean decode(byte[] code, int offset, int limit, long address, Instruction into) {
    if (offset < 0 || offset >= limit || limit > code.length) {
      throw new IndexOutOfBoundsException(offset);
    }
    return false;
  }
}
