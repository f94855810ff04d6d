package trapline.dwarf;

import java.util.Arrays;
import trapline.bytes.Cursor;
import trapline.model.MalformedBinary;

/// The entries of one unit that have code: functions, inlined calls and blocks, as they nest.
///
/// Scopes are numbered in the order of the unit, so that those inside a scope follow it.
final class FunctionIndex {
  static final byte FUNCTION = 0;
  static final byte INLINED = 1;
  static final byte BLOCK = 2;

  private static final int MAX_DEPTH = 4096;
  private static final int MAX_INTERVALS = 1 << 23;

  private final Unit unit;
  private final int count;
  private final int[] offsets;
  private final byte[] kinds;
  private final int[] parents;

  /// For each scope, the number of the first scope after it that is not inside it.
  private final int[] ends;

  /// For each scope, where its pairs of start and end begin in `ranges`.
  private final int[] rangeStarts;

  private final long[] ranges;
  private final IntervalTable functions;

  private FunctionIndex(Builder from) {
    unit = from.unit;
    count = from.count;
    offsets = Arrays.copyOf(from.offsets, count);
    kinds = Arrays.copyOf(from.kinds, count);
    parents = Arrays.copyOf(from.parents, count);
    ends = Arrays.copyOf(from.ends, count);
    rangeStarts = Arrays.copyOf(from.rangeStarts, count + 1);
    ranges = Arrays.copyOf(from.ranges, from.rangeCount);
    rangeStarts[count] = from.rangeCount;
    IntervalTable.Builder table = new IntervalTable.Builder();
    for (int scope = 0; scope < count; scope++) {
      if (kinds[scope] == FUNCTION) {
        for (int i = rangeStarts[scope]; i < rangeStarts[scope + 1]; i += 2) {
          table.add(ranges[i], ranges[i + 1], scope);
        }
      }
    }
    functions = table.build();
  }

  static FunctionIndex read(Unit unit) {
    Builder builder = new Builder(unit);
    builder.scan();
    return new FunctionIndex(builder);
  }

  int size() {
    return count;
  }

  byte kind(int scope) {
    return kinds[scope];
  }

  /// The scope around a scope; -1 when it is in none that has code.
  int parent(int scope) {
    return parents[scope];
  }

  /// The number of the first scope after `scope` that is not inside it.
  int end(int scope) {
    return ends[scope];
  }

  /// Pairs of start and end.
  long[] ranges(int scope) {
    return Arrays.copyOfRange(ranges, rangeStarts[scope], rangeStarts[scope + 1]);
  }

  Entry entry(int scope) {
    Entry entry = Entry.read(unit, offsets[scope]);
    if (entry == null) {
      throw unit.section.malformed(offsets[scope], "entry that vanished");
    }
    return entry;
  }

  /// The function whose code has an address, the smallest when several do; -1 when none has.
  int function(long address) {
    return functions.smallest(address);
  }

  /// The innermost scope inside `function` whose code has an address.
  int innermost(int function, long address) {
    int best = function;
    long bestSize = covering(function, address);
    int scope = function + 1;
    while (scope < ends[function]) {
      if (kinds[scope] == FUNCTION) {
        // A function that is declared inside another one has its code elsewhere.
        scope = ends[scope];
        continue;
      }
      long size = covering(scope, address);
      if (size != 0 && Long.compareUnsigned(size, bestSize) <= 0) {
        best = scope;
        bestSize = size;
      }
      scope++;
    }
    return best;
  }

  /// The size of the range of `scope` that has an address; 0 when none has.
  private long covering(int scope, long address) {
    for (int i = rangeStarts[scope]; i < rangeStarts[scope + 1]; i += 2) {
      if (Long.compareUnsigned(ranges[i], address) <= 0
          && Long.compareUnsigned(address, ranges[i + 1]) < 0) {
        return ranges[i + 1] - ranges[i];
      }
    }
    return 0;
  }

