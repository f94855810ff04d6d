package trapline.capture;

/// Where a signal came from.
public enum SignalOrigin {
  /// The kernel sent it for the terminal that this process runs on, too.
  TERMINAL,

  /// The traced programs themselves: one sent it, or has asked the kernel for it, by a timer or a
  /// file descriptor, or has a terminal of its own.
  PROGRAM,

  /// A process that is not traced sent it, to the receiver or to the whole process group, which is
  /// also this process's. The kernel does not say which of both.
  OUTSIDE_OR_GROUP,

  /// A process that is not traced sent it, and not to this process.
  OUTSIDE
}
