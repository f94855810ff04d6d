package trapline.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A machine whose threads Trapline can trace, as data: `architectures.txt`, which says what each
/// entry means. What differs between the numberings of system calls that programs on it use is in
/// [Abi].
///
/// Registers have two numbers: the *slot* in what a tracer gets from the kernel, and the number
/// that debug information and frame tables use (DWARF). All of them are resolved when the table is
/// read, so that reading a register is one access to an array.
public final class Architecture {
  /// The only one so far.
  public static final Architecture X86_64 = named("x86_64");

  private static final List<Architecture> ALL = List.of(X86_64);
  private static final String TABLE = "architectures.txt";

  /// An instruction that makes a system call.
  ///
  /// @param text as `objdump` writes it
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Trap(byte[] code, String text) {}

  final int instructionPointer;
  final int stackPointer;
  final int threadPointer;
  final int number;
  final int result;
  final int[] slotOfDwarf;

  private final String name;
  private final String directory;
  private final int elfMachine;
  private final int pointerSize;
  private final String[] slots;
  private final Map<String, Integer> slotOfName = new HashMap<>();
  private final int dwarfInstructionPointer;
  private final int dwarfStackPointer;
  private final int dwarfFramePointer;
  private final int preserved;
  private final List<Trap> traps = new ArrayList<>();
  private final byte[] breakpoint;
  private final int breakpointAdvance;
  private final int restartLength;
  private final int restartNumber;
  private final List<byte[]> signalReturns = new ArrayList<>();
  private final int signalContextOffset;
  private final int[] signalContext;
  private final String vdsoPrefix;

  private Architecture(String name, Map<String, List<String>> entries) {
    this.name = name;
    directory = single(entries, "directory");
    elfMachine = Integer.parseInt(single(entries, "elf-machine"));
    pointerSize = Integer.parseInt(single(entries, "pointer-size"));
    slots = single(entries, "registers").split(" ", -1);
    for (int slot = 0; slot < slots.length; slot++) {
      slotOfName.put(slots[slot], slot);
    }
    for (String pair : single(entries, "halves").split(" ", -1)) {
      int equals = pair.indexOf('=');
      slotOfName.put(pair.substring(0, equals), slot(pair.substring(equals + 1)));
    }
    slotOfDwarf = slots(single(entries, "dwarf"));
    instructionPointer = slot(single(entries, "instruction-pointer"));
    stackPointer = slot(single(entries, "stack-pointer"));
    threadPointer = slot(single(entries, "thread-pointer"));
    number = slot(single(entries, "number"));
    result = slot(single(entries, "result"));
    dwarfInstructionPointer = dwarfNumber(instructionPointer);
    dwarfStackPointer = dwarfNumber(stackPointer);
    dwarfFramePointer = dwarfNumber(slot(single(entries, "frame-pointer")));
    int mask = 0;
    for (int slot : slots(single(entries, "preserved"))) {
      mask |= 1 << dwarfNumber(slot);
    }
    preserved = mask;
    for (String line : entries.getOrDefault("trap", List.of())) {
      int tab = line.indexOf('\t');
      traps.add(new Trap(bytes(line.substring(0, tab)), line.substring(tab + 1)));
    }
    breakpoint = bytes(single(entries, "breakpoint"));
    breakpointAdvance = Integer.parseInt(single(entries, "breakpoint-advance"));
    String[] restart = single(entries, "restart").split("\t", -1);
    restartLength = Integer.parseInt(restart[0]);
    restartNumber = slot(restart[1]);
    for (String code : entries.getOrDefault("signal-return", List.of())) {
      signalReturns.add(bytes(code));
    }
    String[] context = single(entries, "signal-context").split("\t", -1);
    signalContextOffset = Integer.parseInt(context[0]);
    signalContext = slots(context[1]);
    for (int i = 0; i < signalContext.length; i++) {
      signalContext[i] = dwarfNumber(signalContext[i]);
    }
    vdsoPrefix = single(entries, "vdso");
  }

  /// The architecture of that directory under `arch/`.
  static Architecture ofDirectory(String directory) {
    for (Architecture each : ALL) {
      if (each.directory.equals(directory)) {
        return each;
      }
    }
    throw new IllegalStateException(TABLE + ": none has the directory " + directory);
  }

