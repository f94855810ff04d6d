package trapline.kernel;

/// What a kernel's source says about a row of its table. Every row is in exactly one state.
public enum SyscallState {
  /// One definition serves it.
  IMPLEMENTED("implemented"),
  /// Several definitions could serve it, and the configuration that decides is not known.
  AMBIGUOUS("ambiguous"),
  /// Definitions exist, and the configuration leaves all of them out.
  NOT_CONFIGURED("not configured"),
  /// The row keeps the number and names no entry point.
  RESERVED("reserved"),
  /// The row names `sys_ni_syscall`, or an entry point that only other architectures define: the
  /// kernel returns `ENOSYS`.
  NOT_IMPLEMENTED("not implemented"),
  /// The row names an entry point that the source no longer defines; what stands in for it
  /// returns `ENOSYS` (`COND_SYSCALL`, `kernel/sys_ni.c`).
  REMOVED("removed"),
  /// The row names an entry point that must be somewhere, and was not found: assembly macros make
  /// some.
  NOT_FOUND("definition not found");

  private final String label;

  SyscallState(String label) {
    this.label = label;
  }

  /// The name in text and JSON output.
  public String label() {
    return label;
  }
}
