package trapline.linux.vm;

/// A guest could not be had, or could not do what was asked. The message is one line for the user:
/// what, where, and what to do.
public final class GuestFailure extends RuntimeException {
  /// What kind of failure.
  public enum Kind {
    /// A tool that must be installed first: QEMU, busybox.
    MISSING_TOOL,
    /// No kernel image, or one that cannot be used.
    IMAGE,
    /// A file that the guest was to get, or the directory that Trapline works in.
    FILES,
    /// The guest's kernel gave up.
    PANIC,
    /// A time limit was reached.
    TIMEOUT,
    /// The program could not be started in the guest.
    START,
    /// QEMU refused, or ended before it should.
    EMULATOR
  }

  private final Kind kind;

  public GuestFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public GuestFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
