package trapline.model;

/// What one thread did inside the kernel for one call, as it was observed.
///
/// @param release of the kernel that was observed, as `uname -r` says it
/// @param where which kernel that was
/// @param unit of every [RanFunction#cost]
/// @param root the outermost function that was observed
/// @param result what the call left in `rax`
/// @param difference how this run of the call differs from the one that the program made on this
///     machine (other arguments, another result, another order); empty when nothing differed
/// @param note what else the reader must know, such as what could not be recorded, as sentences;
///     may
///     be empty
public record KernelRun(
    String release,
    Where where,
    Unit unit,
    RanFunction root,
    long result,
    String difference,
    String note) {

  /// The same with one more sentence.
  public KernelRun with(String sentence) {
    String whole = note.isEmpty() ? sentence : note + " " + sentence;
    return new KernelRun(release, where, unit, root, result, difference, whole);
  }

  /// Which kernel was observed, and how.
  public enum Where {
    /// The running kernel's own tracer, while the call ran.
    LIVE("the running kernel"),
    /// The same, when the program was run once more for it.
    LIVE_SECOND_RUN("the running kernel, second run"),
    /// A guest kernel, recorded by the emulator instruction by instruction.
    GUEST_EMULATED("guest kernel, emulated");

    private final String text;

    Where(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// What a function's cost is counted in. An emulator's times would be the emulator's own, so
  /// there instructions are counted.
  public enum Unit {
    NANOSECONDS,
    INSTRUCTIONS
  }
}
