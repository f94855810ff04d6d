package trapline.dwarf;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// How the values of a type lie in memory. Read when asked, so that a variable of a large type
/// costs nothing as long as nobody looks inside.
///
/// All methods throw [trapline.model.MalformedBinary] when the debug information is broken there.
public final class Layout {
  private static final int MAX_DEPTH = 16;

  /// How many members one question may look at.
  private static final int MAX_MEMBERS = 10_000;

  private static final int OP_PLUS_UCONST = 0x23;

  private final Object lock;
  private final @Nullable Entry type;

  /// @param lock what guards the file that the type is in
  /// @param type `null` for `void`
  private Layout(Object lock, @Nullable Entry type) {
    this.lock = lock;
    this.type = type;
  }

  /// The layout of a variable's or member's type.
  static Layout of(Entry typed) {
    return new Layout(typed.unit.file.diagnostics(), Types.entryOf(typed));
  }

  /// One value inside a larger one.
  ///
  /// @param path what to write behind the larger one's name: `.address.port`, `[3].fd`; empty when
  ///     the larger one is the value itself
  /// @param layout of the value
  public record Part(String path, Layout layout) {}

  /// The type itself.
  public DataType type() {
    synchronized (lock) {
      return Types.ofType(type);
    }
  }

  /// What a pointer or reference leads to; `null` when it is neither, or leads to `void`.
  public @Nullable Layout target() {
    synchronized (lock) {
      Entry bare = type == null ? null : Types.bare(type);
      if (bare == null) {
        return null;
      }
      Entry target =
          switch (bare.tag()) {
            case Tag.POINTER_TYPE, Tag.REFERENCE_TYPE, Tag.RVALUE_REFERENCE_TYPE ->
                bare.reference(Attribute.TYPE);
            default -> null;
          };
      return target == null || Types.bare(target) == null ? null : new Layout(lock, target);
    }
  }

  /// The integer, pointer or enumerator that lies at an offset and has a size.
  ///
  /// @return `null` when there is none of exactly that size, or several as in a union
  public @Nullable Part partAt(long offset, long size) {
    synchronized (lock) {
      Search search = new Search(size);
      if (type != null) {
        search.look(type, offset, "", 0);
      }
      Entry found = search.found;
      return found == null || search.several
          ? null
          : new Part(search.path, new Layout(lock, found));
    }
  }

  /// Goes down to the values at one offset.
  private static final class Search {
    private final long size;
    private int budget = MAX_MEMBERS;
    private @Nullable Entry found;
    private String path = "";
    private boolean several;

    Search(long size) {
      this.size = size;
    }

    void look(Entry type, long offset, String where, int depth) {
      Entry bare = Types.bare(type);
      if (bare == null || depth > MAX_DEPTH) {
        return;
      }
      switch (bare.tag()) {
        case Tag.BASE_TYPE,
            Tag.ENUMERATION_TYPE,
            Tag.POINTER_TYPE,
            Tag.REFERENCE_TYPE,
            Tag.RVALUE_REFERENCE_TYPE -> {
          if (offset == 0 && Types.byteSize(bare) == size && !Types.isFloat(bare)) {
            several |= found != null;
            found = type;
            path = where;
          }
        }
        case Tag.STRUCTURE_TYPE, Tag.CLASS_TYPE, Tag.UNION_TYPE, Tag.INTERFACE_TYPE ->
            members(bare, offset, where, depth);
        case Tag.ARRAY_TYPE -> element(bare, offset, where, depth);
        default -> {
          return;
        }
      }
    }

    private void members(Entry aggregate, long offset, String where, int depth) {
      for (Entry member : Children.of(aggregate)) {
        if (--budget < 0) {
          several = true;
          return;
        }
        boolean base = member.tag() == Tag.INHERITANCE;
        if ((!base && member.tag() != Tag.MEMBER) || isElsewhere(member)) {
          continue;
        }
        long at = start(member);
        Entry type = member.reference(Attribute.TYPE);
        Entry bare = type == null ? null : Types.bare(type);
        if (type == null || bare == null || at < 0 || offset < at) {
          continue;
        }
        if (offset - at < Types.byteSize(bare)) {
          String name = base ? null : member.string(Attribute.NAME);
          String inside = name == null || name.isEmpty() ? where : where + "." + name;
          look(type, offset - at, inside, depth + 1);
        }
      }
    }

    /// Whether a member is no part of each value, or one of bits.
    private static boolean isElsewhere(Entry member) {
      return member.flag(Attribute.DECLARATION)
          || member.flag(Attribute.EXTERNAL)
          || member.has(Attribute.BIT_SIZE)
          || member.has(Attribute.DATA_BIT_OFFSET);
    }

    /// Where a member starts; -1 when that is computed from the value.
    private static long start(Entry member) {
      if (!member.has(Attribute.DATA_MEMBER_LOCATION)) {
        return 0;
      }
      Bytes expression = member.block(Attribute.DATA_MEMBER_LOCATION);
      if (expression == null) {
        return member.number(Attribute.DATA_MEMBER_LOCATION, -1);
      }
      if (expression.isEmpty() || expression.u8(0) != OP_PLUS_UCONST) {
        return -1;
      }
      Cursor at = expression.cursor(1);
      long start = at.uleb();
      return at.hasRemaining() ? -1 : start;
    }

    private void element(Entry array, long offset, String where, int depth) {
      Entry element = array.reference(Attribute.TYPE);
      Entry bare = element == null ? null : Types.bare(element);
      long elementSize = bare == null ? -1 : Types.byteSize(bare);
      long[] counts = Types.counts(array);
      if (element == null
          || elementSize <= 0
          || counts.length == 0
          || array.flag(Attribute.GNU_VECTOR)
          || array.has(Attribute.BYTE_STRIDE)) {
        return;
      }
      long index = offset / elementSize;
      StringBuilder indexes = new StringBuilder();
      for (int i = counts.length - 1; i >= 0; i--) {
        if (counts[i] <= 0) {
          return;
        }
        indexes.insert(0, "[" + index % counts[i] + "]");
        index /= counts[i];
      }
      if (index == 0) {
        look(element, offset % elementSize, where + indexes, depth + 1);
      }
    }
  }
}
