package trapline.dwarf;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;

/// A debugging information entry: its shape, and where the values of its attributes are.
final class Entry {
  final Unit unit;
  final int offset;
  final Abbreviations.Shape shape;

  /// Where the values are, in the order of the shape's attributes.
  private final int[] positions;

  private final int[] forms;

  /// The offset after the entry: of its first child or its next sibling.
  final int next;

  private Entry(
      Unit unit, int offset, Abbreviations.Shape shape, int[] positions, int[] forms, int next) {
    this.unit = unit;
    this.offset = offset;
    this.shape = shape;
    this.positions = positions;
    this.forms = forms;
    this.next = next;
  }

  /// The entry at `offset` of the unit's section; `null` for the mark that ends a run of siblings.
  ///
  /// @throws trapline.model.MalformedBinary also when `offset` does not lie in the unit
  static @Nullable Entry read(Unit unit, long offset) {
    if (offset < unit.firstEntry || offset >= unit.end) {
      throw unit.section.malformed(unit.offset, "reference to an entry outside of its unit");
    }
    Cursor at = unit.section.cursor(offset);
    long code = at.uleb();
    if (code == 0) {
      return null;
    }
    Abbreviations.Shape shape = unit.abbreviations().shape(code);
    if (shape == null) {
      throw unit.section.malformed(offset, "entry with unknown abbreviation " + code);
    }
    return read(unit, (int) offset, shape, at);
  }

  /// The entry of a known shape whose attributes start at the cursor, which is left behind them.
  static Entry read(Unit unit, int offset, Abbreviations.Shape shape, Cursor at) {
    int count = shape.forms.length;
    int[] positions = new int[count];
    int[] forms = shape.forms;
    boolean copied = false;
    for (int i = 0; i < count; i++) {
      int form = forms[i];
      if (form == Form.INDIRECT) {
        form = indirect(at);
        if (!copied) {
          forms = forms.clone();
          copied = true;
        }
        forms[i] = form;
      }
      positions[i] = at.position();
      Form.skip(form, at, unit.version, unit.addressSize, unit.offsetSize);
    }
    if (at.position() > unit.end) {
      throw unit.section.malformed(offset, "entry longer than its unit");
    }
    return new Entry(unit, offset, shape, positions, forms, at.position());
  }

  /// Passes over one value.
  static void skip(int form, Cursor at, Unit unit) {
    int actual = form == Form.INDIRECT ? indirect(at) : form;
    Form.skip(actual, at, unit.version, unit.addressSize, unit.offsetSize);
  }

  /// The form that is stored with a value; one that is itself indirect becomes an unknown one.
  private static int indirect(Cursor at) {
    long form = at.uleb();
    return form < 0 || form > 0xffff || form == Form.INDIRECT || form == Form.IMPLICIT_CONST
        ? 0
        : (int) form;
  }

  int tag() {
    return shape.tag;
  }

  private int index(int attribute) {
    int[] attributes = shape.attributes;
    for (int i = 0; i < attributes.length; i++) {
      if (attributes[i] == attribute) {
        return i;
      }
    }
    return -1;
  }

  boolean has(int attribute) {
    return index(attribute) >= 0;
  }

  /// The form of an attribute; -1 when the entry does not have it.
  int form(int attribute) {
    int index = index(attribute);
    return index < 0 ? -1 : forms[index];
  }

  boolean flag(int attribute) {
    return number(attribute, 0) != 0;
  }

  /// A number of any class, zero-extended where the form has no sign; `otherwise` when the entry
  /// does not have it or has it as something else.
  long number(int attribute, long otherwise) {
    int index = index(attribute);
    if (index < 0) {
      return otherwise;
    }
    int at = positions[index];
    Bytes section = unit.section;
    return switch (forms[index]) {
      case Form.FLAG_PRESENT -> 1;
      case Form.IMPLICIT_CONST -> shape.implicit(index);
      case Form.DATA1, Form.FLAG -> section.u8(at);
      case Form.DATA2 -> section.u16(at);
      case Form.DATA4 -> section.u32(at);
      case Form.DATA8 -> section.u64(at);
      case Form.UDATA, Form.RNGLISTX, Form.LOCLISTX -> section.cursor(at).uleb();
      case Form.SDATA -> section.cursor(at).sleb();
      case Form.SEC_OFFSET -> unit.sectionOffset(section, at);
      default -> otherwise;
    };
  }

  /// Whether the attribute is an address, by itself or by index.
  boolean isAddress(int attribute) {
    return switch (form(attribute)) {
      case Form.ADDR,
          Form.ADDRX,
          Form.ADDRX1,
          Form.ADDRX2,
          Form.ADDRX3,
          Form.ADDRX4,
          Form.GNU_ADDR_INDEX ->
          true;
      default -> false;
    };
  }

