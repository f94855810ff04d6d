package trapline.dwarf;

import java.util.Arrays;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// Reads the addresses that an entry covers (DWARF 5, sections 2.17 and 7.25; DWARF 4, section
/// 2.17.3).
final class RangeLists {
  private static final int MAX_RANGES = 1 << 20;
  private static final long[] NOTHING = {};

  private RangeLists() {}

  /// The ranges of an entry as pairs of start and end, the end not included. Empty ranges, and
  /// those of code that the linker dropped, are left out.
  static long[] of(Entry entry) {
    Unit unit = entry.unit;
    if (entry.has(Attribute.RANGES)) {
      long value = entry.number(Attribute.RANGES, 0);
      Pairs pairs = new Pairs(unit);
      if (unit.version >= 5) {
        Bytes section = unit.file.dwarfSection(".debug_rnglists");
        long offset = value;
        if (entry.form(Attribute.RANGES) == Form.RNGLISTX) {
          long base = unit.root().rangeListsBase();
          long at = base + Unit.scaled(section, value, unit.offsetSize);
          offset = base + unit.sectionOffset(section, at);
        }
        modern(unit, section, offset, pairs);
      } else {
        Unit owner = unit.skeleton();
        long base = unit.isSplit() ? owner.root().gnuRangesBase() : 0;
        old(unit, owner.file.section(".debug_ranges"), base + value, pairs);
      }
      return pairs.toArray();
    }
    if (entry.has(Attribute.LOW_PC) && entry.has(Attribute.HIGH_PC)) {
      Pairs pairs = new Pairs(unit);
      long low = entry.address(Attribute.LOW_PC);
      long high =
          entry.isAddress(Attribute.HIGH_PC)
              ? entry.address(Attribute.HIGH_PC)
              : low + entry.number(Attribute.HIGH_PC, 0);
      pairs.add(low, high);
      return pairs.toArray();
    }
    return NOTHING;
  }

  private static void old(Unit unit, Bytes section, long offset, Pairs pairs) {
    Cursor at = section.cursor(offset);
    long base = unit.baseAddress();
    long selection = unit.addressSize == 8 ? -1 : 0xffff_ffffL;
    while (true) {
      unit.readListEntry();
      long start = address(at, unit.addressSize);
      long end = address(at, unit.addressSize);
      if (start == 0 && end == 0) {
        return;
      }
      if (start == selection) {
        base = end;
      } else if (start != end) {
        pairs.add(base + start, base + end);
      }
    }
  }

  private static void modern(Unit unit, Bytes section, long offset, Pairs pairs) {
    Cursor at = section.cursor(offset);
    long base = unit.baseAddress();
    while (true) {
      unit.readListEntry();
      int kind = at.u8();
      switch (kind) {
        case 0 -> { // DW_RLE_end_of_list
          return;
        }
        case 1 -> base = unit.address(at.uleb()); // DW_RLE_base_addressx
        case 2 -> // DW_RLE_startx_endx
            pairs.add(unit.address(at.uleb()), unit.address(at.uleb()));
        case 3 -> { // DW_RLE_startx_length
          long start = unit.address(at.uleb());
          pairs.add(start, start + at.uleb());
        }
        case 4 -> pairs.add(base + at.uleb(), base + at.uleb()); // DW_RLE_offset_pair
        case 5 -> base = address(at, unit.addressSize); // DW_RLE_base_address
        case 6 -> { // DW_RLE_start_end
          long start = address(at, unit.addressSize);
          pairs.add(start, address(at, unit.addressSize));
        }
        case 7 -> { // DW_RLE_start_length
          long start = address(at, unit.addressSize);
          pairs.add(start, start + at.uleb());
        }
        default -> throw section.malformed(at.position() - 1, "unknown range list entry " + kind);
      }
    }
  }

  static long address(Cursor at, int size) {
    return size == 8 ? at.u64() : at.u32();
  }

  private static final class Pairs {
    private final Unit unit;
    private long[] values = new long[4];
    private int count;

    Pairs(Unit unit) {
      this.unit = unit;
    }

    void add(long start, long end) {
      // Linkers mark code that they dropped with the highest addresses, or with address 0.
      long highest = unit.addressSize == 8 ? -2 : 0xffff_fffeL;
      if (start == 0
          || Long.compareUnsigned(start, end) >= 0
          || Long.compareUnsigned(start, highest) >= 0) {
        return;
      }
      if (count == values.length) {
        if (count >= 2 * MAX_RANGES) {
          throw unit.section.malformed(unit.offset, "an entry with too many ranges");
        }
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = start;
      values[count++] = end;
    }

    long[] toArray() {
      return Arrays.copyOf(values, count);
    }
  }
}