  private static final class Builder {
    final Unit unit;
    int count;
    int[] offsets = new int[32];
    byte[] kinds = new byte[32];
    int[] parents = new int[32];
    int[] ends = new int[32];
    int[] rangeStarts = new int[33];
    long[] ranges = new long[64];
    int rangeCount;

    /// For each level of nesting, the scope that its entries are in, and whether the level opened
    /// that scope.
    private int[] scopes = new int[32];

    private boolean[] opened = new boolean[32];

    Builder(Unit unit) {
      this.unit = unit;
    }

    void scan() {
      Abbreviations abbreviations = unit.abbreviations();
      Cursor at = unit.section.cursor(unit.firstEntry);
      int depth = 0;
      scopes[0] = -1;
      while (at.position() < unit.end) {
        int offset = at.position();
        long code = at.uleb();
        if (code == 0) {
          if (depth == 0) {
            break;
          }
          if (opened[depth]) {
            ends[scopes[depth]] = count;
          }
          depth--;
          if (depth == 0) {
            break;
          }
          continue;
        }
        Abbreviations.Shape shape = abbreviations.shape(code);
        if (shape == null) {
          throw unit.section.malformed(offset, "entry with unknown abbreviation " + code);
        }
        int scope = -1;
        if (shape.hasCode && kind(shape.tag) >= 0) {
          Entry entry = Entry.read(unit, offset, shape, at);
          scope = add(entry, scopes[depth]);
        } else if (shape.fixedSize >= 0) {
          at.skip(shape.fixedSize);
        } else {
          for (int form : shape.forms) {
            Entry.skip(form, at, unit);
          }
        }
        if (shape.hasChildren) {
          depth++;
          if (depth > MAX_DEPTH) {
            throw unit.section.malformed(offset, "entries are nested too deeply");
          }
          if (depth == scopes.length) {
            scopes = Arrays.copyOf(scopes, depth * 2);
            opened = Arrays.copyOf(opened, depth * 2);
          }
          scopes[depth] = scope >= 0 ? scope : scopes[depth - 1];
          opened[depth] = scope >= 0;
        }
      }
      // A unit that ends too early closes all that is open.
      for (; depth > 0; depth--) {
        if (opened[depth]) {
          ends[scopes[depth]] = count;
        }
      }
    }

    private int add(Entry entry, int parent) {
      long[] pairs;
      try {
        pairs = RangeLists.of(entry);
      } catch (MalformedBinary broken) {
        unit.file.diagnostics().add(unit.toString(), broken);
        return -1;
      }
      if (pairs.length == 0) {
        return -1;
      }
      if (count == offsets.length) {
        int size = count * 2;
        offsets = Arrays.copyOf(offsets, size);
        kinds = Arrays.copyOf(kinds, size);
        parents = Arrays.copyOf(parents, size);
        ends = Arrays.copyOf(ends, size);
        rangeStarts = Arrays.copyOf(rangeStarts, size + 1);
      }
      int needed = rangeCount + pairs.length;
      if (needed > MAX_INTERVALS) {
        throw unit.section.malformed(entry.offset, "a unit with too many ranges");
      }
      if (needed > ranges.length) {
        ranges = Arrays.copyOf(ranges, Math.max(needed, ranges.length * 2));
      }
      byte kind = (byte) kind(entry.tag());
      offsets[count] = entry.offset;
      kinds[count] = kind;
      parents[count] = kind == FUNCTION ? -1 : parent;
      ends[count] = count + 1;
      rangeStarts[count] = rangeCount;
      System.arraycopy(pairs, 0, ranges, rangeCount, pairs.length);
      rangeCount = needed;
      return count++;
    }

    private static int kind(int tag) {
      return switch (tag) {
        case Tag.SUBPROGRAM, Tag.ENTRY_POINT -> FUNCTION;
        case Tag.INLINED_SUBROUTINE -> INLINED;
        case Tag.LEXICAL_BLOCK, Tag.TRY_BLOCK, Tag.CATCH_BLOCK -> BLOCK;
        default -> -1;
      };
    }
  }
}
