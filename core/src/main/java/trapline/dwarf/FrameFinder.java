package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;
import trapline.model.Place;

/// Answers about functions and inlined calls from one unit's entries.
final class FrameFinder {
  private FrameFinder() {}

  /// The levels at an address of a unit, innermost first; none when no function has it.
  ///
  /// @param line the row that covers the address; `null` when there is none
  static List<SourceFrame> frames(Unit unit, LinkAddress address, @Nullable LineEntry line) {
    FunctionIndex index = unit.functions();
    int function = index.function(address.value());
    if (function < 0) {
      return List.of();
    }
    List<SourceFrame> frames = new ArrayList<>();
    Place place = line == null ? null : line.place();
    int column = line == null ? 0 : line.column();
    int scope = index.innermost(function, address.value());
    while (scope >= 0) {
      byte kind = index.kind(scope);
      if (kind != FunctionIndex.BLOCK) {
        Entry entry = index.entry(scope);
        Declaration declaration = Declaration.of(entry);
        boolean inlined = kind == FunctionIndex.INLINED;
        frames.add(
            new SourceFrame(
                declaration.name(),
                place,
                column,
                inlined,
                new LinkAddress(entry(entry, index.ranges(scope))),
                declaration.place()));
        if (!inlined) {
          break;
        }
        String file = Declaration.file(unit, entry.number(Attribute.CALL_FILE, 0));
        int callLine = Declaration.line(entry, Attribute.CALL_LINE);
        place = file.isEmpty() && callLine == 0 ? null : new Place(file, callLine);
        column = Declaration.line(entry, Attribute.CALL_COLUMN);
      }
      scope = index.parent(scope);
    }
    return frames;
  }

  /// The function that has an address; `null` when none has.
  static @Nullable Subprogram subprogram(Unit unit, LinkAddress address) {
    FunctionIndex index = unit.functions();
    int function = index.function(address.value());
    unit.allowLists();
    return function < 0 ? null : subprogram(index, function);
  }

  private static Subprogram subprogram(FunctionIndex index, int function) {
    Entry entry = index.entry(function);
    Declaration declaration = Declaration.of(entry);
    long[] ranges = index.ranges(function);
    List<AddressRange> list = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      list.add(AddressRange.of(ranges[i], ranges[i + 1]));
    }
    boolean external = false;
    Entry at = entry;
    for (int step = 0; at != null && step < 32 && !external; step++) {
      external = at.flag(Attribute.EXTERNAL);
      at = Declaration.origin(at);
    }
    return new Subprogram(
        declaration.name(),
        List.copyOf(list),
        new LinkAddress(entry(entry, ranges)),
        LocationLists.of(entry, Attribute.FRAME_BASE),
        Types.of(entry),
        declaration.place(),
        external);
  }

  /// Where a function or inlined call is entered: as stated (DWARF 5, section 2.18), or else at its
  /// lowest address.
  static long entry(Entry entry, long[] ranges) {
    if (entry.has(Attribute.ENTRY_PC)) {
      if (entry.isAddress(Attribute.ENTRY_PC)) {
        return entry.address(Attribute.ENTRY_PC);
      }
      return lowest(entry, ranges) + entry.number(Attribute.ENTRY_PC, 0);
    }
    return lowest(entry, ranges);
  }

  private static long lowest(Entry entry, long[] ranges) {
    return entry.has(Attribute.LOW_PC) ? entry.address(Attribute.LOW_PC) : ranges[0];
  }
}
