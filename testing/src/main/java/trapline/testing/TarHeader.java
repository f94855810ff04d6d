package trapline.testing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Headers of archives that tar would not make.
public final class TarHeader {
  private TarHeader() {}

  /// A ustar header of a regular file, its size in base 256.
  ///
  /// @param name at most 100 ASCII characters
  /// @param size what the header claims
  public static byte[] of(String name, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644");
    for (int i = 0; i < 8; i++) {
      header[135 - i] = (byte) (size >>> (8 * i));
    }
    header[124] = (byte) 0x80;
    header[156] = '0';
    put(header, 257, "ustar\u000000");
    put(header, 148, "        ");
    int sum = 0;
    for (byte octet : header) {
      sum += octet & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\u0000 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
