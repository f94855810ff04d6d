package trapline.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of one opcode map, by opcode, read from a resource.
///
/// A resource has one line for each form of an opcode, with these columns:
///
/// 1. the opcode in hexadecimal; `80/4` holds for ModRM.reg 4 only, `01:c1` for one ModRM byte
/// only, `50+` for eight opcodes whose low three bits are a register 2. conditions, or `-`:
/// mandatory prefix (`np`, `66`, `f3`, `f2`), `mem` or `reg`, `w0` or `w1`, vector length `l0`
/// to `l2`, operand size `o16` to `o64`, REX.B `b0` or `b1`, address size `a64` or `a32`; words
/// of one kind are alternatives 3. the mnemonic, ending in a suffix rule where its size shows,
/// see [Mnemonics] 4. operands in the order of the Intel manuals, or `-`, see [OperandCode];
/// `=` marks one that is written, `!` one that is read and written 5. effects: flow, general
/// registers that are changed besides the operands, printing rules
///
/// Of the rows of one opcode, the first whose conditions hold counts. `#` starts a comment.
final class OpcodeMap {
  private final @Nullable OpcodeRow[] rows = new OpcodeRow[256];

  /// Whether a ModRM byte follows an opcode.
  private final boolean[] modrm = new boolean[256];

  private final boolean lastByte;

  private OpcodeMap(boolean lastByte) {
    this.lastByte = lastByte;
  }

  /// Whether the opcode follows ModRM and displacement, as with 3DNow!.
  boolean isLastByte() {
    return lastByte;
  }

  @Nullable OpcodeRow first(int opcode) {
    return rows[opcode];
  }

  boolean hasModrm(int opcode) {
    return modrm[opcode];
  }

  /// Reads a map.
  ///
  /// @param resource the file's name beside this class
  static OpcodeMap load(String resource) {
    byte[] text;
    try (InputStream in = OpcodeMap.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      text = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    OpcodeMap map = new OpcodeMap(resource.startsWith("3dnow"));
    @Nullable OpcodeRow[] last = new OpcodeRow[256];
    List<String> columns = new ArrayList<>();
    int start = 0;
    while (start < text.length) {
      int end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      split(text, start, end, columns);
      if (!columns.isEmpty()) {
        map.add(columns, last);
      }
      start = end + 1;
    }
    return map;
  }

  private static void split(byte[] text, int start, int end, List<String> columns) {
    columns.clear();
    int at = start;
    while (at < end && text[start] != '#') {
      if (text[at] == ' ') {
        at++;
        continue;
      }
      int from = at;
      while (at < end && text[at] != ' ') {
        at++;
      }
      columns.add(new String(text, from, at - from, StandardCharsets.ISO_8859_1));
    }
  }

  private void add(List<String> columns, @Nullable OpcodeRow[] last) {
    String where = columns.get(0);
    int opcode = Integer.parseInt(where, 0, 2, 16);
    RowParser parser = new RowParser();
    int count = 1;
    if (where.length() > 2) {
      char kind = where.charAt(2);
      if (kind == '/') {
        parser.regOnly(where.charAt(3) - '0');
      } else if (kind == ':') {
        parser.modrmOnly(Integer.parseInt(where, 3, 5, 16));
      } else {
        count = 8;
      }
    }
    OpcodeRow row = parser.parse(columns);
    for (int i = opcode; i < opcode + count; i++) {
      // A row that stands for eight opcodes is the last of each of them, so sharing is safe.
      OpcodeRow before = last[i];
      if (before == null) {
        rows[i] = row;
      } else {
        before.next = row;
      }
      last[i] = row;
      modrm[i] |= parser.needsModrm();
    }
  }
}
