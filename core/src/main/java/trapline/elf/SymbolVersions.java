package trapline.elf;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// The versions of a dynamic symbol table (LSB, "Symbol Versioning").
final class SymbolVersions {
  private final Bytes indices;
  private final Map<Integer, Version> versions;

  SymbolVersions(Bytes indices, Map<Integer, Version> versions) {
    this.indices = indices;
    this.versions = versions;
  }

  /// One version that the file needs or defines.
  ///
  /// @param library the file that it is needed of; empty when this file defines it
  record Version(String name, String library) {}

  /// The version of a symbol.
  ///
  /// @return `null` when it has none
  @Nullable SymbolVersion of(int symbol, boolean defined) {
    long at = 2L * symbol;
    if (at + 2 > indices.size()) {
      return null;
    }
    int index = indices.u16(at);
    Version version = versions.get(index & 0x7fff);
    if (version == null) {
      return null;
    }
    boolean hidden = (index & 0x8000) != 0;
    return new SymbolVersion(
        version.name(), version.library(), defined && !hidden && version.library().isEmpty());
  }
}
