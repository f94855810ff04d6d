package trapline.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Sorts many names, and those that are equal by further numbers, on all processors. Some bytes of
/// a name and its number make one key, so that numbers are sorted; where those bytes do not
/// decide, the next ones do.
final class NameOrder {
  /// Parts of the work that threads take, once the first bytes are sorted.
  private static final int PARTS = 16;

  private final byte[] names;
  private final int[] nameAt;
  private final int[][] further;

  /// Bits of a key that hold the number of a name; the bytes are above them.
  private final int numberBits;

  private final int keyBytes;
  private final long[] keys;

  private NameOrder(byte[] names, int[] nameAt, int count, int[][] further) {
    this.names = names;
    this.nameAt = nameAt;
    this.further = further;
    this.numberBits = Integer.SIZE - Integer.numberOfLeadingZeros(count);
    this.keyBytes = (Long.SIZE - 1 - numberBits) / 8;
    this.keys = new long[count];
  }

  /// The numbers of the names in their order, by unsigned bytes.
  ///
  /// @param names their bytes, none of which is 0
  /// @param nameAt where each begins; one more than there are names
  /// @param further what decides between equal names, each not negative; the first counts most
  static int[] of(byte[] names, int[] nameAt, int count, int[]... further) {
    NameOrder order = new NameOrder(names, nameAt, count, further);
    order.sort();
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = order.number(i);
    }
    return numbers;
  }

  private int number(int at) {
    return (int) (keys[at] & (1L << numberBits) - 1);
  }

  private void sort() {
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(i, 0);
    }
    Arrays.parallelSort(keys);
    int[] bounds = new int[PARTS + 1];
    for (int i = 1; i <= PARTS; i++) {
      int at = Math.max(bounds[i - 1], (int) ((long) keys.length * i / PARTS));
      while (at > 0 && at < keys.length && decided(at - 1) == decided(at)) {
        at++;
      }
      bounds[i] = at;
    }
    IntStream.range(0, PARTS).parallel().forEach(i -> ties(bounds[i], bounds[i + 1], 0));
  }

  /// The name's bytes from `from` on, as many as a key holds; 0 behind its end.
  private long key(int number, int from) {
    long bytes = 0;
    int at = nameAt[number] + from;
    int end = Math.min(at + keyBytes, nameAt[number + 1]);
    int room = 8 * keyBytes;
    for (; at < end; at++) {
      room -= 8;
      bytes |= (names[at] & 0xffL) << room;
    }
    return bytes << numberBits | number;
  }

  private long decided(int at) {
    return keys[at] >>> numberBits;
  }

  /// Sorts those whose keys are equal by what comes next.
  ///
  /// @param level the offset of the bytes in the keys, or `~` of an index of [#further]
  private void ties(int from, int to, int level) {
    int at = from;
    while (at < to) {
      long decided = decided(at);
      int end = at + 1;
      while (end < to && decided(end) == decided) {
        end++;
      }
      if (end - at > 1) {
        boolean named = level >= 0 && (decided & 0xff) != 0;
        sort(at, end, named ? level + keyBytes : level >= 0 ? ~0 : level - 1);
      }
      at = end;
    }
  }

  private void sort(int from, int to, int level) {
    if (level < 0 && ~level == further.length) {
      return;
    }
    for (int i = from; i < to; i++) {
      int number = number(i);
      keys[i] =
          level < 0 ? (long) further[~level][number] << numberBits | number : key(number, level);
    }
    Arrays.sort(keys, from, to);
    ties(from, to, level);
  }
}
