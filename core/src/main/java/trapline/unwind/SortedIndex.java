package trapline.unwind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// All frame descriptions of a section in the order of their addresses, for files without a search
/// table. Made by reading the section once.
final class SortedIndex {
  /// How far back an entry is looked for that covers an address beyond its successor's start.
  private static final int MAX_OVERLAP = 16;

  private final long[] starts;
  private final long[] ends;
  private final long[] offsets;
  private final String damage;

  private SortedIndex(long[] starts, long[] ends, long[] offsets, String damage) {
    this.starts = starts;
    this.ends = ends;
    this.offsets = offsets;
    this.damage = damage;
  }

  /// Why the first entry that is left out cannot be read; empty when all can.
  String damage() {
    return damage;
  }

  private record Range(long start, long end, long offset) {}

  /// Reads the section. An entry that follows no format is left out: the others are still good. A
  /// wrong length ends the reading, as nothing after it can be found.
  static SortedIndex of(FrameSection section) {
    List<Range> ranges = new ArrayList<>();
    String damage = "";
    long offset = 0;
    while (offset < section.size()) {
      FrameSection.Entry entry;
      long next;
      try {
        next = section.nextAfter(offset);
      } catch (MalformedBinary cutOff) {
        damage = damage.isEmpty() ? String.valueOf(cutOff.getMessage()) : damage;
        break;
      }
      try {
        entry = section.entryAt(offset);
        if (entry != null && entry.isDescription()) {
          FrameDescription description = section.description(entry);
          if (description.start() != description.end()) {
            ranges.add(new Range(description.start(), description.end(), offset));
          }
        }
      } catch (MalformedBinary | Unsupported damaged) {
        damage = damage.isEmpty() ? String.valueOf(damaged.getMessage()) : damage;
      }
      offset = next;
    }
    ranges.sort(
        Comparator.comparingLong((Range range) -> range.start() ^ Long.MIN_VALUE)
            .thenComparingLong(range -> range.offset()));
    int count = ranges.size();
    long[] starts = new long[count];
    long[] ends = new long[count];
    long[] offsets = new long[count];
    for (int i = 0; i < count; i++) {
      starts[i] = ranges.get(i).start();
      ends[i] = ranges.get(i).end();
      offsets[i] = ranges.get(i).offset();
    }
    return new SortedIndex(starts, ends, offsets, damage);
  }

  /// The offset in the section of the entry that covers `pc`.
  ///
  /// @return `null` when none does
  @Nullable Long find(long pc) {
    int low = 0;
    int high = starts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(starts[middle], pc) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low - 1; i >= 0 && i >= low - MAX_OVERLAP; i--) {
      if (Long.compareUnsigned(pc, ends[i]) < 0) {
        return offsets[i];
      }
    }
    return null;
  }
}
