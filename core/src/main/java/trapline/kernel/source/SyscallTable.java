package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallRow;
import trapline.model.Place;

/// Reads a system call table, rows `<nr> <abi> <name> [entry [compat|- [noreturn]]]`.
final class SyscallTable {
  /// The largest number is bounded by the bits that mark an ABI; far less is in use.
  private static final int MAX_NUMBER = 0xffff;

  private static final int MAX_ROWS = 20_000;

  private SyscallTable() {}

  /// @throws trapline.model.MalformedBinary when a line is neither a comment nor a row
  static List<SyscallRow> parse(Bytes table) {
    String text = new String(table.copy(0, table.size()), StandardCharsets.UTF_8);
    List<SyscallRow> rows = new ArrayList<>();
    int line = 0;
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      line++;
      String content = text.substring(at, end);
      int hash = content.indexOf('#');
      List<String> fields = fields(hash < 0 ? content : content.substring(0, hash));
      if (!fields.isEmpty()) {
        if (rows.size() >= MAX_ROWS) {
          throw table.malformed(at, "more than " + MAX_ROWS + " rows");
        }
        rows.add(row(table, at, line, fields));
      }
      at = end + 1;
    }
    return rows;
  }

  private static SyscallRow row(Bytes table, int at, int line, List<String> fields) {
    int number = number(fields.getFirst());
    if (number < 0 || fields.size() < 3 || fields.size() > 6) {
      throw table.malformed(
          Math.min(at, table.size()),
          "line " + line + " is no row of a system call table: " + String.join(" ", fields));
    }
    String compat = fields.size() > 4 && !fields.get(4).equals("-") ? fields.get(4) : "";
    return new SyscallRow(
        number,
        fields.get(1),
        fields.get(2),
        fields.size() > 3 && !fields.get(3).equals("-") ? fields.get(3) : "",
        compat,
        fields.size() > 5 && fields.get(5).equals("noreturn"),
        new Place(table.file(), line));
  }

  private static int number(String text) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
      if (number > MAX_NUMBER) {
        return -1;
      }
    }
    return number;
  }

  private static List<String> fields(String text) {
    List<String> fields = new ArrayList<>(6);
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) <= ' ') {
        if (from >= 0) {
          fields.add(text.substring(from, i));
        }
        from = -1;
      } else if (from < 0) {
        from = i;
      }
    }
    return fields;
  }
}
