package trapline.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A word to look for in bytes, by Horspool's algorithm (R. N. Horspool, "Practical fast searching
/// in strings", 1980): fast for long words and for those the letters of which are rare in the text.
public final class BytePattern {
  private final byte[] word;

  /// How far the word moves on when its end stands on this byte.
  private final int[] skip = new int[256];

  /// @param word not empty
  public BytePattern(String word) {
    this.word = word.getBytes(StandardCharsets.UTF_8);
    int last = this.word.length - 1;
    Arrays.fill(skip, this.word.length);
    for (int i = 0; i < last; i++) {
      skip[this.word[i] & 0xff] = last - i;
    }
  }

  /// The length of the word in bytes.
  public int length() {
    return word.length;
  }

  /// Where the word begins first between `from` and `to`; -1 when it does not occur there whole.
  public int indexIn(byte[] text, int from, int to) {
    int last = word.length - 1;
    for (int at = from + last; at < to; at += skip[text[at] & 0xff]) {
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
