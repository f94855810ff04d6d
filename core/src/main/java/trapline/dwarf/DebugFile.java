package trapline.dwarf;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// The debug sections of one file: a main file, a split one, or one that others share.
final class DebugFile {
  private static final String NO_NAME = "";

  private final DwarfSections sections;
  private final boolean split;
  private final SupplementaryFiles others;
  private final Diagnostics diagnostics;

  /// Finds the type units that are in the same package as this split file.
  private final LongFunction<@Nullable Unit> packagedTypes;

  private final Map<String, Bytes> loaded = new HashMap<>();
  private final Map<Integer, Unit> unitsByOffset = new HashMap<>();
  private final Map<Long, SoftReference<Abbreviations>> abbreviations = new HashMap<>();
  private int @Nullable [] unitOffsets;
  private @Nullable Map<Long, Unit> typeUnits;
  private @Nullable DebugFile alternate;
  private boolean alternateSought;

  private DebugFile(
      DwarfSections sections,
      boolean split,
      SupplementaryFiles others,
      Diagnostics diagnostics,
      LongFunction<@Nullable Unit> packagedTypes) {
    this.sections = sections;
    this.split = split;
    this.others = others;
    this.diagnostics = diagnostics;
    this.packagedTypes = packagedTypes;
  }

  static DebugFile main(
      DwarfSections sections, SupplementaryFiles others, Diagnostics diagnostics) {
    return new DebugFile(sections, false, others, diagnostics, signature -> null);
  }

  static DebugFile split(
      DwarfSections sections, Diagnostics diagnostics, LongFunction<@Nullable Unit> packagedTypes) {
    return new DebugFile(sections, true, SupplementaryFiles.NONE, diagnostics, packagedTypes);
  }

  /// A section of this file by its exact name.
  Bytes section(String name) {
    Bytes section = loaded.get(name);
    if (section == null) {
      section = load(sections, name, diagnostics);
      loaded.put(name, section);
    }
    return section;
  }

  /// A section; no bytes, with a diagnostic, when it cannot be had.
  static Bytes load(DwarfSections sections, String name, Diagnostics diagnostics) {
    try {
      return sections.section(name);
    } catch (MalformedBinary e) {
      diagnostics.addForAll(e.file(), name + " cannot be read: " + e.getMessage(), "");
    } catch (Unsupported e) {
      diagnostics.addForAll(name, e.feature() + " needs " + e.needs(), e.remedy());
    }
    return Bytes.empty(name);
  }

  /// A section whose name ends in `.dwo` in a split file.
  Bytes dwarfSection(String name) {
    return section(split ? name + ".dwo" : name);
  }

  boolean isSplit() {
    return split;
  }

  SupplementaryFiles others() {
    return others;
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  Abbreviations abbreviations(long offset, int version, int addressSize, int offsetSize) {
    long key = (offset << 16) | ((long) version << 8) | (addressSize << 4) | offsetSize;
    SoftReference<Abbreviations> known = abbreviations.get(key);
    Abbreviations table = known == null ? null : known.get();
    if (table == null) {
      Bytes section = dwarfSection(".debug_abbrev");
      table = Abbreviations.read(section, offset, version, addressSize, offsetSize);
      abbreviations.put(key, new SoftReference<>(table));
    }
    return table;
  }

  /// The unit of `.debug_info` whose header is at `offset`.
  Unit unitAt(long offset) {
    if (offset < 0 || offset > Integer.MAX_VALUE) {
      throw info().malformed(0, "unit offset 0x" + Long.toHexString(offset) + " beyond the end");
    }
    Unit unit = unitsByOffset.get((int) offset);
    if (unit == null) {
      unit = Unit.read(this, info(), offset, false);
      unitsByOffset.put((int) offset, unit);
    }
    return unit;
  }

  /// The unit of `.debug_info` that has the byte at `offset`.
  Unit unitContaining(long offset) {
    int[] offsets = unitOffsets();
    int low = 0;
    int high = offsets.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offsets[middle] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      throw info().malformed(0, "reference 0x" + Long.toHexString(offset) + " into no unit");
    }
    return unitAt(offsets[low - 1]);
  }

  /// Where the units of `.debug_info` start, in order. A unit that does not end inside the section
  /// ends the list.
  int[] unitOffsets() {
    if (unitOffsets == null) {
      unitOffsets = listUnits(info());
    }
    return unitOffsets;
  }

  private int[] listUnits(Bytes section) {
    int[] offsets = new int[64];
    int count = 0;
    long offset = 0;
    try {
      while (offset < section.size()) {
        long end = Unit.end(section, offset);
        if (count == offsets.length) {
          offsets = Arrays.copyOf(offsets, count * 2);
        }
        offsets[count++] = (int) offset;
        offset = end;
      }
    } catch (MalformedBinary broken) {
      diagnostics.add("unit 0x" + Long.toHexString(offset) + " and all after it", broken);
    }
    return Arrays.copyOf(offsets, count);
  }

  /// All units that can be read, also those of `.debug_types`.
  List<Unit> units() {
    List<Unit> units = new ArrayList<>();
    for (int offset : unitOffsets()) {
      try {
        units.add(unitAt(offset));
      } catch (MalformedBinary broken) {
        diagnostics.add("unit 0x" + Integer.toHexString(offset), broken);
      }
    }
    Bytes types = dwarfSection(".debug_types");
    if (!types.isEmpty()) {
      for (int offset : listUnits(types)) {
        try {
          units.add(Unit.read(this, types, offset, true));
        } catch (MalformedBinary broken) {
          diagnostics.add("type unit 0x" + Integer.toHexString(offset), broken);
        }
      }
    }
    return units;
  }

  /// The type unit with a signature; `null` when there is none.
  @Nullable Unit typeUnit(long signature) {
    if (typeUnits == null) {
      typeUnits = new HashMap<>();
      for (Unit unit : units()) {
        if (unit.isTypeUnit()) {
          typeUnits.putIfAbsent(unit.identifier, unit);
        }
      }
    }
    Unit unit = typeUnits.get(signature);
    return unit == null ? packagedTypes.apply(signature) : unit;
  }

  /// The file that this one shares entries with; `null` when it is not at hand.
  @Nullable DebugFile alternate() {
    if (!alternateSought) {
      alternateSought = true;
      alternate = seekAlternate();
    }
    return alternate;
  }

  private @Nullable DebugFile seekAlternate() {
    Bytes link = section(".gnu_debugaltlink");
    String name = NO_NAME;
    Optional<DwarfSections> found;
    if (!link.isEmpty()) {
      Cursor at = link.cursor(0);
      name = at.cString();
      found = others.alternate(name, at.take(at.remaining()));
    } else {
      Bytes supplementary = section(".debug_sup");
      if (supplementary.isEmpty()) {
        return null;
      }
      Cursor at = supplementary.cursor(3);
      name = at.cString();
      found = others.alternate(name, at.take(at.uleb()));
    }
    if (found.isEmpty()) {
      diagnostics.addForAll(
          link.file(),
          "some names and types are in a file that was not found: " + name,
          "install the package that has it, beside the debug file's own");
      return null;
    }
    return main(found.get(), SupplementaryFiles.NONE, diagnostics);
  }

  private Bytes info() {
    return dwarfSection(".debug_info");
  }
}
