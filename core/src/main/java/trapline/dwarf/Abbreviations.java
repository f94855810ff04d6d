package trapline.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// One unit's table of the shapes of its entries (DWARF 5, section 7.5.3).
final class Abbreviations {
  private static final int MAX_ATTRIBUTES = 10_000;

  /// The shape of some entries: a tag and which attributes follow in which form.
  static final class Shape {
    final int tag;
    final boolean hasChildren;
    final int[] attributes;
    final int[] forms;
    private final long[] implicit;

    /// The size of all attributes together; negative when it differs from entry to entry.
    final int fixedSize;

    /// Whether such entries state addresses of code.
    final boolean hasCode;

    private Shape(
        int tag,
        boolean hasChildren,
        int[] attributes,
        int[] forms,
        long[] implicit,
        int fixedSize) {
      this.tag = tag;
      this.hasChildren = hasChildren;
      this.attributes = attributes;
      this.forms = forms;
      this.implicit = implicit;
      this.fixedSize = fixedSize;
      boolean code = false;
      for (int attribute : attributes) {
        code |= attribute == Attribute.HIGH_PC || attribute == Attribute.RANGES;
      }
      this.hasCode = code;
    }

    /// The value of the attribute at `index`, whose form is [Form#IMPLICIT_CONST].
    long implicit(int index) {
      return implicit[index];
    }
  }

  private final Shape[] dense;
  private final Map<Long, Shape> sparse;

  private Abbreviations(Shape[] dense, Map<Long, Shape> sparse) {
    this.dense = dense;
    this.sparse = sparse;
  }

  @Nullable Shape shape(long code) {
    return code > 0 && code <= dense.length ? dense[(int) code - 1] : sparse.get(code);
  }

  static Abbreviations read(
      Bytes section, long offset, int version, int addressSize, int offsetSize) {
    Cursor at = section.cursor(offset);
    List<Shape> dense = new ArrayList<>();
    Map<Long, Shape> sparse = new HashMap<>();
    int[] attributes = new int[16];
    int[] forms = new int[16];
    long[] implicit = new long[16];
    while (true) {
      long code = at.uleb();
      if (code == 0) {
        break;
      }
      int tag = number(at);
      boolean hasChildren = at.u8() != 0;
      int count = 0;
      int fixedSize = 0;
      boolean hasImplicit = false;
      while (true) {
        int attribute = number(at);
        int form = number(at);
        long value = 0;
        if (form == Form.IMPLICIT_CONST) {
          value = at.sleb();
          hasImplicit = true;
        }
        if (attribute == 0 && form == 0) {
          break;
        }
        if (count == attributes.length) {
          if (count > MAX_ATTRIBUTES) {
            throw section.malformed(at.position(), "an entry with too many attributes");
          }
          attributes = Arrays.copyOf(attributes, count * 2);
          forms = Arrays.copyOf(forms, count * 2);
          implicit = Arrays.copyOf(implicit, count * 2);
        }
        attributes[count] = attribute;
        forms[count] = form;
        implicit[count] = value;
        count++;
        int size = Form.fixedSize(form, version, addressSize, offsetSize);
        fixedSize = size < 0 || fixedSize < 0 ? -1 : fixedSize + size;
      }
      Shape shape =
          new Shape(
              tag,
              hasChildren,
              Arrays.copyOf(attributes, count),
              Arrays.copyOf(forms, count),
              hasImplicit ? Arrays.copyOf(implicit, count) : NO_VALUES,
              fixedSize);
      if (code == dense.size() + 1) {
        dense.add(shape);
      } else {
        sparse.putIfAbsent(code, shape);
      }
    }
    return new Abbreviations(dense.toArray(new Shape[0]), sparse);
  }

  private static final long[] NO_VALUES = {};

  private static int number(Cursor at) {
    int start = at.position();
    long value = at.uleb();
    if (value < 0 || value > 0xffff) {
      throw at.bytes().malformed(start, "abbreviation with a number that no version defines");
    }
    return (int) value;
  }
}
