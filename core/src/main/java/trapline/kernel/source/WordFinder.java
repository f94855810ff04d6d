package trapline.kernel.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Tells in one pass which of up to eight words occur in bytes. Of each word it looks for two pairs
/// of letters that follow each other, at even offsets only: one of them must stand at one.
final class WordFinder {
  private static final VarHandle PAIR =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// Letters that are frequent in C source.
  private static final String FREQUENT = " \tetrsina_";

  private final byte[][] words;

  /// Of each word the offset of its first pair.
  private final int[] pairAt;

  /// Of each pair the words, as bits, that it belongs to.
  private final byte[] wordsOf = new byte[1 << 16];

  /// @param words of ASCII letters, each three or more
  WordFinder(String... words) {
    this.words = new byte[words.length][];
    this.pairAt = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      byte[] word = words[i].getBytes(StandardCharsets.US_ASCII);
      this.words[i] = word;
      pairAt[i] = rarest(words[i]);
      for (int k = pairAt[i]; k < pairAt[i] + 2; k++) {
        wordsOf[(word[k] & 0xff) | (word[k + 1] & 0xff) << 8] |= (byte) (1 << i);
      }
    }
  }

  private static int rarest(String word) {
    int best = 0;
    int bestCount = 4;
    for (int at = 0; at + 3 <= word.length(); at++) {
      int count = 0;
      for (int i = at; i < at + 3; i++) {
        count += FREQUENT.indexOf(word.charAt(i)) >= 0 ? 1 : 0;
      }
      if (count < bestCount) {
        best = at;
        bestCount = count;
      }
    }
    return best;
  }

  /// @return of each word that occurs in the first `length` bytes the bit of its number
  int in(byte[] text, int length) {
    byte[] wordsOf = this.wordsOf;
    int found = 0;
    int at = 0;
    while (true) {
      for (; at + 8 <= length; at += 8) {
        long eight = (long) EIGHT.get(text, at);
        int candidates =
            wordsOf[(int) eight & 0xffff]
                | wordsOf[(int) (eight >>> 16) & 0xffff]
                | wordsOf[(int) (eight >>> 32) & 0xffff]
                | wordsOf[(int) (eight >>> 48)];
        if ((candidates & 0xff & ~found) != 0) {
          break;
        }
      }
      if (at + 2 > length) {
        return found;
      }
      for (int end = Math.min(at + 8, length - 1); at < end; at += 2) {
        int candidates = wordsOf[(short) PAIR.get(text, at) & 0xffff] & 0xff & ~found;
        if (candidates != 0) {
          found |= whole(text, length, at, candidates);
        }
      }
    }
  }

  /// Those of the candidates one of whose pairs stands at `at` that are there as whole words.
  private int whole(byte[] text, int length, int at, int candidates) {
    int found = 0;
    for (int i = 0; i < words.length; i++) {
      if ((candidates & 1 << i) != 0
          && (isAt(text, length, at - pairAt[i], words[i])
              || isAt(text, length, at - pairAt[i] - 1, words[i]))) {
        found |= 1 << i;
      }
    }
    return found;
  }

  private static boolean isAt(byte[] text, int length, int at, byte[] word) {
    return at >= 0
        && at + word.length <= length
        && Arrays.equals(text, at, at + word.length, word, 0, word.length);
  }
}
