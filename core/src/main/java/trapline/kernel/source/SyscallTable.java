package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import trapline.bytes.Bytes;
import trapline.kernel.Gap;
import trapline.kernel.SyscallRow;
import trapline.model.Place;

/// Reads a system call table, rows `<nr> <abi> <name> [entry [compat|- [noreturn]]]`
/// (`scripts/syscalltbl.sh`).
final class SyscallTable {
  /// What a table holds.
  ///
  /// @param rows in the file's order
  /// @param gaps the lines that are neither comment nor row
  record Contents(List<SyscallRow> rows, List<Gap> gaps) {}

  /// The largest number is bounded by the bits that mark an ABI; far less is in use.
  private static final int MAX_NUMBER = 0xffff;

  private static final int MAX_ROWS = 20_000;

  /// A file that is something else has a gap on each line: these tell that well enough.
  private static final int MAX_GAPS = 20;

  private SyscallTable() {}

  /// Reads what can be read.
  static Contents parse(Bytes table) {
    String text = new String(table.copy(0, table.size()), StandardCharsets.UTF_8);
    List<SyscallRow> rows = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>(0);
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
        Place place = new Place(table.file(), line);
        Optional<SyscallRow> row = row(fields, place);
        if (row.isPresent() && rows.size() < MAX_ROWS) {
          rows.add(row.get());
        } else if (gaps.size() < MAX_GAPS) {
          gaps.add(new Gap(place, row.isPresent() ? TOO_MANY : reason(fields)));
        }
      }
      at = end + 1;
    }
    return new Contents(rows, gaps);
  }

  private static final String TOO_MANY = "more than " + MAX_ROWS + " rows";

  private static String reason(List<String> fields) {
    String first = fields.getFirst();
    if (first.startsWith("<<<<<<<") || first.startsWith("=======") || first.startsWith(">>>>>>>")) {
      return "a conflict marker of a merge, no row of a system call table";
    }
    String text = String.join(" ", fields);
    return "no row of a system call table: "
        + (text.length() <= 80 ? text : text.substring(0, 80) + "…");
  }

  private static Optional<SyscallRow> row(List<String> fields, Place place) {
    int number = number(fields.getFirst());
    if (number < 0 || fields.size() < 3 || fields.size() > 6) {
      return Optional.empty();
    }
    return Optional.of(
        new SyscallRow(
            number,
            fields.get(1),
            fields.get(2),
            field(fields, 3),
            field(fields, 4),
            fields.size() > 5 && fields.get(5).equals("noreturn"),
            place));
  }

  private static String field(List<String> fields, int at) {
    return fields.size() > at && !fields.get(at).equals("-") ? fields.get(at) : "";
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
