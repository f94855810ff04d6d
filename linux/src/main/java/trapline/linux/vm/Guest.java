package trapline.linux.vm;

/// Runs programs in a guest kernel under QEMU, always in pure emulation: the recording is the
/// emulator's own, which KVM cannot make.
public final class Guest {
  /// How much is kept of each of the program's output streams.
  public static final int OUTPUT_LIMIT = 1 << 20;

  private final GuestKernel kernel;

  public Guest(GuestKernel kernel) {
    this.kernel = kernel;
  }

  /// Boots, runs the program to its end and shuts down. Guests may run side by side.
  ///
  /// @throws GuestFailure when that did not work; calls that were recorded before have been handed
  ///     to the watcher
  @SuppressWarnings("DoNotCallSuggester")
  public GuestResult run(GuestSpec spec, CallWatcher watcher) {
    throw notWritten(spec, watcher);
  }

  private GuestFailure notWritten(GuestSpec spec, CallWatcher watcher) {
    return new GuestFailure(
        GuestFailure.Kind.EMULATOR, "not written yet: " + kernel + spec + watcher);
  }
}
