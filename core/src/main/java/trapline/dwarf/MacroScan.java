package trapline.dwarf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.Place;

/// Goes through what a unit says of the preprocessor's work (DWARF 5, section 6.3; in DWARF 4 GNU's
/// extension of the same shape; DWARF 4, section 6.3 for `.debug_macinfo`) up to one line, and
/// keeps what some names stand for there.
///
/// A file that is included several times counts as it was the first time. Split units whose imports
/// gcc writes without their offsets are refused as malformed.
final class MacroScan {
  private static final int MOST_ENTRIES = 1 << 22;
  private static final int MOST_FILES = 512;
  private static final int MOST_IMPORTS = 64;

  private static final int END = 0x00;
  private static final int DEFINE = 0x01;
  private static final int UNDEFINE = 0x02;
  private static final int START_FILE = 0x03;
  private static final int END_FILE = 0x04;
  private static final int DEFINE_STRP = 0x05;
  private static final int UNDEFINE_STRP = 0x06;
  private static final int IMPORT = 0x07;
  private static final int DEFINE_SUP = 0x08;
  private static final int UNDEFINE_SUP = 0x09;
  private static final int IMPORT_SUP = 0x0a;
  private static final int DEFINE_STRX = 0x0b;
  private static final int UNDEFINE_STRX = 0x0c;
  private static final int VENDOR_EXTENSION = 0xff;

  /// Bits of a header's flags.
  private static final int OFFSETS_OF_8_BYTES = 1;

  private static final int LINE_OFFSET = 2;
  private static final int OPERAND_TABLE = 4;

  private final Unit unit;
  private final Place wanted;
  private final byte[][] names;
  private final @Nullable MacroDefinition[] found;
  private final List<String> files = new ArrayList<>();
  private int entries;
  private boolean reached;
  private boolean over;

