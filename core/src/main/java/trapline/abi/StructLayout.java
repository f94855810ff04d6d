package trapline.abi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;

/// Where the members of a kernel structure are, and what they mean. The table `structs.txt` gives
/// members with their C types; offsets follow from them by the psABI's rules.
///
/// @param name in the tables, such as `stat`
/// @param cName the C type, such as `struct stat`
/// @param size in bytes
/// @param least how many bytes of it the kernel takes at the least, where programs say its size
/// @param zeroIsLeast whether a size of 0 stands for that many
/// @param members in the order in which they are shown
public record StructLayout(
    String name, String cName, int size, int least, boolean zeroIsLeast, List<Member> members) {
  public StructLayout {
    members = List.copyOf(members);
  }

  /// A member.
  ///
  /// @param count elements of an array; 0 when it is none
  /// @param format what it means
  /// @param shown when it is shown
  public record Member(
      String name, CType type, int offset, int size, int count, ArgFormat format, Shown shown) {}

  /// When a member is shown.
  public enum Shown {
    ALWAYS,
    /// Only in full, not in abbreviated structures.
    IN_FULL,
    /// Padding, or a value that only other members' formats refer to.
    NEVER
  }

  private static final Map<String, StructLayout> WIDE = new ConcurrentHashMap<>();
  private static final Map<String, StructLayout> NARROW = new ConcurrentHashMap<>();
  private static final int DEEPEST = 8;

  private static final class Table {
    static final String TEXT = Resource.read("structs.txt");
    static final Map<String, Integer> STARTS = new HashMap<>();

    static {
      Resource.Lines lines = Resource.lines(TEXT);
      while (lines.advance()) {
        if (TEXT.charAt(lines.start()) != '\t') {
          STARTS.put(lines.field(0), lines.start());
        }
      }
    }

    private Table() {}
  }

  /// The layout of that name in programs of that ABI, or `null` when there is none.
  public static @Nullable StructLayout of(String name, Abi abi) {
    return of(name, abi, 0);
  }

  /// The names of all layouts.
  public static List<String> names() {
    return Table.STARTS.keySet().stream().sorted().toList();
  }

  /// The headers that define a structure, as its table line has them; empty when no header that
  /// programs can include does.
  public static String headers(String name) {
    Integer start = Table.STARTS.get(name);
    if (start == null) {
      return "";
    }
    Resource.Lines lines = Resource.lines(Table.TEXT.substring(start));
    return lines.advance() ? lines.field(2) : "";
  }

  private static @Nullable StructLayout of(String name, Abi abi, int depth) {
    if (abi == Abi.X32) {
      return null;
    }
    Map<String, StructLayout> known = abi == Abi.X86_64 ? WIDE : NARROW;
    StructLayout layout = known.get(name);
    if (layout == null) {
      Integer start = Table.STARTS.get(name);
      if (start == null) {
        return null;
      }
      if (depth > DEEPEST) {
        throw new IllegalStateException("structure nested too deeply: " + name);
      }
      layout = parse(name, start, abi, depth);
      if (layout == null) {
        return null;
      }
      known.put(name, layout);
    }
    return layout;
  }

  private static @Nullable StructLayout parse(String name, int start, Abi abi, int depth) {
    String cName = "";
    boolean packed = false;
    int least = 0;
    boolean zeroIsLeast = false;
    List<Member> members = new ArrayList<>();
    int offset = 0;
    int end = 0;
    int alignment = 1;
    Resource.Lines lines = Resource.lines(Table.TEXT.substring(start));
    while (lines.advance()) {
      String line = lines.line();
      if (line.charAt(0) != '\t') {
        if (!cName.isEmpty()) {
          break;
        }
        cName = lines.field(1);
        String traits = lines.field(3);
        packed = traits.contains("packed");
        zeroIsLeast = traits.contains("zero");
        least = least(traits);
        if (abi != Abi.X86_64 && !traits.contains("i386")) {
          return null;
        }
        continue;
      }
      Declaration it = Declaration.parse(line.substring(1));
      CType type = CType.of(it.type, abi);
      int size = type.size();
      int align = size;
      if (size == 0 && type.base().startsWith("struct ")) {
        StructLayout inner = of(type.base().substring(7), abi, depth + 1);
        if (inner == null) {
          throw new IllegalStateException("no layout of " + type.base() + " in " + name);
        }
        size = inner.size();
        align = inner.alignment(abi);
      }
      if (size == 0) {
        throw new IllegalStateException("no size of " + type.base() + " in " + name);
      }
      if (abi == Abi.I386) {
        align = Math.min(align, 4);
      }
      if (packed) {
        align = 1;
      }
      alignment = Math.max(alignment, align);
      int total = it.count < 0 ? 0 : size * Math.max(it.count, 1);
      int at = it.offset >= 0 ? it.offset : (offset + align - 1) / align * align;
      members.add(new Member(it.name, type, at, total, Math.max(it.count, 0), it.format, it.shown));
      offset = at + total;
      end = Math.max(end, offset);
    }
    int size = packed ? end : (end + alignment - 1) / alignment * alignment;
    return new StructLayout(name, cName, size, least, zeroIsLeast, members);
  }

  private static int least(String traits) {
    for (String trait : traits.split(" ", -1)) {
      if (trait.startsWith("least=")) {
        return Integer.parseInt(trait.substring(6));
      }
    }
    return 0;
  }

  /// The member of that name, or `null` when there is none.
  public @Nullable Member member(String name) {
    for (Member member : members) {
      if (member.name().equals(name)) {
        return member;
      }
    }
    return null;
  }

  /// One line of the table: `type name[count]: format`, where a leading `-` hides the member in
  /// abbreviated output and `_` always, and `@8` puts it at offset 8.
  private static final class Declaration {
    String type = "";
    String name = "";
    int count;
    int offset = -1;
    Shown shown = Shown.ALWAYS;
    ArgFormat format = ArgFormat.INT;

    static Declaration parse(String line) {
      Declaration it = new Declaration();
      int colon = line.indexOf(": ");
      String head = colon < 0 ? line : line.substring(0, colon);
      if (head.charAt(0) == '-') {
        it.shown = Shown.IN_FULL;
        head = head.substring(1);
      } else if (head.charAt(0) == '_' && head.charAt(1) == ' ') {
        it.shown = Shown.NEVER;
        head = head.substring(2);
      }
      if (head.charAt(0) == '@') {
        int after = head.indexOf(' ');
        it.offset = Integer.parseInt(head.substring(1, after));
        head = head.substring(after + 1);
      }
      int space = head.lastIndexOf(' ');
      it.type = head.substring(0, space);
      it.name = head.substring(space + 1);
      int bracket = it.name.indexOf('[');
      if (bracket >= 0) {
        it.count = Integer.parseInt(it.name.substring(bracket + 1, it.name.length() - 1));
        if (it.count == 0) {
          it.count = -1;
        }
        it.name = it.name.substring(0, bracket);
      }
      if (colon >= 0) {
        it.format = ArgFormat.parse(line.substring(colon + 2));
      } else if (it.type.endsWith("*")) {
        it.format = ArgFormat.PTR;
      } else if (it.type.startsWith("struct ")) {
        it.format =
            new ArgFormat("struct", List.of(new ArgFormat(it.type.substring(7), List.of())));
      }
      return it;
    }
  }

  private int alignment(Abi abi) {
    int alignment = 1;
    for (Member member : members) {
      int align = member.type().size();
      if (align == 0) {
        StructLayout inner = of(member.type().base().substring(7), abi);
        align = inner == null ? 1 : inner.alignment(abi);
      }
      alignment = Math.max(alignment, abi == Abi.I386 ? Math.min(align, 4) : align);
    }
    return alignment;
  }
}
