package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A word to look for in bytes, by Horspool's algorithm: fast for words the letters of which are
/// rare in the text.
final class BytePattern {
  private final byte[] word;

  /// How far the word moves on when its end stands on this byte.
  private final int[] skip = new int[256];

  BytePattern(String word) {
    this.word = word.getBytes(StandardCharsets.US_ASCII);
    int last = this.word.length - 1;
    Arrays.fill(skip, this.word.length);
    for (int i = 0; i < last; i++) {
      skip[this.word[i]] = last - i;
    }
  }

  /// Where the word begins first, at or after `from`; -1 when it does not occur.
  int indexIn(byte[] text, int from) {
    int last = word.length - 1;
    for (int at = from + last; at < text.length; at += skip[text[at] & 0xff]) {
      int i = 0;
      while (i <= last && text[at - i] == word[last - i]) {
        i++;
      }
      if (i > last) {
        return at - last;
      }
    }
    return -1;
  }
}
