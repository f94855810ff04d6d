package trapline.cli;

import trapline.run.RunException;

/// The exit statuses of every command.
final class ExitStatus {
  /// What was asked for was done.
  static final int DONE = 0;

  /// The program ended without making a call that was asked for.
  static final int NOT_SEEN = 1;

  /// The command line cannot be understood, or names a system call, an ABI or a kernel
  /// version that there is not.
  static final int USAGE = 2;

  /// The program could not be compiled or started, or there is no such process.
  static final int NOT_STARTED = 3;

  /// The kernel does not let Trapline trace.
  static final int REFUSED = 4;

  /// A signal ended the program.
  static final int SIGNALLED = 5;

  /// A file that was named, such as a kernel tree, is missing or damaged.
  static final int BAD_FILE = 6;

  /// The kernel could not be observed: no emulator, no kernel image, or the guest failed.
  static final int NOT_OBSERVED = 7;

  /// The C library could not be built: something that it needs is missing, its configuration or
  /// compiler refuses, the disk is full, or its source cannot be fetched.
  static final int NOT_BUILT = 8;

  /// A defect in Trapline itself.
  static final int INTERNAL = 70;

  /// The machine gives Trapline too little memory, such as by `ulimit -v`.
  static final int NO_MEMORY = 71;

  /// Ctrl-C, as shells count it.
  static final int INTERRUPTED = 130;

  /// The program that reads the output has ended, as shells count SIGPIPE.
  static final int OUTPUT_CLOSED = 141;

  private ExitStatus() {}

  /// The status of a run that could not begin or go on.
  static int of(RunException.Problem problem) {
    return switch (problem) {
      case BAD_FILE -> BAD_FILE;
      case NOT_STARTED -> NOT_STARTED;
      case REFUSED -> REFUSED;
      case NOT_OBSERVED -> NOT_OBSERVED;
      case INTERRUPTED -> INTERRUPTED;
    };
  }
}
