package trapline.dwarf;

import java.util.Arrays;

/// Intervals of addresses that may overlap, each with a number; finds those that cover an address.
final class IntervalTable {
  private static final int[] NOTHING = {};

  private final long[] starts;
  private final long[] ends;
  private final int[] values;

  /// The greatest end among the intervals up to and with each one.
  private final long[] greatestEnds;

  private IntervalTable(long[] starts, long[] ends, int[] values) {
    this.starts = starts;
    this.ends = ends;
    this.values = values;
    this.greatestEnds = new long[ends.length];
    long greatest = 0;
    for (int i = 0; i < ends.length; i++) {
      if (i == 0 || Long.compareUnsigned(ends[i], greatest) > 0) {
        greatest = ends[i];
      }
      greatestEnds[i] = greatest;
    }
  }

  int size() {
    return starts.length;
  }

  /// The number of the smallest interval that covers `address`, the last added of equal ones; -1
  /// when there is none.
  int smallest(long address) {
    int best = -1;
    for (int i = last(address); i >= 0 && after(greatestEnds[i], address); i--) {
      if (after(ends[i], address)
          && (best < 0
              || Long.compareUnsigned(ends[i] - starts[i], ends[best] - starts[best]) < 0)) {
        best = i;
      }
    }
    return best < 0 ? -1 : values[best];
  }

  /// The numbers of all intervals that cover `address`, the latest start first.
  int[] covering(long address) {
    int[] found = NOTHING;
    for (int i = last(address); i >= 0 && after(greatestEnds[i], address); i--) {
      if (after(ends[i], address)) {
        found = Arrays.copyOf(found, found.length + 1);
        found[found.length - 1] = values[i];
      }
    }
    return found;
  }

  /// The last interval that starts at or before `address`; -1 when there is none.
  private int last(long address) {
    int low = 0;
    int high = starts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(starts[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private static boolean after(long end, long address) {
    return Long.compareUnsigned(end, address) > 0;
  }

  /// Collects intervals in any order.
  static final class Builder {
    private static final int INDEX_BITS = 24;
    private static final int SPAN_BITS = 63 - INDEX_BITS;

    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int[] values = new int[16];
    private int count;
    private boolean sorted = true;

    /// Adds an interval; one that is empty is left out.
    void add(long start, long end, int value) {
      if (Long.compareUnsigned(start, end) >= 0) {
        return;
      }
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
        ends = Arrays.copyOf(ends, count * 2);
        values = Arrays.copyOf(values, count * 2);
      }
      if (count > 0 && Long.compareUnsigned(start, starts[count - 1]) < 0) {
        sorted = false;
      }
      starts[count] = start;
      ends[count] = end;
      values[count] = value;
      count++;
    }

    int size() {
      return count;
    }

    IntervalTable build() {
      if (sorted) {
        return new IntervalTable(
            Arrays.copyOf(starts, count), Arrays.copyOf(ends, count), Arrays.copyOf(values, count));
      }
      int[] order = order();
      long[] sortedStarts = new long[count];
      long[] sortedEnds = new long[count];
      int[] sortedValues = new int[count];
      for (int i = 0; i < count; i++) {
        sortedStarts[i] = starts[order[i]];
        sortedEnds[i] = ends[order[i]];
        sortedValues[i] = values[order[i]];
      }
      return new IntervalTable(sortedStarts, sortedEnds, sortedValues);
    }

    /// The indexes of the intervals by their starts, those of equal starts as they were added.
    private int[] order() {
      int[] order = new int[count];
      long lowest = starts[0];
      long highest = starts[0];
      for (int i = 1; i < count; i++) {
        lowest = Long.compareUnsigned(starts[i], lowest) < 0 ? starts[i] : lowest;
        highest = Long.compareUnsigned(starts[i], highest) > 0 ? starts[i] : highest;
      }
      long span = highest - lowest;
      if (span >= 0 && span < 1L << SPAN_BITS && count < 1 << INDEX_BITS) {
        // Both fit one number each, which sorts without a comparator.
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
          keys[i] = (starts[i] - lowest) << INDEX_BITS | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < count; i++) {
          order[i] = (int) keys[i] & ((1 << INDEX_BITS) - 1);
        }
        return order;
      }
      Integer[] boxed = new Integer[count];
      for (int i = 0; i < count; i++) {
        boxed[i] = i;
      }
      Arrays.sort(boxed, (a, b) -> Long.compareUnsigned(starts[a], starts[b]));
      for (int i = 0; i < count; i++) {
        order[i] = boxed[i];
      }
      return order;
    }
  }
}
