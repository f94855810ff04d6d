package trapline.dwarf;

import java.util.Optional;
import trapline.bytes.Bytes;

/// Finds the other files that debug information may be spread over. Each is asked for when an
/// address needs it, and at most once.
public interface SupplementaryFiles {
  /// The file that holds the split unit of a skeleton unit (DWARF 5, section 7.3.2).
  ///
  /// @param name the `.dwo` file as the skeleton names it, absolute or relative
  /// @param compilationDirectory what a relative name is relative to; empty when not stated
  /// @param dwoId the identifier that the split unit must carry; checked by the caller
  /// @return nothing when there is no such file
  /// @throws trapline.model.MalformedBinary when there is one, and it is no object file
  /// @throws trapline.model.Unsupported when there is one that cannot be read here
  default Optional<DwarfSections> splitUnit(String name, String compilationDirectory, long dwoId) {
    return Optional.empty();
  }

  /// The DWARF package (`.dwp`) beside the file, when there is one. It is tried before the single
  /// `.dwo` files.
  default Optional<DwarfSections> packageFile() {
    return Optional.empty();
  }

  /// The file that several files share their entries in, as `dwz -m` writes it (DWARF 5, section
  /// 7.3.6).
  ///
  /// @param name as `.gnu_debugaltlink` or `.debug_sup` has it
  /// @param buildId the build-id (or checksum) the file must have
  default Optional<DwarfSections> alternate(String name, Bytes buildId) {
    return Optional.empty();
  }

  /// No other files.
  SupplementaryFiles NONE = new SupplementaryFiles() {};
}