  private MacroScan(Unit unit, Place wanted, Collection<String> names) {
    this.unit = unit;
    this.wanted = wanted;
    this.names =
        names.stream().map(each -> each.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    this.found = new @Nullable MacroDefinition[names.size()];
  }

  /// Those of `names` that are macros at a line, in the order of `names`; none when the unit does
  /// not say, or does not come to that file.
  static List<MacroDefinition> at(Unit unit, Place line, Collection<String> names) {
    Entry root = unit.root().entry();
    MacroScan scan = new MacroScan(unit, line, names);
    long offset = root.number(Attribute.MACROS, root.number(Attribute.GNU_MACROS, -1));
    if (offset >= 0) {
      scan.unit(unit.file, unit.file.dwarfSection(".debug_macro"), offset, 0);
    } else {
      offset = root.number(Attribute.MACRO_INFO, -1);
      if (offset < 0) {
        return List.of();
      }
      scan.entries(unit.file, unit.file.dwarfSection(".debug_macinfo").cursor(offset), null, 0);
    }
    List<MacroDefinition> defined = new ArrayList<>();
    for (MacroDefinition each : scan.found) {
      if (each != null && scan.reached) {
        defined.add(each);
      }
    }
    return defined;
  }

  /// What a `.debug_macro` unit's header says of its entries.
  ///
  /// @param forms of the operands of opcodes, for those that are not standard; by opcode
  private record Shape(int offsetSize, Map<Integer, List<Integer>> forms) {
    long offset(Cursor at) {
      return offsetSize == 8 ? at.u64() : at.u32();
    }
  }

  private void unit(DebugFile file, Bytes section, long offset, int depth) {
    if (depth > MOST_IMPORTS) {
      throw section.malformed(offset, "macro units that import each other without an end");
    }
    Cursor at = section.cursor(offset);
    int version = at.u16();
    if (version != 4 && version != 5) {
      throw section.malformed(offset, "macro unit of version " + version);
    }
    int flags = at.u8();
    int offsetSize = (flags & OFFSETS_OF_8_BYTES) != 0 ? 8 : 4;
    if ((flags & LINE_OFFSET) != 0) {
      at.skip(offsetSize); // the line table is that of the unit
    }
    Map<Integer, List<Integer>> forms = (flags & OPERAND_TABLE) != 0 ? operandForms(at) : Map.of();
    entries(file, at, new Shape(offsetSize, forms), depth);
  }

  private static Map<Integer, List<Integer>> operandForms(Cursor at) {
    Map<Integer, List<Integer>> forms = new HashMap<>();
    int count = at.u8();
    for (int i = 0; i < count; i++) {
      int opcode = at.u8();
      long operands = at.uleb();
      if (operands < 0 || operands > at.remaining()) {
        throw at.bytes().malformed(at.position(), "macro opcode with more operands than bytes");
      }
      List<Integer> ofOne = new ArrayList<>();
      for (int j = 0; j < operands; j++) {
        ofOne.add(at.u8());
      }
      forms.put(opcode, ofOne);
    }
    return forms;
  }

  /// @param shape `null` in `.debug_macinfo`, whose opcodes are the first four
  private void entries(DebugFile file, Cursor at, @Nullable Shape shape, int depth) {
    while (!over) {
      if (++entries > MOST_ENTRIES) {
        throw at.bytes().malformed(at.position(), "more macros than any program has");
      }
      int opcode = at.u8();
      switch (opcode) {
        case END -> {
          return;
        }
        case DEFINE, UNDEFINE -> {
          long line = at.uleb();
          int start = at.position();
          at.skipCString();
          entry(opcode == DEFINE, line, at.bytes(), start);
        }
        case START_FILE -> startFile(at);
        case END_FILE -> endFile(at);
        default -> {
          if (shape == null) {
            if (opcode != VENDOR_EXTENSION) {
              throw unknown(at, opcode);
            }
            at.uleb();
            at.skipCString();
          } else if (!byOffset(opcode, file, at, shape, depth)) {
            skip(opcode, at, shape);
          }
        }
      }
    }
  }

  /// The opcodes whose strings or further entries are elsewhere.
  private boolean byOffset(int opcode, DebugFile file, Cursor at, Shape shape, int depth) {
    switch (opcode) {
      case DEFINE_STRP, UNDEFINE_STRP -> {
        long line = at.uleb();
        entry(opcode == DEFINE_STRP, line, file.dwarfSection(".debug_str"), shape.offset(at));
      }
      case DEFINE_SUP, UNDEFINE_SUP -> {
        long line = at.uleb();
        long offset = shape.offset(at);
        DebugFile shared = file.alternate();
        if (shared != null) {
          entry(opcode == DEFINE_SUP, line, shared.section(".debug_str"), offset);
        }
      }
      case DEFINE_STRX, UNDEFINE_STRX -> {
        long line = at.uleb();
        byte[] text = unit.string(at.uleb()).getBytes(StandardCharsets.UTF_8);
        Bytes terminated = Bytes.of(at.bytes().file(), Arrays.copyOf(text, text.length + 1));
        entry(opcode == DEFINE_STRX, line, terminated, 0);
      }
      case IMPORT -> unit(file, at.bytes(), shape.offset(at), depth + 1);
      case IMPORT_SUP -> {
        long offset = shape.offset(at);
        DebugFile shared = file.alternate();
        if (shared != null) {
          unit(shared, shared.section(".debug_macro"), offset, depth + 1);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void skip(int opcode, Cursor at, Shape shape) {
    List<Integer> forms = shape.forms().get(opcode);
    if (forms == null) {
      throw unknown(at, opcode);
    }
    for (int form : forms) {
      Form.skip(form, at, unit.version, unit.addressSize, shape.offsetSize());
    }
  }

  private static RuntimeException unknown(Cursor at, int opcode) {
    return at.bytes().malformed(at.position(), "macro opcode 0x" + Integer.toHexString(opcode));
  }

  private void startFile(Cursor at) {
    long line = at.uleb();
    long number = at.uleb();
    if (isBehind(line)) {
      return;
    }
    if (files.size() >= MOST_FILES) {
      throw at.bytes().malformed(at.position(), "files included in each other without an end");
    }
    LineHeader lines = unit.lineHeader();
    String path = lines == null ? "" : lines.path(number);
    files.add(path);
    reached |= path.equals(wanted.file());
  }

  private void endFile(Cursor at) {
    if (files.isEmpty()) {
      throw at.bytes().malformed(at.position(), "an end of a file that did not start");
    }
    over |= files.removeLast().equals(wanted.file());
  }

  /// Whether something at a line of the current file comes after the wanted line. Then all is
  /// known.
  private boolean isBehind(long line) {
    over |= !files.isEmpty() && line > wanted.line() && files.getLast().equals(wanted.file());
    return over;
  }

  /// @param start of the entry's text in `strings`: a name, its parameters, a space, its expansion
  private void entry(boolean defines, long line, Bytes strings, long start) {
    if (isBehind(line)) {
      return;
    }
    for (int i = 0; i < names.length; i++) {
      if (isNamed(strings, start, names[i])) {
        found[i] = defines ? definition(i, line, strings.cString(start)) : null;
      }
    }
  }

  private static boolean isNamed(Bytes strings, long start, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      if (strings.u8(start + i) != name[i]) {
        return false; // also at the text's end, which is no letter of a name
      }
    }
    int next = strings.u8(start + name.length);
    return next == ' ' || next == '(' || next == 0;
  }

  private MacroDefinition definition(int name, long line, String text) {
    boolean inFile = !files.isEmpty() && line > 0 && line <= Integer.MAX_VALUE;
    return new MacroDefinition(
        new String(names[name], StandardCharsets.UTF_8),
        text.strip(),
        inFile ? new Place(files.getLast(), (int) line) : null);
  }
}
