package trapline.archive;

import org.jspecify.annotations.Nullable;

/// How far compressed data may expand: what it is for never needs more, and data that is made to
/// fill a disk or a day does.
public final class ExpansionLimit {
  /// Sources and kernels shrink to a tenth; what has much emptiness in it hardly to a hundredth.
  private static final int MOST_TIMES = 100;

  /// Up to here the ratio is not looked at: a small file may be all zeros.
  private static final long ANY_RATIO = 64L << 20;

  private final long most;

  /// @param most bytes unpacked
  public ExpansionLimit(long most) {
    this.most = most;
  }

  /// Whether it has gone too far.
  ///
  /// @param packed how many bytes were read so far
  /// @param unpacked how many bytes came out of them
  /// @return what is wrong, in words; `null` when nothing is
  public @Nullable String exceeded(long packed, long unpacked) {
    if (unpacked > most) {
      String text = most >> 30 > 0 ? (most >> 30) + " GiB" : (most >> 20) + " MiB";
      return "it unpacks to more than " + text;
    }
    if (unpacked > ANY_RATIO && unpacked / MOST_TIMES > packed) {
      return "it unpacks to more than " + MOST_TIMES + " times its size";
    }
    return null;
  }
}
