package trapline.model;

import java.util.List;

/// Which call of a run this is, told so that the same call can be found in another run of the same
/// program, whose process numbers and addresses are others.
///
/// @param thread in which thread: from 0, in the order in which they made their first call
/// @param occurrence how often that thread has made a call of this number so far, from 1, counted
///     from the start of the program on
/// @param instruction address behind the trap's instruction, as run
/// @param arguments the six argument registers
public record CallKey(
    int thread, SyscallId id, long occurrence, long instruction, List<Long> arguments) {
  private static final long PAGE = 4096;

  /// Beyond this a value is taken for an address, which another run may have elsewhere.
  private static final long SMALL = 1L << 20;

  public CallKey {
    arguments = List.copyOf(arguments);
  }

  /// Whether another run's call is this one by its place in the run: same thread, number and
  /// occurrence.
  public boolean samePosition(CallKey other) {
    return thread == other.thread && id.equals(other.id) && occurrence == other.occurrence;
  }

  /// Whether it was made by the same instruction with the same plain arguments, as far as that can
  /// be told of two runs: code keeps its place in a page, and addresses are not compared.
  public boolean sameCall(CallKey other) {
    if (!id.equals(other.id) || instruction % PAGE != other.instruction % PAGE) {
      return false;
    }
    for (int i = 0; i < arguments.size() && i < other.arguments.size(); i++) {
      boolean plain = isPlain(arguments.get(i)) && isPlain(other.arguments.get(i));
      if (plain && (int) (long) arguments.get(i) != (int) (long) other.arguments.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(long value) {
    return Math.abs((int) value) < SMALL && (value == (int) value || value >>> 32 == 0);
  }
}
