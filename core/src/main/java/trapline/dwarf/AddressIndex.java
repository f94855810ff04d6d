package trapline.dwarf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Finds the units of a file that have code at an address.
///
/// `.debug_aranges` (DWARF 5, section 6.1.2) answers when it can. Compilers may leave units out of
/// it, so for an address that it does not know, the first entries of those units are read, once.
final class AddressIndex {
  private final DebugFile file;
  private @Nullable IntervalTable listed;
  private @Nullable IntervalTable scanned;

  /// Where the units are that `listed` knows, in order.
  private int[] listedUnits = {};

  private int listedCount;

  AddressIndex(DebugFile file) {
    this.file = file;
  }

  /// The header offsets of the units that may have code at an address, the best candidate first.
  int[] units(long address) {
    if (listed == null) {
      listed = readAranges();
    }
    int[] found = listed.covering(address);
    if (found.length > 0) {
      return found;
    }
    if (scanned == null) {
      scanned = scan();
    }
    return scanned.covering(address);
  }

  private IntervalTable readAranges() {
    Bytes section = file.section(".debug_aranges");
    IntervalTable.Builder table = new IntervalTable.Builder();
    try {
      long infoSize = section.isEmpty() ? 0 : file.section(".debug_info").size();
      long at = infoSize == 0 ? section.size() : 0;
      while (at < section.size()) {
        at = readSet(section, at, infoSize, table);
      }
    } catch (MalformedBinary broken) {
      file.diagnostics().add(".debug_aranges", broken);
    }
    Arrays.sort(listedUnits, 0, listedCount);
    listedUnits = Arrays.copyOf(listedUnits, listedCount);
    return table.build();
  }

  /// Reads the addresses of one unit. This is most of the work for the first address, so that it
  /// reads by offset, without a cursor.
  ///
  /// @return where the next unit's addresses start
  private long readSet(Bytes section, long start, long infoSize, IntervalTable.Builder table) {
    long at = start + 4;
    boolean wide = false;
    long length = section.u32(start);
    if (length == 0xffff_ffffL) {
      wide = true;
      length = section.u64(at);
      at += 8;
    }
    if (length < 0 || length > section.size() - at) {
      throw section.malformed(start, "addresses of a unit longer than their section");
    }
    long end = at + length;
    int version = section.u16(at);
    long unit = wide ? section.u64(at + 2) : section.u32(at + 2);
    at += wide ? 10 : 6;
    int addressSize = section.u8(at);
    int segmentSize = section.u8(at + 1);
    at += 2;
    if (version != 2 || (addressSize != 4 && addressSize != 8) || segmentSize != 0) {
      return end;
    }
    if (unit < 0 || unit >= infoSize) {
      throw section.malformed(start, "addresses of a unit beyond the end of .debug_info");
    }
    int tuple = 2 * addressSize;
    long misaligned = (at - start) % tuple;
    if (misaligned != 0) {
      at += tuple - misaligned;
    }
    boolean any = false;
    for (; at + tuple <= end; at += tuple) {
      long low = addressSize == 8 ? section.u64(at) : section.u32(at);
      // Code that the linker dropped is left at address 0, as the end of the list is.
      if (low != 0) {
        long size = addressSize == 8 ? section.u64(at + 8) : section.u32(at + 4);
        table.add(low, low + size, (int) unit);
        any = true;
      }
    }
    if (any) {
      if (listedCount == listedUnits.length) {
        listedUnits = Arrays.copyOf(listedUnits, listedCount * 2 + 64);
      }
      listedUnits[listedCount++] = (int) unit;
    }
    return end;
  }

  private IntervalTable scan() {
    IntervalTable.Builder table = new IntervalTable.Builder();
    for (int offset : file.unitOffsets()) {
      if (Arrays.binarySearch(listedUnits, offset) >= 0) {
        continue;
      }
      try {
        scan(file.unitAt(offset), table);
      } catch (MalformedBinary broken) {
        file.diagnostics().add("unit 0x" + Integer.toHexString(offset), broken);
      }
    }
    return table.build();
  }

  private static void scan(Unit unit, IntervalTable.Builder table) {
    if (unit.isTypeUnit()) {
      return;
    }
    unit.allowLists();
    UnitRoot root = unit.root();
    int tag = root.entry().tag();
    if (tag != Tag.COMPILE_UNIT && tag != Tag.SKELETON_UNIT) {
      return;
    }
    if (root.hasRange()) {
      long[] ranges = RangeLists.of(root.entry());
      for (int i = 0; i < ranges.length; i += 2) {
        table.add(ranges[i], ranges[i + 1], unit.offset);
      }
    } else if (root.lineOffset() >= 0) {
      LineTable lines = unit.lines();
      for (int i = 0; i < lines.sequenceCount(); i++) {
        table.add(lines.sequenceStart(i), lines.sequenceEnd(i), unit.offset);
      }
    }
  }
}
