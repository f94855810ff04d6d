package trapline.elf;

import trapline.bytes.Bytes;

/// Reads names out of string tables.
final class Names {
  private Names() {}

  /// The NUL-terminated name at an offset, of at most `limit` bytes: so that many names that share
  /// one long string cannot fill the memory.
  static String at(Bytes table, long offset, int limit) {
    Bytes rest = table.from(offset);
    return rest.size() <= limit ? rest.cString(0) : rest.slice(0, limit).cString(0);
  }
}
