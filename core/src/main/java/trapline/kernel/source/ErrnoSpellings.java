package trapline.kernel.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The names under which the kernel's source says one error: its own, and those of
/// `errno-spellings.txt`.
final class ErrnoSpellings {
  private static final List<List<String>> ROWS = Resource.rows("errno-spellings.txt");

  private final String errno;

  /// For each name what is to be said of it; nothing of the error's own.
  private final Map<String, String> remarks = new HashMap<>();

  ErrnoSpellings(String errno) {
    this.errno = errno;
    remarks.put(errno, "");
    for (List<String> row : ROWS) {
      if (row.get(0).equals(errno)) {
        boolean same = row.get(2).equals("same");
        remarks.put(row.get(1), " as " + row.get(1) + (same ? "" : ", which becomes " + errno));
      } else if (row.get(1).equals(errno) && row.get(2).equals("same")) {
        remarks.put(row.get(0), " as " + row.get(0));
      }
    }
  }

  String errno() {
    return errno;
  }

  boolean contains(String name) {
    return remarks.containsKey(name);
  }

  /// ` as ERESTARTSYS, which becomes EINTR`; empty for the error's own name.
  String remark(String name) {
    return remarks.getOrDefault(name, "");
  }
}
