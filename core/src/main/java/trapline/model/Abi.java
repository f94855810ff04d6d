package trapline.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A way into the kernel: a numbering of system calls, with the way in which a program makes one.
/// All that Linux has had are data, `abis.txt`; each is one object, to be compared by `==`.
///
/// Those whose calls Trapline can trace have a constant, and an [Architecture].
public final class Abi {
  private static final String TABLE = "abis.txt";
  private static final List<Abi> ALL = load();

  public static final Abi X86_64 = known("x86_64");
  public static final Abi X32 = known("x32");
  public static final Abi I386 = known("i386");

  /// That of 64-bit programs of the machine that Trapline runs on.
  public static final Abi NATIVE = X86_64;

  private static final List<Abi> TRACED = findTraced();

  final int[] argumentSlots;
  final long argumentMask;

  private final int index;
  private final String label;
  private final List<String> aliases;
  private final String architecture;
  private final int bits;
  private final int offset;
  private final String instruction;
  private final String numberRegister;
  private final List<String> argumentRegisters;
  private final String resultRegister;
  private final String failureFlag;
  private final int registerBits;
  private final String gate;
  private final String mark;
  private final int auditArch;
  private final @Nullable Architecture machine;

  private Abi(int index, String[] fields) {
    this.index = index;
    label = fields[0];
    aliases = fields[1].equals("-") ? List.of() : List.of(fields[1].split(",", -1));
    architecture = fields[2];
    bits = Integer.parseInt(fields[3]);
    offset = Integer.decode(fields[4]);
    instruction = fields[5];
    numberRegister = optional(fields[6]);
    argumentRegisters = List.of(fields[7].split(" ", -1));
    resultRegister = fields[8];
    failureFlag = fields[9].startsWith("flag ") ? fields[9].substring(5) : "";
    registerBits = Integer.parseInt(fields[10]);
    gate = optional(fields[11]);
    mark = optional(fields[12]);
    machine = fields[13].equals("-") ? null : Architecture.ofDirectory(architecture);
    auditArch = machine == null ? 0 : Integer.parseUnsignedInt(fields[13].substring(2), 16);
    argumentMask = registerBits == 32 ? 0xffff_ffffL : -1;
    argumentSlots = new int[machine == null ? 0 : argumentRegisters.size()];
    for (int i = 0; i < argumentSlots.length; i++) {
      argumentSlots[i] = machine().slot(argumentRegisters.get(i));
    }
  }

  private static String optional(String field) {
    return field.equals("-") ? "" : field;
  }

  private static List<Abi> load() {
    try (InputStream in = Abi.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException("the table " + TABLE + " is not part of this build");
      }
      List<Abi> abis = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          abis.add(new Abi(abis.size(), line.split("\t", -1)));
        }
      }
      return List.copyOf(abis);
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + TABLE + " cannot be read", e);
    }
  }

  private static List<Abi> findTraced() {
    List<Abi> traced = new ArrayList<>();
    for (Abi abi : ALL) { // a stream would cost milliseconds when a program starts
      if (abi.machine != null) {
        traced.add(abi);
      }
    }
    return List.copyOf(traced);
  }

  private static Abi known(String label) {
    for (Abi abi : ALL) {
      if (abi.label.equals(label)) {
        return abi;
      }
    }
    throw new IllegalStateException(TABLE + ": no row " + label);
  }

  /// Every numbering, in the order of listings.
  public static List<Abi> all() {
    return ALL;
  }

  /// Those whose calls Trapline can trace.
  public static List<Abi> traced() {
    return TRACED;
  }

  /// The numbering of that label or alias, in any case.
  public static Optional<Abi> named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (Abi abi : ALL) {
      if (abi.label.equals(wanted) || abi.aliases.contains(wanted)) {
        return Optional.of(abi);
      }
    }
    return Optional.empty();
  }

  /// The position in [#all()], for arrays by ABI.
  public int index() {
    return index;
  }

  /// The name in text and JSON output, such as `arm64`.
  public String label() {
    return label;
  }

  /// Other names that users know it by, such as `aarch64`.
  public List<String> aliases() {
    return aliases;
  }

  /// The directory under `arch/` in the kernel's source.
  public String architecture() {
    return architecture;
  }

  /// The machine that makes these calls.
  ///
  /// @throws IllegalStateException when Trapline cannot trace them: see [#isTraced()]
  public Architecture machine() {
    if (machine == null) {
      throw new IllegalStateException("calls of " + label + " cannot be traced");
    }
    return machine;
  }

  /// Whether Trapline can trace its calls.
  public boolean isTraced() {
    return machine != null;
  }

  /// The size of a pointer in bits, 32 or 64.
  public int bits() {
    return bits;
  }

  /// What a program adds to the number in the table, such as `0x40000000` for x32.
  public int offset() {
    return offset;
  }

  /// The instruction that traps.
  public String instruction() {
    return instruction;
  }

  /// The register of the number; empty when the instruction holds it.
  public String numberRegister() {
    return numberRegister;
  }

  /// The registers of the arguments, in order.
  public List<String> argumentRegisters() {
    return argumentRegisters;
  }

  /// The slot of an argument in a traced thread's [Registers].
  public int argumentSlot(int argument) {
    return argumentSlots[argument];
  }

  /// An argument, from the register of a traced thread that holds it.
  public long argument(long register) {
    return register & argumentMask;
  }

  /// The register of the result.
  public String resultRegister() {
    return resultRegister;
  }

  /// The result as a number with its sign, from the register of a traced thread.
  public long result(long register) {
    return registerBits == 32 ? (int) register : register;
  }

  /// What is set when the call failed and the result is errno itself; empty where a failed call's
  /// result is `-errno`.
  public String failureFlag() {
    return failureFlag;
  }

  /// The size in bits of a register that an argument travels in.
  public int registerBits() {
    return registerBits;
  }

  /// What the kernel must be built with to have the numbering at all, such as
  /// `CONFIG_IA32_EMULATION`; empty when every kernel of the architecture has it.
  public String gate() {
    return gate;
  }

  /// A symbol that only kernels have that are built with it; empty when none is known.
  public String mark() {
    return mark;
  }

  /// The `AUDIT_ARCH_` number, by which ptrace and seccomp name it; 0 where it is not traced.
  public int auditArch() {
    return auditArch;
  }

  /// The number that a program passes.
  ///
  /// @param tableNumber the row's
  public long passed(int tableNumber) {
    return (long) offset + tableNumber;
  }

  /// The number that a program passes, as people write it: x32's as `0x40000029`.
  public String passedText(int tableNumber) {
    long passed = passed(tableNumber);
    return offset >= 0x10000 ? "0x" + Long.toHexString(passed) : Long.toString(passed);
  }

  @Override
  public String toString() {
    return label;
  }
}
