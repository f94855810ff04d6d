package trapline.dwarf;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;

/// A DWARF package: many split units in one file, found through two hash tables (DWARF 5, section
/// 7.3.5, and GNU's version 2 of the same).
final class PackageFile {
  private static final String[] SECTIONS_2 = {
    "",
    ".debug_info",
    ".debug_types",
    ".debug_abbrev",
    ".debug_line",
    ".debug_loc",
    ".debug_str_offsets",
    ".debug_macinfo",
    ".debug_macro",
  };
  private static final String[] SECTIONS_5 = {
    "",
    ".debug_info",
    "",
    ".debug_abbrev",
    ".debug_line",
    ".debug_loclists",
    ".debug_str_offsets",
    ".debug_macro",
    ".debug_rnglists",
  };

  private final DwarfSections sections;
  private final Diagnostics diagnostics;
  private final Map<String, Bytes> loaded = new HashMap<>();
  private final Map<Long, DebugFile> typeFiles = new HashMap<>();

  PackageFile(DwarfSections sections, Diagnostics diagnostics) {
    this.sections = sections;
    this.diagnostics = diagnostics;
  }

  /// The split unit with an identifier; `null` when the package does not have it.
  @Nullable Unit unit(long identifier) {
    DebugFile file = file(".debug_cu_index", identifier);
    if (file == null) {
      return null;
    }
    for (int offset : file.unitOffsets()) {
      Unit unit = file.unitAt(offset);
      if (!unit.isTypeUnit() && unit.root().identifier() == identifier) {
        return unit;
      }
    }
    return null;
  }

  private @Nullable Unit typeUnit(long signature) {
    DebugFile file = typeFiles.get(signature);
    if (file == null) {
      file = file(".debug_tu_index", signature);
      if (file == null) {
        return null;
      }
      typeFiles.put(signature, file);
    }
    for (Unit unit : file.units()) {
      if (unit.isTypeUnit() && unit.identifier == signature) {
        return unit;
      }
    }
    return null;
  }

  private Bytes section(String name) {
    Bytes section = loaded.get(name);
    if (section == null) {
      section = DebugFile.load(sections, name, diagnostics);
      loaded.put(name, section);
    }
    return section;
  }

  /// The parts of the package's sections that belong to one unit, as a file of their own.
  private @Nullable DebugFile file(String indexName, long identifier) {
    Bytes index = section(indexName);
    if (index.isEmpty()) {
      return null;
    }
    boolean modern = index.u16(0) == 5;
    if (!modern && index.u32(0) != 2) {
      throw index.malformed(0, "package index of version " + index.u16(0));
    }
    long columns = index.u32(4);
    long units = index.u32(8);
    long slots = index.u32(12);
    long row = row(index, identifier, slots);
    if (row == 0) {
      return null;
    }
    if (row > units || columns > 64) {
      throw index.malformed(0, "package index with a row or columns beyond its size");
    }
    String[] names = modern ? SECTIONS_5 : SECTIONS_2;
    long kinds = 16 + slots * 12;
    long offsets = kinds + columns * 4;
    long sizes = offsets + units * columns * 4;
    Map<String, Bytes> parts = new HashMap<>();
    for (int column = 0; column < columns; column++) {
      long kind = index.u32(kinds + column * 4L);
      if (kind <= 0 || kind >= names.length || names[(int) kind].isEmpty()) {
        continue;
      }
      long at = ((row - 1) * columns + column) * 4;
      String name = names[(int) kind] + ".dwo";
      parts.put(name, section(name).slice(index.u32(offsets + at), index.u32(sizes + at)));
    }
    DwarfSections own =
        name -> {
          Bytes part = parts.get(name);
          if (part != null) {
            return part;
          }
          // Strings are shared; what the index does not list, the unit does not have.
          return name.equals(".debug_str.dwo") ? section(name) : Bytes.empty(index.file());
        };
    return DebugFile.split(own, diagnostics, this::typeUnit);
  }

  /// The row of an identifier, from 1; 0 when it is not there. Probing ends after all slots.
  private static long row(Bytes index, long identifier, long slots) {
    if (slots == 0 || (slots & (slots - 1)) != 0) {
      return 0;
    }
    long mask = slots - 1;
    long slot = identifier & mask;
    long step = (identifier >>> 32 & mask) | 1;
    for (long tries = 0; tries < slots; tries++) {
      long signature = index.u64(16 + slot * 8);
      long row = index.u32(16 + slots * 8 + slot * 4);
      if (row == 0 && signature == 0) {
        return 0;
      }
      if (signature == identifier) {
        return row;
      }
      slot = slot + step & mask;
    }
    return 0;
  }
}
