package trapline.model;

import java.util.ArrayList;
import java.util.List;

/// Which call of a run this is, told so that the same call can be found in another run of the same
/// program, whose process numbers and addresses are others, and whose dynamic linker may look in
/// other folders, as that depends on the processor.
///
/// @param thread in which thread: from 0, in the order in which they made their first call
/// @param instruction address behind the trap's instruction, as run
/// @param arguments the six argument registers
/// @param paths those that the call names, in the order of its arguments; an empty one could not
///     be read
/// @param occurrence how often that thread has made a call of this number by this instruction, from
///     1, counted from the start of the program on
/// @param repetition how often that was with the same plain arguments and paths, from 1; 0 when it
///     was not counted any more
public record CallKey(
    int thread,
    SyscallId id,
    long instruction,
    List<Long> arguments,
    List<String> paths,
    long occurrence,
    long repetition) {
  private static final long PAGE = 4096;

  /// Beyond this a value is taken for an address, which another run may have elsewhere.
  private static final long SMALL = 1L << 20;

  public CallKey {
    arguments = List.copyOf(arguments);
    paths = List.copyOf(paths);
  }

  /// Where in its page the instruction stands: another run may have the page elsewhere.
  public static int offset(long instruction) {
    return (int) (instruction % PAGE);
  }

  /// Whether another run's call is this one by its place in the run: the same thread has come to
  /// the same instruction as often. The paths must be the same, too.
  public boolean samePosition(CallKey other) {
    return thread == other.thread
        && sameInstruction(other)
        && occurrence == other.occurrence
        && samePaths(other);
  }

  /// Whether another run's call is this one by what it asks for: the same thread has made this very
  /// call as often.
  public boolean sameRepetition(CallKey other) {
    return thread == other.thread
        && repetition == other.repetition
        && repetition > 0
        && sameCall(other);
  }

  /// Whether it was made by the same instruction with the same plain arguments and paths, as far as
  /// that can be told of two runs.
  public boolean sameCall(CallKey other) {
    if (!sameInstruction(other) || !samePaths(other)) {
      return false;
    }
    for (int i = 0; i < arguments.size() && i < other.arguments.size(); i++) {
      boolean plain = isPlain(arguments.get(i)) && isPlain(other.arguments.get(i));
      if (plain && arguments.get(i).intValue() != other.arguments.get(i).intValue()) {
        return false;
      }
    }
    return true;
  }

  /// As far as both are known.
  private boolean samePaths(CallKey other) {
    for (int i = 0; i < paths.size() && i < other.paths.size(); i++) {
      String theirs = other.paths.get(i);
      if (!paths.get(i).equals(theirs) && !paths.get(i).isEmpty() && !theirs.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private boolean sameInstruction(CallKey other) {
    return id.equals(other.id) && offset(instruction) == offset(other.instruction);
  }

  /// The arguments that another run has, too, in their places; -1 for the others.
  public static List<Integer> plain(List<Long> arguments) {
    List<Integer> plain = new ArrayList<>(arguments.size());
    for (long each : arguments) {
      plain.add(isPlain(each) ? (int) each : -1);
    }
    return plain;
  }

  private static boolean isPlain(long value) {
    return Math.abs((int) value) < SMALL && (value == (int) value || value >>> 32 == 0);
  }
}
