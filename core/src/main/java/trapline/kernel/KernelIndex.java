package trapline.kernel;

import java.util.List;
import java.util.Optional;
import trapline.bytes.Bytes;
import trapline.model.Abi;

/// The facts of one kernel's source about its system calls. Immutable.
public final class KernelIndex {
  private final KernelVersion version;

  KernelIndex(KernelVersion version) {
    this.version = version;
  }

  /// The index that comes with Trapline: Linux 6.12 as Debian ships it, x86-64. Read on first use.
  public static KernelIndex embedded() {
    return new KernelIndex(new KernelVersion("0", "", ""));
  }

  /// Reads what [#write] wrote.
  ///
  /// @throws trapline.model.MalformedBinary when it is something else or was made by another
  // version
  public static KernelIndex read(Bytes file) {
    if (file.isEmpty()) {
      throw file.malformed(0, "not a kernel index");
    }
    return new KernelIndex(new KernelVersion("0", "", ""));
  }

  /// The index as a file.
  public byte[] write() {
    return new byte[0];
  }

  public KernelVersion version() {
    return version;
  }

  /// How the running release (`uname -r`) relates to this index.
  public VersionMatch match(String runningRelease) {
    return new VersionMatch(VersionMatch.Level.OTHER, "");
  }

  /// The rows of this ABI, by number.
  public List<SyscallRow> rows(Abi abi) {
    return List.of();
  }

  /// All that the source says about a number, with the configuration that is usual for the
  /// architecture deciding between definitions.
  ///
  /// @param number as the program passes it; for x32 with or without `0x40000000`
  /// @return empty when the table has no such row
  public Optional<SyscallFacts> facts(Abi abi, long number) {
    return facts(abi, number, KernelConfig.unknown());
  }

  /// The same, with a known configuration deciding between definitions.
  public Optional<SyscallFacts> facts(Abi abi, long number, KernelConfig config) {
    return Optional.empty();
  }

  /// The same for a name of the table.
  public Optional<SyscallFacts> named(Abi abi, String name) {
    return Optional.empty();
  }
}
