package trapline.model;

/// The path down a run's tree of processes to one thread: which thread or process of which creator
/// it is, made from which place, and what it runs. Two runs of a program have different thread ids
/// but the same paths.
///
/// Paths are equal when their steps are.
///
/// @param digest of all the steps
/// @param depth how many they are
/// @param step the last one, such as `clone@5f1#2` (the second made by that instruction) or
///     `runs sh`
public record ThreadPath(long digest, int depth, String step) {
  private static final long SEED = 0xcbf2_9ce4_8422_2325L;
  private static final long PRIME = 0x0000_0100_0000_01b3L;

  /// The first thread of a run.
  public static final ThreadPath FIRST = new ThreadPath(SEED, 0, "first");

  /// One of those that a run already had when it was first seen.
  public static ThreadPath found(int number) {
    return number == 0 ? FIRST : FIRST.with("found#" + number);
  }

  /// A thread or process that this one has made.
  ///
  /// @param name the call's
  /// @param offset where in its page the instruction behind the trap stands
  /// @param nth which one of those that this instruction has made, from 1
  public ThreadPath made(String name, int offset, int nth) {
    return with(name + '@' + Integer.toHexString(offset) + '#' + nth);
  }

  /// The same thread, when it runs another program.
  public ThreadPath running(String program) {
    return with("runs " + program);
  }

  private ThreadPath with(String next) {
    long sum = digest;
    for (int i = 0; i < next.length(); i++) {
      sum = (sum ^ next.charAt(i)) * PRIME;
    }
    return new ThreadPath((sum ^ depth) * PRIME, depth + 1, next);
  }
}
