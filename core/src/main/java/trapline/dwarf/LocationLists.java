package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// Reads where something is (DWARF 5, sections 2.6 and 7.29; DWARF 4, section 2.6.2).
final class LocationLists {
  private static final int MAX_ENTRIES = 100_000;

  private LocationLists() {}

  /// What an attribute says about places; [LocationList#NONE] when the entry does not have it.
  static LocationList of(Entry entry, int attribute) {
    int form = entry.form(attribute);
    if (form < 0) {
      return LocationList.NONE;
    }
    Unit unit = entry.unit;
    Bytes block = entry.block(attribute);
    if (block != null) {
      return LocationList.everywhere(place(block, unit));
    }
    Reader reader = new Reader(unit);
    long value = entry.number(attribute, -1);
    if (unit.version >= 5) {
      Bytes section = unit.file.dwarfSection(".debug_loclists");
      long offset = value;
      if (form == Form.LOCLISTX) {
        long base = unit.root().locationListsBase();
        long at = base + Unit.scaled(section, value, unit.offsetSize);
        offset = base + unit.sectionOffset(section, at);
      }
      reader.modern(section.cursor(offset));
    } else if (unit.isSplit()) {
      reader.gnuSplit(unit.file.dwarfSection(".debug_loc").cursor(value));
    } else {
      reader.old(unit.file.section(".debug_loc").cursor(value));
    }
    return new LocationList(List.copyOf(reader.entries), reader.otherwise);
  }

  /// An expression of no operations stands for something that is nowhere.
  private static LocationDescription place(Bytes code, Unit unit) {
    return code.isEmpty()
        ? LocationDescription.NONE
        : new LocationDescription.Expression(code, unit.context());
  }

  private static final class Reader {
    final List<LocationList.Entry> entries = new ArrayList<>();
    LocationDescription otherwise = LocationDescription.NONE;
    private final Unit unit;

    Reader(Unit unit) {
      this.unit = unit;
    }

    void old(Cursor at) {
      long base = unit.baseAddress();
      long selection = unit.addressSize == 8 ? -1 : 0xffff_ffffL;
      while (true) {
        unit.readListEntry();
        long start = RangeLists.address(at, unit.addressSize);
        long end = RangeLists.address(at, unit.addressSize);
        if (start == 0 && end == 0) {
          return;
        }
        if (start == selection) {
          base = end;
        } else {
          add(base + start, base + end, at.take(at.u16()));
        }
      }
    }

    /// The lists of GNU's split DWARF 4, which precede DWARF 5's and differ in two lengths.
    void gnuSplit(Cursor at) {
      long base = unit.baseAddress();
      while (true) {
        unit.readListEntry();
        int kind = at.u8();
        switch (kind) {
          case 0 -> {
            return;
          }
          case 1 -> base = unit.address(at.uleb());
          case 2 -> add(unit.address(at.uleb()), unit.address(at.uleb()), at.take(at.u16()));
          case 3 -> {
            long start = unit.address(at.uleb());
            add(start, start + at.u32(), at.take(at.u16()));
          }
          case 4 -> add(base + at.u32(), base + at.u32(), at.take(at.u16()));
          default ->
              throw at.bytes().malformed(at.position() - 1, "unknown location list entry " + kind);
        }
      }
    }

    void modern(Cursor at) {
      long base = unit.baseAddress();
      while (true) {
        unit.readListEntry();
        int kind = at.u8();
        switch (kind) {
          case 0 -> { // DW_LLE_end_of_list
            return;
          }
          case 1 -> base = unit.address(at.uleb()); // DW_LLE_base_addressx
          case 2 -> // DW_LLE_startx_endx
              add(unit.address(at.uleb()), unit.address(at.uleb()), at.take(at.uleb()));
          case 3 -> { // DW_LLE_startx_length
            long start = unit.address(at.uleb());
            add(start, start + at.uleb(), at.take(at.uleb()));
          }
          case 4 -> // DW_LLE_offset_pair
              add(base + at.uleb(), base + at.uleb(), at.take(at.uleb()));
          case 5 -> // DW_LLE_default_location
              otherwise = place(at.take(at.uleb()), unit);
          case 6 -> // DW_LLE_base_address
              base = RangeLists.address(at, unit.addressSize);
          case 7 -> { // DW_LLE_start_end
            long start = RangeLists.address(at, unit.addressSize);
            add(start, RangeLists.address(at, unit.addressSize), at.take(at.uleb()));
          }
          case 8 -> { // DW_LLE_start_length
            long start = RangeLists.address(at, unit.addressSize);
            add(start, start + at.uleb(), at.take(at.uleb()));
          }
          case 9 -> { // DW_LLE_view_pair, GNU's: refines the next entry by view numbers
            at.uleb();
            at.uleb();
          }
          default ->
              throw at.bytes().malformed(at.position() - 1, "unknown location list entry " + kind);
        }
      }
    }

    private void add(long start, long end, Bytes code) {
      if (Long.compareUnsigned(start, end) >= 0) {
        return;
      }
      if (entries.size() >= MAX_ENTRIES) {
        throw unit.section.malformed(unit.offset, "a location list with too many entries");
      }
      entries.add(new LocationList.Entry(AddressRange.of(start, end), place(code, unit)));
    }
  }

  /// Where a variable is, or its constant value.
  static LocationList variable(Entry entry, @Nullable Entry origin) {
    LocationList places = of(entry, Attribute.LOCATION);
    if (entry.has(Attribute.LOCATION)) {
      return places;
    }
    LocationList constant = constant(entry);
    if (constant != null) {
      return constant;
    }
    if (origin != null) {
      constant = constant(origin);
      if (constant != null) {
        return constant;
      }
      return of(origin, Attribute.LOCATION);
    }
    return LocationList.NONE;
  }

  private static @Nullable LocationList constant(Entry entry) {
    int form = entry.form(Attribute.CONST_VALUE);
    if (form < 0) {
      return null;
    }
    Bytes block = entry.block(Attribute.CONST_VALUE);
    if (block != null) {
      return LocationList.everywhere(new LocationDescription.ConstantBytes(block));
    }
    String text = entry.string(Attribute.CONST_VALUE);
    if (text != null) {
      byte[] bytes = (text + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8);
      return LocationList.everywhere(
          new LocationDescription.ConstantBytes(Bytes.of(entry.unit.section.file(), bytes)));
    }
    long value =
        entry.isAddress(Attribute.CONST_VALUE)
            ? entry.address(Attribute.CONST_VALUE)
            : entry.number(Attribute.CONST_VALUE, 0);
    return LocationList.everywhere(new LocationDescription.Constant(value));
  }
}
