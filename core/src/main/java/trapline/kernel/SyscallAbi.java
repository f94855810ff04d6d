package trapline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;

/// A numbering of system calls, with the way in which a program makes one: data, `abis.txt`.
///
/// [Abi] names the few that Trapline can trace; this names all that the kernel's source has.
///
/// @param label the name in text and JSON output, such as `arm64`
/// @param aliases other names that users know it by, such as `aarch64`
/// @param architecture the directory under `arch/`
/// @param bits the size of a pointer, 32 or 64
/// @param offset what a program adds to the number in the table, such as `0x40000000` for x32
/// @param instruction the instruction that traps
/// @param numberRegister where the number travels; empty when the instruction holds it
/// @param argumentRegisters where the arguments travel, in order
/// @param resultRegister where the result is afterwards
/// @param failureFlag what is set when the call failed and the result is errno itself; empty where
///     a failed call's result is `-errno`
/// @param registerBits the size of a register that an argument travels in
/// @param gate what the kernel must be built with to have the numbering at all, such as
///     `CONFIG_IA32_EMULATION`; empty when every kernel of the architecture has it
/// @param mark a symbol that only kernels have that are built with it; empty when none is known
public record SyscallAbi(
    String label,
    List<String> aliases,
    String architecture,
    int bits,
    int offset,
    String instruction,
    String numberRegister,
    List<String> argumentRegisters,
    String resultRegister,
    String failureFlag,
    int registerBits,
    String gate,
    String mark) {
  private static final String TABLE = "abis.txt";

  public SyscallAbi {
    aliases = List.copyOf(aliases);
    argumentRegisters = List.copyOf(argumentRegisters);
  }

  private static final class All {
    private static final List<SyscallAbi> ABIS = load();

    private static List<SyscallAbi> load() {
      try (InputStream in = SyscallAbi.class.getResourceAsStream(TABLE)) {
        if (in == null) {
          throw new IllegalStateException("the table " + TABLE + " is not part of this build");
        }
        List<SyscallAbi> abis = new ArrayList<>();
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
          if (!line.isEmpty() && line.charAt(0) != '#') {
            abis.add(of(line.split("\t", -1)));
          }
        }
        return List.copyOf(abis);
      } catch (IOException e) {
        throw new UncheckedIOException("the table " + TABLE + " cannot be read", e);
      }
    }

    private static SyscallAbi of(String[] fields) {
      return new SyscallAbi(
          fields[0],
          fields[1].equals("-") ? List.of() : List.of(fields[1].split(",", -1)),
          fields[2],
          Integer.parseInt(fields[3]),
          Integer.decode(fields[4]),
          fields[5],
          fields[6].equals("-") ? "" : fields[6],
          List.of(fields[7].split(" ", -1)),
          fields[8],
          fields[9].startsWith("flag ") ? fields[9].substring(5) : "",
          Integer.parseInt(fields[10]),
          fields[11].equals("-") ? "" : fields[11],
          fields[12].equals("-") ? "" : fields[12]);
    }
  }

  /// Every numbering, in the order of listings.
  public static List<SyscallAbi> all() {
    return All.ABIS;
  }

  /// The numbering of that label or alias, in any case.
  public static Optional<SyscallAbi> named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (SyscallAbi abi : all()) {
      if (abi.label.equals(wanted) || abi.aliases.contains(wanted)) {
        return Optional.of(abi);
      }
    }
    return Optional.empty();
  }

  /// The numbering of an ABI that Trapline can trace.
  public static SyscallAbi of(Abi abi) {
    return named(abi.label()).orElseThrow(() -> new IllegalStateException(TABLE + ": " + abi));
  }

  /// The ABI as Trapline traces it; empty when it does not.
  public Optional<Abi> traced() {
    for (Abi abi : Abi.values()) {
      if (abi.label().equals(label)) {
        return Optional.of(abi);
      }
    }
    return Optional.empty();
  }

  /// Why a kernel cannot serve any call of this numbering; empty when it can, or that is not known.
  ///
  /// @param config the kernel's
  public String leftOut(KernelConfig config) {
    return !gate.isEmpty()
            && config.isComplete()
            && Condition.evaluate(gate, config) == Condition.Truth.FALSE
        ? "built without " + label + ": " + gate + " does not hold"
        : "";
  }

  /// The same, by the kernel's symbols.
  public String leftOut(Kallsyms symbols) {
    return !mark.isEmpty() && symbols.whyUnavailable().isEmpty() && symbols.symbol(mark).isEmpty()
        ? "built without " + label + ": it has no symbol " + mark
        : "";
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

  /// A label is one numbering's alone. The methods that a record has by itself are put together in
  /// each start of the virtual machine, which takes it 20 ms.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SyscallAbi abi && label.equals(abi.label);
  }

  @Override
  public int hashCode() {
    return label.hashCode();
  }
}
