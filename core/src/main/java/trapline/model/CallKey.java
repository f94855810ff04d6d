package trapline.model;

import java.util.List;

/// Identifies a call of a run so that the same call can be found in another run of the program.
/// That run has other process ids and addresses, it may have processes that this one has not, and
/// its dynamic linker may look in other directories, as that depends on the processor.
///
/// @param thread in which thread
/// @param instruction address behind the trap's instruction, as run
/// @param arguments as many as the call takes
/// @param paths those that the call names, in the order of its arguments; an empty one could not
///     be read
/// @param occurrence how often that thread has made a call of this [Place], from 1, counted from
///     the start of its program on; 0 when it was not counted any more
/// @param repetition the same of calls with the same descriptors and paths
/// @param stack who called; not known of every call
public record CallKey(
    ThreadPath thread,
    SyscallId id,
    long instruction,
    List<KeyArgument> arguments,
    List<String> paths,
    long occurrence,
    long repetition,
    StackPrint stack) {
  private static final long PAGE = 4096;

  /// What the calls that one place makes with the same numbers have in common.
  ///
  /// @param offset of the instruction in its page
  /// @param arguments without what differs in another run
  public record Place(SyscallId id, int offset, List<KeyArgument> arguments) {
    /// The same without the numbers of descriptors.
    public Place common() {
      return new Place(id, offset, arguments.stream().map(KeyArgument::common).toList());
    }
  }

  public CallKey {
    arguments = List.copyOf(arguments);
    paths = List.copyOf(paths);
  }

  /// The offset of the instruction in its page: another run may have the page elsewhere.
  public static int offset(long instruction) {
    return (int) (instruction % PAGE);
  }

  /// What other calls of the same kind share with this one.
  public Place place() {
    return new Place(id, offset(instruction), arguments.stream().map(KeyArgument::common).toList());
  }

  /// The same with the numbers of descriptors.
  public Place exactPlace() {
    return new Place(id, offset(instruction), arguments.stream().map(KeyArgument::exact).toList());
  }

  /// The same call, of which more is known.
  public CallKey with(StackPrint known) {
    return new CallKey(thread, id, instruction, arguments, paths, occurrence, repetition, known);
  }

  /// The same call, counted.
  public CallKey counted(long occurrences, long repetitions) {
    return new CallKey(thread, id, instruction, arguments, paths, occurrences, repetitions, stack);
  }

  /// Whether another run's call is this one by its place in the run: the same thread has come to
  /// it as often. The paths must be the same, too.
  public boolean samePosition(CallKey other) {
    return thread.equals(other.thread)
        && occurrence == other.occurrence
        && occurrence > 0
        && sameCall(other);
  }

  /// Whether it was made by the same instruction with the same numbers and paths, as far as that
  /// can be told of two runs.
  public boolean sameCall(CallKey other) {
    return mayBe(other) && samePaths(other);
  }

  /// The same, whatever the paths are.
  public boolean mayBe(CallKey other) {
    if (!id.equals(other.id)
        || offset(instruction) != offset(other.instruction)
        || arguments.size() != other.arguments.size()) {
      return false;
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (!arguments.get(i).alike(other.arguments.get(i))) {
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
}
