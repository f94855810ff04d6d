package trapline.linux.vm;

/// Is told of the calls of a guest's program, on the thread that runs the guest, which stands still
/// meanwhile. What it throws ends the guest and comes out of [Guest#run].
public interface CallWatcher {
  /// Which calls it is told of. More may be told.
  default CallSelection selection() {
    return CallSelection.EVERY;
  }

  /// A thread has entered a call. The first one is that after the program's own execve(2).
  ///
  /// @param guest what can be looked at while it stands still: until this method returns
  /// @return whether to record what the kernel does until this call returns
  boolean entered(GuestCall call, GuestView guest);

  /// A call that was to be recorded is over.
  ///
  /// @param recording what the kernel did; its file is only there until this method returns
  void recorded(GuestCall call, Recording recording);

  /// A call is over; only told when the selection asks for results.
  ///
  /// @param result as in [Recording#result]
  default void returned(GuestCall call, long result) {}

  /// A thread has made another, in the call that it was last seen to enter.
  default void made(int creator, int thread) {}

  /// A thread runs another program from here on: the one that its last call named. The first time
  /// it is the guest's program.
  default void executed(int thread) {}
}
