package trapline.kernel.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

/// Tells files apart by their first bytes.
final class ArchiveFormat {
  private static final String TABLE = "other-archives.txt";

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
    try (InputStream in = ArchiveFormat.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException("the table " + TABLE + " is not part of this build");
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        String[] fields = line.split("\t", -1);
        if (fields.length == 3 && beginsWith(start, fields[0])) {
          throw new MalformedBinary(
              file, 0, "it is " + fields[1] + "; " + fields[2].replace("FILE", file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + TABLE + " cannot be read", e);
    }
  }
}
