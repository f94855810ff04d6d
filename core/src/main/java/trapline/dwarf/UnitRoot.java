package trapline.dwarf;

import org.jspecify.annotations.Nullable;

/// What a unit's first entry says about the whole unit (DWARF 5, section 3.1).
///
/// @param entry the entry itself
/// @param name the source file
/// @param compilationDirectory where the compiler ran; empty when not stated
/// @param language a `DW_LANG_` number; 0 when not stated
/// @param lineOffset where its line table is; -1 when it has none
/// @param lowPc what the addresses of its ranges count from
/// @param hasRange whether it states which addresses it covers
/// @param splitName the file with the entries of a skeleton unit; empty for other units
/// @param identifier what a split unit's identifier must be
record UnitRoot(
    Entry entry,
    String name,
    String compilationDirectory,
    int language,
    long lineOffset,
    long lowPc,
    boolean hasRange,
    String splitName,
    long identifier,
    long addressBase,
    long stringOffsetsBase,
    long rangeListsBase,
    long locationListsBase,
    long gnuRangesBase) {

  static UnitRoot read(Unit unit) {
    Entry entry = Entry.read(unit, unit.firstEntry);
    if (entry == null) {
      throw unit.section.malformed(unit.firstEntry, "unit without an entry");
    }
    boolean modern = unit.version >= 5;
    long header = unit.offsetSize == 8 ? 16 : 8;
    long listHeader = unit.offsetSize == 8 ? 20 : 12;
    long addressBase =
        entry.number(
            Attribute.ADDR_BASE, entry.number(Attribute.GNU_ADDR_BASE, modern ? header : 0));
    long stringOffsetsBase = entry.number(Attribute.STR_OFFSETS_BASE, modern ? header : 0);
    // Strings and addresses by index need the bases, so a root without them comes first.
    UnitRoot bases =
        new UnitRoot(
            entry,
            "",
            "",
            (int) entry.number(Attribute.LANGUAGE, 0),
            entry.number(Attribute.STMT_LIST, -1),
            0,
            false,
            "",
            entry.number(Attribute.GNU_DWO_ID, unit.identifier),
            addressBase,
            stringOffsetsBase,
            entry.number(Attribute.RNGLISTS_BASE, listHeader),
            entry.number(Attribute.LOCLISTS_BASE, listHeader),
            entry.number(Attribute.GNU_RANGES_BASE, 0));
    unit.useBases(bases);
    String splitName = text(entry.string(Attribute.DWO_NAME));
    if (splitName.isEmpty()) {
      splitName = text(entry.string(Attribute.GNU_DWO_NAME));
    }
    boolean split = unit.file.isSplit();
    return new UnitRoot(
        entry,
        text(entry.string(Attribute.NAME)),
        text(entry.string(Attribute.COMP_DIR)),
        bases.language,
        bases.lineOffset,
        entry.has(Attribute.LOW_PC) ? entry.address(Attribute.LOW_PC) : 0,
        entry.has(Attribute.RANGES)
            || (entry.has(Attribute.LOW_PC) && entry.has(Attribute.HIGH_PC)),
        split ? "" : splitName,
        bases.identifier,
        bases.addressBase,
        bases.stringOffsetsBase,
        bases.rangeListsBase,
        bases.locationListsBase,
        bases.gnuRangesBase);
  }

  private static String text(@Nullable String string) {
    return string == null ? "" : string;
  }
}
