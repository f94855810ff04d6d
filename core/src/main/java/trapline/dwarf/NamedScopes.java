package trapline.dwarf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Cursor;

/// The namespaces and classes of one unit, for names with their scopes.
final class NamedScopes {
  private static final int MAX_DEPTH = 4096;
  private static final int MAX_PARTS = 64;

  private final Unit unit;

  /// Where the scopes' entries are, in the order of the unit, and where their children end.
  private final int[] offsets;

  private final int[] ends;
  private final int[] parents;
  private final @Nullable String[] names;

  private NamedScopes(Unit unit, int[] offsets, int[] ends, int[] parents) {
    this.unit = unit;
    this.offsets = offsets;
    this.ends = ends;
    this.parents = parents;
    this.names = new String[offsets.length];
  }

  static NamedScopes read(Unit unit) {
    Abbreviations abbreviations = unit.abbreviations();
    Cursor at = unit.section.cursor(unit.firstEntry);
    int[] offsets = new int[16];
    int[] ends = new int[16];
    int[] parents = new int[16];
    int count = 0;
    int[] scopes = new int[32];
    boolean[] opened = new boolean[32];
    scopes[0] = -1;
    int depth = 0;
    while (at.position() < unit.end) {
      int offset = at.position();
      long code = at.uleb();
      if (code == 0) {
        if (depth > 0 && opened[depth]) {
          ends[scopes[depth]] = at.position();
        }
        depth--;
        if (depth <= 0) {
          break;
        }
        continue;
      }
      Abbreviations.Shape shape = abbreviations.shape(code);
      if (shape == null) {
        throw unit.section.malformed(offset, "entry with unknown abbreviation " + code);
      }
      if (shape.fixedSize >= 0) {
        at.skip(shape.fixedSize);
      } else {
        for (int form : shape.forms) {
          Entry.skip(form, at, unit);
        }
      }
      if (!shape.hasChildren) {
        continue;
      }
      boolean scope = isScope(shape.tag);
      depth++;
      if (depth > MAX_DEPTH) {
        throw unit.section.malformed(offset, "entries are nested too deeply");
      }
      if (depth == scopes.length) {
        scopes = Arrays.copyOf(scopes, depth * 2);
        opened = Arrays.copyOf(opened, depth * 2);
      }
      if (scope) {
        if (count == offsets.length) {
          offsets = Arrays.copyOf(offsets, count * 2);
          ends = Arrays.copyOf(ends, count * 2);
          parents = Arrays.copyOf(parents, count * 2);
        }
        offsets[count] = offset;
        ends[count] = unit.end;
        parents[count] = scopes[depth - 1];
        scopes[depth] = count++;
      } else {
        scopes[depth] = scopes[depth - 1];
      }
      opened[depth] = scope;
    }
    return new NamedScopes(
        unit,
        Arrays.copyOf(offsets, count),
        Arrays.copyOf(ends, count),
        Arrays.copyOf(parents, count));
  }

  private static boolean isScope(int tag) {
    return switch (tag) {
      case Tag.NAMESPACE,
          Tag.CLASS_TYPE,
          Tag.STRUCTURE_TYPE,
          Tag.UNION_TYPE,
          Tag.INTERFACE_TYPE,
          Tag.ENUMERATION_TYPE,
          Tag.MODULE ->
          true;
      default -> false;
    };
  }

  /// The names of the scopes around an entry, joined by `::` and with `::` at the end; empty when
  /// it is in none.
  static String prefix(Entry entry) {
    StringBuilder prefix = new StringBuilder();
    Entry at = entry;
    for (int parts = 0; parts < MAX_PARTS; parts++) {
      // What completes a declaration stands outside of the scopes that the declaration is in.
      Entry declared = at.reference(Attribute.SPECIFICATION);
      if (declared != null) {
        at = declared;
        continue;
      }
      NamedScopes scopes = at.unit.namedScopes();
      int scope = scopes.around(at.offset);
      if (scope < 0) {
        break;
      }
      prefix.insert(0, "::").insert(0, scopes.name(scope));
      at = scopes.entry(scope);
    }
    return prefix.toString();
  }

  /// The innermost scope around an offset, which does not start there; -1 when there is none.
  private int around(int offset) {
    int found = Arrays.binarySearch(offsets, offset);
    int scope = (found >= 0 ? found : -found - 1) - 1;
    while (scope >= 0 && ends[scope] <= offset) {
      scope = parents[scope];
    }
    return scope;
  }

  private Entry entry(int scope) {
    Entry entry = Entry.read(unit, offsets[scope]);
    if (entry == null) {
      throw unit.section.malformed(offsets[scope], "entry that vanished");
    }
    return entry;
  }

  private String name(int scope) {
    String name = names[scope];
    if (name == null) {
      Entry entry = entry(scope);
      name = entry.string(Attribute.NAME);
      Entry other = name == null ? entry.reference(Attribute.SIGNATURE) : null;
      if (other != null) {
        name = other.string(Attribute.NAME);
      }
      if (name == null) {
        name = entry.tag() == Tag.NAMESPACE ? "(anonymous namespace)" : "(anonymous)";
      }
      names[scope] = name;
    }
    return name;
  }
}