  private static Architecture named(String name) {
    try (InputStream in = Architecture.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException("the table " + TABLE + " is not part of this build");
      }
      Map<String, List<String>> entries = new HashMap<>();
      boolean inside = false;
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.isEmpty() || line.charAt(0) == '#') {
          continue;
        }
        int tab = line.indexOf('\t');
        String key = line.substring(0, tab);
        String value = line.substring(tab + 1);
        if (key.equals("architecture")) {
          inside = value.equals(name);
        } else if (inside) {
          List<String> values = entries.get(key);
          if (values == null) { // without a lambda, which costs time when a program starts
            values = new ArrayList<>();
            entries.put(key, values);
          }
          values.add(value);
        }
      }
      return new Architecture(name, entries);
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + TABLE + " cannot be read", e);
    }
  }

  private static String single(Map<String, List<String>> entries, String key) {
    List<String> values = entries.get(key);
    if (values == null || values.size() != 1) {
      throw new IllegalStateException(TABLE + ": needs exactly one entry " + key);
    }
    return values.getFirst();
  }

  private static byte[] bytes(String hexadecimal) {
    return HexFormat.of().parseHex(hexadecimal);
  }

  private int[] slots(String names) {
    String[] all = names.split(" ", -1);
    int[] found = new int[all.length];
    for (int i = 0; i < all.length; i++) {
      found[i] = slot(all[i]);
    }
    return found;
  }

  private int dwarfNumber(int slot) {
    for (int i = 0; i < slotOfDwarf.length; i++) {
      if (slotOfDwarf[i] == slot) {
        return i;
      }
    }
    throw new IllegalStateException(TABLE + ": no DWARF number for " + slots[slot]);
  }

  /// The name, such as `x86_64`.
  public String name() {
    return name;
  }

  /// `e_machine` of its object files.
  public int elfMachine() {
    return elfMachine;
  }

  /// The size of a pointer, and of a register, in bytes.
  public int pointerSize() {
    return pointerSize;
  }

  /// How many registers a tracer gets.
  public int slots() {
    return slots.length;
  }

  /// The name of the register in a slot.
  public String slotName(int slot) {
    return slots[slot];
  }

  /// The slot of a register, also by the name of its lower half. Not for what is done at each call:
  /// keep the number.
  ///
  /// @throws IllegalStateException when there is no such register
  public int slot(String register) {
    Integer slot = slotOfName.get(register);
    if (slot == null) {
      throw new IllegalStateException(TABLE + ": no register " + register);
    }
    return slot;
  }

  /// How many registers DWARF numbers.
  public int dwarfCount() {
    return slotOfDwarf.length;
  }

  /// The DWARF number of a register.
  ///
  /// @throws IllegalStateException when it has none
  public int dwarfNumber(String register) {
    return dwarfNumber(slot(register));
  }

  /// The DWARF number of the instruction pointer: in frame tables the return address.
  public int dwarfInstructionPointer() {
    return dwarfInstructionPointer;
  }

  /// The DWARF number of the stack pointer.
  public int dwarfStackPointer() {
    return dwarfStackPointer;
  }

  /// The DWARF number of the frame pointer.
  public int dwarfFramePointer() {
    return dwarfFramePointer;
  }

  /// The registers that a function must leave as they were, besides the stack pointer: one bit for
  /// each DWARF number.
  public int preserved() {
    return preserved;
  }

  /// The slot of the instruction pointer.
  public int instructionPointerSlot() {
    return instructionPointer;
  }

  /// The slot of the stack pointer.
  public int stackPointerSlot() {
    return stackPointer;
  }

  /// The slot that holds a call's number while the thread is in the call.
  public int numberSlot() {
    return number;
  }

  /// The slot that holds a call's result afterwards.
  public int resultSlot() {
    return result;
  }

  /// The instruction that begins at an offset, when it is one that makes a system call.
  ///
  /// @return its text, as `objdump` writes it; empty when it is another one
  public String trapAt(byte[] code, int offset) {
    for (Trap trap : traps) {
      if (matches(trap.code, code, offset)) {
        return trap.text;
      }
    }
    return "";
  }

  private static boolean matches(byte[] wanted, byte[] code, int offset) {
    if (offset < 0 || wanted.length > code.length - offset) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (code[offset + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /// The bytes of a breakpoint.
  public byte[] breakpoint() {
    return breakpoint.clone();
  }

  /// How far behind the start of a breakpoint a thread stops that has run into it.
  public int breakpointAdvance() {
    return breakpointAdvance;
  }

  /// By how many bytes the instruction pointer moves back for a call to be made again: the length
  /// of every instruction that makes one.
  public int restartLength() {
    return restartLength;
  }

  /// The slot that gets a call's number when the call is made again.
  public int restartNumberSlot() {
    return restartNumber;
  }

  /// The code that a signal handler returns to, in its variants.
  public List<byte[]> signalReturns() {
    return List.copyOf(signalReturns);
  }

  /// Where the kernel saves the registers that a signal interrupted, from the stack pointer at the
  /// end of the handler.
  public int signalContextOffset() {
    return signalContextOffset;
  }

  /// The DWARF numbers of the registers saved there, eight bytes each.
  public int[] signalContext() {
    return signalContext.clone();
  }

  /// What is in front of a system call's name in the vDSO's symbols.
  public String vdsoPrefix() {
    return vdsoPrefix;
  }

  @Override
  public String toString() {
    return name;
  }
}