  /// An address, by itself or by index.
  long address(int attribute) {
    int index = index(attribute);
    int at = index < 0 ? 0 : positions[index];
    Bytes section = unit.section;
    return switch (form(attribute)) {
      case Form.ADDR -> unit.addressSize == 8 ? section.u64(at) : section.u32(at);
      case Form.ADDRX, Form.GNU_ADDR_INDEX -> unit.address(section.cursor(at).uleb());
      case Form.ADDRX1 -> unit.address(section.u8(at));
      case Form.ADDRX2 -> unit.address(section.u16(at));
      case Form.ADDRX3 -> unit.address(section.u16(at) | section.u8(at + 2L) << 16);
      case Form.ADDRX4 -> unit.address(section.u32(at));
      // Some old compilers wrote addresses as plain data.
      case Form.DATA4 -> section.u32(at);
      case Form.DATA8 -> section.u64(at);
      default -> throw section.malformed(offset, "address attribute in the form of another class");
    };
  }

  /// A string; `null` when the entry does not have it.
  @Nullable String string(int attribute) {
    int index = index(attribute);
    if (index < 0) {
      return null;
    }
    int at = positions[index];
    Bytes section = unit.section;
    DebugFile file = unit.file;
    return switch (forms[index]) {
      case Form.STRING -> section.cString(at);
      case Form.STRP -> file.dwarfSection(".debug_str").cString(unit.sectionOffset(section, at));
      case Form.LINE_STRP ->
          file.section(".debug_line_str").cString(unit.sectionOffset(section, at));
      case Form.STRP_SUP, Form.GNU_STRP_ALT -> {
        DebugFile alternate = file.alternate();
        yield alternate == null
            ? null
            : alternate.section(".debug_str").cString(unit.sectionOffset(section, at));
      }
      case Form.STRX, Form.GNU_STR_INDEX -> unit.string(section.cursor(at).uleb());
      case Form.STRX1 -> unit.string(section.u8(at));
      case Form.STRX2 -> unit.string(section.u16(at));
      case Form.STRX3 -> unit.string(section.u16(at) | section.u8(at + 2L) << 16);
      case Form.STRX4 -> unit.string(section.u32(at));
      default -> null;
    };
  }

  /// The bytes of a block, expression or sixteen-byte constant; `null` when the entry does not have
  /// the attribute or has it as something else.
  @Nullable Bytes block(int attribute) {
    int index = index(attribute);
    if (index < 0) {
      return null;
    }
    Cursor at = unit.section.cursor(positions[index]);
    return switch (forms[index]) {
      case Form.BLOCK, Form.EXPRLOC -> at.take(at.uleb());
      case Form.BLOCK1 -> at.take(at.u8());
      case Form.BLOCK2 -> at.take(at.u16());
      case Form.BLOCK4 -> at.take(at.u32());
      case Form.DATA16 -> at.take(16);
      default -> null;
    };
  }

  /// The entry that an attribute refers to; `null` when the entry does not have the attribute or
  /// when the file with the other entry is not at hand.
  @Nullable Entry reference(int attribute) {
    int index = index(attribute);
    if (index < 0) {
      return null;
    }
    int at = positions[index];
    Bytes section = unit.section;
    DebugFile file = unit.file;
    return switch (forms[index]) {
      case Form.REF1 -> inUnit(section.u8(at));
      case Form.REF2 -> inUnit(section.u16(at));
      case Form.REF4 -> inUnit(section.u32(at));
      case Form.REF8 -> inUnit(section.u64(at));
      case Form.REF_UDATA -> inUnit(section.cursor(at).uleb());
      case Form.REF_ADDR -> {
        long target =
            unit.version <= 2
                ? RangeLists.address(section.cursor(at), unit.addressSize)
                : unit.sectionOffset(section, at);
        yield Entry.read(file.unitContaining(target), target);
      }
      case Form.REF_SIG8 -> {
        Unit type = file.typeUnit(section.u64(at));
        yield type == null ? null : type.entry(type.typeOffset);
      }
      case Form.REF_SUP4 -> inAlternate(section.u32(at));
      case Form.REF_SUP8 -> inAlternate(section.u64(at));
      case Form.GNU_REF_ALT -> inAlternate(unit.sectionOffset(section, at));
      default -> null;
    };
  }

  /// The offset of the next sibling; 0 when it is not stated.
  int sibling() {
    int index = index(Attribute.SIBLING);
    if (index < 0) {
      return 0;
    }
    int at = positions[index];
    long distance =
        switch (forms[index]) {
          case Form.REF1 -> unit.section.u8(at);
          case Form.REF2 -> unit.section.u16(at);
          case Form.REF4 -> unit.section.u32(at);
          case Form.REF_UDATA -> unit.section.cursor(at).uleb();
          default -> 0;
        };
    return distance <= 0 || distance > unit.end - unit.offset ? 0 : unit.offset + (int) distance;
  }

  private @Nullable Entry inUnit(long unitOffset) {
    if (unitOffset < 0 || unitOffset > unit.end) {
      throw unit.section.malformed(offset, "reference to an entry outside of its unit");
    }
    return Entry.read(unit, unit.offset + unitOffset);
  }

  private @Nullable Entry inAlternate(long target) {
    DebugFile alternate = unit.file.alternate();
    return alternate == null ? null : Entry.read(alternate.unitContaining(target), target);
  }
}
