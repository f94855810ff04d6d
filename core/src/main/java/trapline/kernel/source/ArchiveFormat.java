package trapline.kernel.source;

import java.util.HexFormat;
import java.util.List;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Tells files apart by their first bytes.
final class ArchiveFormat {
  private ArchiveFormat() {}

  /// @param digits bytes as hexadecimal digits
  static boolean beginsWith(Bytes start, String digits) {
    byte[] wanted = HexFormat.of().parseHex(digits);
    if (start.size() < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (start.u8(i) != (wanted[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /// @throws MalformedBinary with what to do, for an archive of a kind that is not read
  static void refuseOthers(String file, Bytes start) {
    for (List<String> row : Resource.rows("other-archives.txt")) {
      if (beginsWith(start, row.getFirst())) {
        String advice = row.get(2).replace("FILE", file);
        throw new MalformedBinary(file, 0, "it is " + row.get(1) + "; " + advice);
      }
    }
  }
}
