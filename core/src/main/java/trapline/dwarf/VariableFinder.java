package trapline.dwarf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.Place;

/// Answers about parameters and variables from one unit's entries.
final class VariableFinder {
  private static final int MAX_BLOCKS = 10_000;

  private final Unit unit;
  private final FunctionIndex index;
  private final List<Variable> found = new ArrayList<>();

  private VariableFinder(Unit unit) {
    this.unit = unit;
    this.index = unit.functions();
    unit.allowLists();
  }

  /// What is in scope at an address, innermost block first; `null` when no function has it.
  static @Nullable List<Variable> at(Unit unit, LinkAddress address) {
    VariableFinder finder = new VariableFinder(unit);
    int function = finder.index.function(address.value());
    if (function < 0) {
      return null;
    }
    int scope = finder.index.innermost(function, address.value());
    int depth = 0;
    while (scope >= 0) {
      finder.add(scope, depth);
      if (finder.index.kind(scope) == FunctionIndex.INLINED) {
        depth++;
      }
      scope = finder.index.parent(scope);
    }
    return finder.found;
  }

  /// What has a scope that overlaps a range, in the function at the range's start; `null` when no
  /// function has that.
  static @Nullable List<Variable> in(Unit unit, AddressRange range) {
    VariableFinder finder = new VariableFinder(unit);
    FunctionIndex index = finder.index;
    long start = range.start().value();
    int function = index.function(start);
    if (function < 0) {
      return null;
    }
    // The scopes around the start have a level in its frames, the others have none.
    int[] depths = new int[index.end(function) - function];
    Arrays.fill(depths, -1);
    int depth = 0;
    for (int scope = index.innermost(function, start); scope >= 0; scope = index.parent(scope)) {
      depths[scope - function] = depth;
      if (index.kind(scope) == FunctionIndex.INLINED) {
        depth++;
      }
    }
    for (int scope = index.end(function) - 1; scope >= function; scope--) {
      if (index.kind(scope) == FunctionIndex.FUNCTION && scope != function) {
        continue;
      }
      for (AddressRange one : ranges(index.ranges(scope))) {
        if (one.overlaps(range)) {
          finder.add(scope, depths[scope - function]);
          break;
        }
      }
    }
    return finder.found;
  }

  private static List<AddressRange> ranges(long[] pairs) {
    List<AddressRange> ranges = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      ranges.add(AddressRange.of(pairs[i], pairs[i + 1]));
    }
    return List.copyOf(ranges);
  }

  /// Adds what one scope declares.
  private void add(int scope, int depth) {
    Entry entry = index.entry(scope);
    int named = scope;
    while (index.kind(named) == FunctionIndex.BLOCK && index.parent(named) >= 0) {
      named = index.parent(named);
    }
    FunctionName function = Declaration.of(index.entry(named)).name();
    List<AddressRange> ranges = ranges(index.ranges(scope));
    for (Entry child : Children.of(entry)) {
      if (isVariable(child.tag())) {
        add(child, Declaration.origin(child), function, depth, ranges);
      }
    }
    // A variable that has been optimised away altogether is only in the abstract instance.
    Entry abstractScope = entry.reference(Attribute.ABSTRACT_ORIGIN);
    if (abstractScope != null) {
      Set<Long> completed = completed(entry);
      for (Entry child : Children.of(abstractScope)) {
        if (isVariable(child.tag()) && !completed.contains(key(child))) {
          add(child, null, function, depth, ranges);
        }
      }
    }
  }

  /// The abstract variables that have an instance in a scope or in the blocks inside it.
  private static Set<Long> completed(Entry scope) {
    Set<Long> completed = new HashSet<>();
    Deque<Entry> blocks = new ArrayDeque<>(List.of(scope));
    for (int visited = 0; !blocks.isEmpty() && visited < MAX_BLOCKS; visited++) {
      for (Entry child : Children.of(blocks.pop())) {
        if (child.tag() == Tag.LEXICAL_BLOCK) {
          blocks.push(child);
        } else if (isVariable(child.tag())) {
          Entry origin = Declaration.origin(child);
          if (origin != null) {
            completed.add(key(origin));
          }
        }
      }
    }
    return completed;
  }

  private static long key(Entry entry) {
    return (long) System.identityHashCode(entry.unit.section) << 32 | entry.offset;
  }

  private static boolean isVariable(int tag) {
    return tag == Tag.VARIABLE || tag == Tag.FORMAL_PARAMETER;
  }

  private void add(
      Entry entry,
      @Nullable Entry origin,
      FunctionName function,
      int depth,
      List<AddressRange> scope) {
    try {
      if (entry.flag(Attribute.DECLARATION) && !entry.has(Attribute.LOCATION)) {
        // Declared here, defined elsewhere.
        return;
      }
      Variable variable = read(entry, origin, function, depth, scope);
      if (!variable.name().isEmpty()) {
        found.add(variable);
      }
    } catch (MalformedBinary broken) {
      unit.file.diagnostics().add("a variable of " + unit, broken);
    }
  }

  static Variable read(
      Entry entry,
      @Nullable Entry origin,
      FunctionName function,
      int depth,
      List<AddressRange> scope) {
    Declaration declaration = Declaration.of(entry);
    Place place = declaration.place();
    boolean artificial =
        entry.flag(Attribute.ARTIFICIAL) || (origin != null && origin.flag(Attribute.ARTIFICIAL));
    return new Variable(
        declaration.name().name(),
        Types.of(entry),
        Layout.of(entry),
        entry.tag() == Tag.FORMAL_PARAMETER,
        artificial,
        function,
        depth,
        scope,
        LocationLists.variable(entry, origin),
        place);
  }
}
