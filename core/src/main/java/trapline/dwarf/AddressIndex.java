package trapline.dwarf;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
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
    BitSet seen = new BitSet();
    Cursor at = section.cursor(0);
    try {
      while (at.hasRemaining()) {
        readSet(at, table, seen);
      }
    } catch (MalformedBinary broken) {
      file.diagnostics().add(".debug_aranges", broken);
    }
    listedUnits = seen.stream().toArray();
    return table.build();
  }

  /// Reads the addresses of one unit.
  private void readSet(Cursor at, IntervalTable.Builder table, BitSet seen) {
    Bytes section = at.bytes();
    int start = at.position();
    int offsetSize = 4;
    long length = at.u32();
    if (length == 0xffff_ffffL) {
      offsetSize = 8;
      length = at.u64();
    }
    int first = at.position();
    Cursor in = at.take(length).cursor(0);
    if (in.u16() != 2) {
      return;
    }
    long unit = offsetSize == 8 ? in.u64() : in.u32();
    int addressSize = in.u8();
    int segmentSize = in.u8();
    if (unit < 0 || unit >= file.section(".debug_info").size()) {
      throw section.malformed(start, "addresses of a unit beyond the end of .debug_info");
    }
    if ((addressSize != 4 && addressSize != 8) || segmentSize != 0) {
      return;
    }
    int tuple = 2 * addressSize;
    int misaligned = (first - start + in.position()) % tuple;
    if (misaligned != 0) {
      in.skip(tuple - misaligned);
    }
    boolean any = false;
    while (in.remaining() >= tuple) {
      long low = RangeLists.address(in, addressSize);
      long size = RangeLists.address(in, addressSize);
      if (low == 0 && size == 0) {
        continue;
      }
      // Code that the linker dropped is left at address 0.
      if (low != 0) {
        table.add(low, low + size, (int) unit);
        any = true;
      }
    }
    if (any) {
      seen.set((int) unit);
    }
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
