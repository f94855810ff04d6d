package trapline.decode;

import trapline.model.ArgValue;

/// Bytes of the traced program written as a C string, as strace writes them: `\n`, `\t`, `\v`,
/// `\f`, `\r`, quotes and backslashes escaped, other bytes outside printable ASCII in octal, as
/// short as the next character allows.
final class Quoting {
  private Quoting() {}

  static ArgValue.Text text(byte[] bytes, int length, boolean truncated) {
    return new ArgValue.Text(quote(bytes, 0, length, truncated), truncated);
  }

  static String quote(byte[] bytes, int from, int to, boolean truncated) {
    StringBuilder out = new StringBuilder(to - from + 5).append('"');
    for (int i = from; i < to; i++) {
      int octet = bytes[i] & 0xff;
      switch (octet) {
        case '"', '\\' -> out.append('\\').append((char) octet);
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case 0x0b -> out.append("\\v");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (octet >= ' ' && octet < 0x7f) {
            out.append((char) octet);
          } else {
            octal(out, octet, i + 1 < to ? bytes[i + 1] : 0);
          }
        }
      }
    }
    out.append('"');
    return truncated ? out.append("...").toString() : out.toString();
  }

  /// Bytes that are no text: `"\x01\x00"`.
  static ArgValue.Text hex(byte[] bytes, int from, int to) {
    StringBuilder out = new StringBuilder((to - from) * 4 + 2).append('"');
    for (int i = from; i < to; i++) {
      out.append("\\x")
          .append(Character.forDigit(bytes[i] >> 4 & 0xf, 16))
          .append(Character.forDigit(bytes[i] & 0xf, 16));
    }
    return new ArgValue.Text(out.append('"').toString(), false);
  }

  private static void octal(StringBuilder out, int octet, int next) {
    out.append('\\');
    boolean full = next >= '0' && next <= '7';
    if (full || octet >= 0100) {
      out.append((char) ('0' + (octet >> 6)));
    }
    if (full || octet >= 010) {
      out.append((char) ('0' + ((octet >> 3) & 7)));
    }
    out.append((char) ('0' + (octet & 7)));
  }
}
