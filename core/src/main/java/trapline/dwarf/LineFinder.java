package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import trapline.model.LinkAddress;

/// Answers about lines from one unit's line table.
final class LineFinder {
  private static final int MAX_RUNS = 10_000;

  private LineFinder() {}

  /// The rows of the line that `row` belongs to, inside the given ranges.
  ///
  /// @param within pairs of start and end; none for the sequence that has the row
  static Statement statement(LineTable table, int row, LinkAddress address, long[] within) {
    int sequence = table.sequence(row);
    int first = row;
    while (first > table.firstRow(sequence) && table.sameLine(first - 1, row)) {
      first--;
    }
    int next = row + 1;
    while (next < table.endRow(sequence) && table.sameLine(next, row)) {
      next++;
    }
    long[] limits =
        within.length > 0
            ? within
            : new long[] {
              table.address(table.firstRow(sequence)), table.address(table.endRow(sequence))
            };
    AddressRange whole = AddressRange.of(table.address(first), table.address(next));
    AddressRange around = clip(whole, limits, address);
    List<AddressRange> all = new ArrayList<>();
    for (int other = 0; other < table.sequenceCount(); other++) {
      if (other == sequence || overlaps(table, other, limits)) {
        runs(table, other, row, limits, all);
      }
    }
    all.sort((a, b) -> Long.compareUnsigned(a.start().value(), b.start().value()));
    return new Statement(table.entry(row), around, List.copyOf(all));
  }

  private static boolean overlaps(LineTable table, int sequence, long[] limits) {
    for (int i = 0; i < limits.length; i += 2) {
      if (Long.compareUnsigned(table.sequenceStart(sequence), limits[i + 1]) < 0
          && Long.compareUnsigned(limits[i], table.sequenceEnd(sequence)) < 0) {
        return true;
      }
    }
    return false;
  }

  /// Adds the runs of rows of one sequence with the same line as `row`, cut to the limits.
  private static void runs(
      LineTable table, int sequence, int row, long[] limits, List<AddressRange> into) {
    int end = table.endRow(sequence);
    for (int at = table.firstRow(sequence); at < end && into.size() < MAX_RUNS; at++) {
      if (!table.sameLine(at, row)) {
        continue;
      }
      int first = at;
      while (at + 1 < end && table.sameLine(at + 1, row)) {
        at++;
      }
      long low = table.address(first);
      long high = table.address(at + 1);
      for (int i = 0; i < limits.length; i += 2) {
        long start = Long.compareUnsigned(low, limits[i]) < 0 ? limits[i] : low;
        long stop = Long.compareUnsigned(high, limits[i + 1]) > 0 ? limits[i + 1] : high;
        if (Long.compareUnsigned(start, stop) < 0) {
          into.add(AddressRange.of(start, stop));
        }
      }
    }
  }

  /// The part of `whole` that lies in the limit with the address in it.
  private static AddressRange clip(AddressRange whole, long[] limits, LinkAddress address) {
    for (int i = 0; i < limits.length; i += 2) {
      AddressRange limit = AddressRange.of(limits[i], limits[i + 1]);
      if (limit.contains(address)) {
        long start = whole.start().value();
        long end = whole.end().value();
        return AddressRange.of(
            Long.compareUnsigned(start, limits[i]) < 0 ? limits[i] : start,
            Long.compareUnsigned(end, limits[i + 1]) > 0 ? limits[i + 1] : end);
      }
    }
    return whole;
  }
}
