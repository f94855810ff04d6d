package trapline.dwarf;

import trapline.bytes.Bytes;

/// The debug sections of one object file.
@FunctionalInterface
public interface DwarfSections {
  /// A section by its standard name, such as `.debug_info`, already decompressed.
  ///
  /// Asked at most once for each name, and only when it is needed. A `.dwo` file may have several
  /// sections of one name, one for each type: they are expected joined, in their order.
  ///
  /// @return the section; no bytes when the file does not have it
  Bytes section(String name);
}
