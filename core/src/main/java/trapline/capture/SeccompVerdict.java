package trapline.capture;

/// What a process's seccomp filters say of a call.
public enum SeccompVerdict {
  /// It has none, or they let the call be made.
  NONE,
  /// A filter gives the call's result, an error number or 0; the kernel function does not run.
  RESULT,
  /// Another process is asked, which gives the call's result, or lets the kernel function run.
  NOTIFIED,
  /// A tracer is asked, of which there is none for it: the call fails with ENOSYS.
  TRACED,
  /// A filter sends SIGSYS; the kernel function does not run.
  TRAPPED,
  /// A filter kills the thread or its process.
  KILLED,
  /// It has filters, which this process may not read: that needs CAP_SYS_ADMIN.
  UNREADABLE
}
