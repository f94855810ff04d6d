package trapline.bytes;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Names of files and threads as strings from which their bytes can be restored. The kernel takes
/// any bytes; those that are not UTF-8 become the halves of surrogate pairs U+DC80 to U+DCFF, which
/// UTF-8 itself never yields. Reports show them as `\x80` to `\xff`.
public final class ByteText {
  private static final int FIRST = 0xdc80;
  private static final int LAST = 0xdcff;
  private static final int OFFSET = 0xdc00;

  private ByteText() {}

  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  public static String decode(byte[] bytes, int start, int end) {
    String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    return text.indexOf('\ufffd') < 0 ? text : decodeSlowly(bytes, start, end);
  }

  private static String decodeSlowly(byte[] bytes, int start, int end) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
    CharBuffer out = CharBuffer.allocate(end - start);
    while (in.hasRemaining()) {
      CoderResult result = decoder.decode(in, out, true);
      if (result.isError()) {
        for (int i = 0; i < result.length(); i++) {
          out.put((char) (OFFSET + (in.get() & 0xff)));
        }
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  /// The bytes of a string that [#decode(byte[])] made, or of any other in UTF-8.
  public static byte[] encode(String text) {
    if (!hasBytes(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (isByte(codePoint)) {
        out.put((byte) (codePoint - OFFSET));
      } else {
        out.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(codePoint);
    }
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /// Whether a part of the text is not UTF-8.
  public static boolean hasBytes(String text) {
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (isByte(codePoint)) {
        return true;
      }
      i += Character.charCount(codePoint);
    }
    return false;
  }

  /// Whether a code point stands for a byte that is not UTF-8.
  public static boolean isByte(int codePoint) {
    return codePoint >= FIRST && codePoint <= LAST;
  }

  /// The byte that such a code point stands for.
  public static int byteOf(int codePoint) {
    return codePoint - OFFSET;
  }
}
