package trapline.dwarf;

import java.util.ArrayList;
import java.util.List;
import trapline.bytes.Cursor;

/// Lists the entries directly inside another one.
final class Children {
  private static final int MAX_CHILDREN = 1 << 16;

  private Children() {}

  static List<Entry> of(Entry parent) {
    if (!parent.shape.hasChildren) {
      return List.of();
    }
    Unit unit = parent.unit;
    List<Entry> children = new ArrayList<>();
    Cursor at = unit.section.cursor(parent.next);
    int depth = 0;
    while (at.position() < unit.end && children.size() < MAX_CHILDREN) {
      int offset = at.position();
      long code = at.uleb();
      if (code == 0) {
        if (depth == 0) {
          break;
        }
        depth--;
        continue;
      }
      Abbreviations.Shape shape = unit.abbreviations().shape(code);
      if (shape == null) {
        throw unit.section.malformed(offset, "entry with unknown abbreviation " + code);
      }
      if (depth == 0) {
        Entry child = Entry.read(unit, offset, shape, at);
        children.add(child);
        int sibling = child.sibling();
        if (shape.hasChildren && sibling > at.position() && sibling <= unit.end) {
          at.seek(sibling);
          continue;
        }
      } else if (shape.fixedSize >= 0) {
        at.skip(shape.fixedSize);
      } else {
        for (int form : shape.forms) {
          Entry.skip(form, at, unit);
        }
      }
      if (shape.hasChildren) {
        depth++;
      }
    }
    return children;
  }
}
