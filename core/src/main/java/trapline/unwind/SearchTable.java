package trapline.unwind;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// The sorted table in `.eh_frame_hdr` (Linux Standard Base Core 5.0, section 10.6.2).
final class SearchTable {
  private static final int ENTRY_SIZE = 8;

  private final Bytes table;
  private final int count;
  private final long headerAddress;

  private SearchTable(Bytes table, int count, long headerAddress) {
    this.table = table;
    this.count = count;
    this.headerAddress = headerAddress;
  }

  /// The table in a header.
  ///
  /// @return `null` when it has none in the usual form, or a damaged one: the section itself is
  ///     then read instead
  static @Nullable SearchTable of(Bytes header, long headerAddress) {
    try {
      Cursor at = header.cursor(0);
      int version = at.u8();
      int sectionEncoding = at.u8();
      int countEncoding = at.u8();
      int tableEncoding = at.u8();
      if (version != 1
          || countEncoding == PointerEncoding.OMITTED
          || !PointerEncoding.isSearchTable(tableEncoding)) {
        return null;
      }
      PointerEncoding.skip(at, sectionEncoding, headerAddress);
      long count = PointerEncoding.read(at, countEncoding, headerAddress, headerAddress);
      if (count <= 0 || count > at.remaining() / ENTRY_SIZE) {
        return null;
      }
      return new SearchTable(at.take(count * ENTRY_SIZE), (int) count, headerAddress);
    } catch (MalformedBinary | Unsupported damaged) {
      return null;
    }
  }

  /// The link address of the last entry that starts at or before `pc`.
  ///
  /// @return -1 when there is none
  int find(long pc) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(start(middle), pc) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The link address of the code that the table's entry is about.
  long start(int index) {
    return headerAddress + table.i32((long) index * ENTRY_SIZE);
  }

  /// The link address of the frame description.
  long descriptionAddress(int index) {
    return headerAddress + table.i32((long) index * ENTRY_SIZE + 4);
  }
}
