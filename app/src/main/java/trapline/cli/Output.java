package trapline.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;

/// Where results go. [java.io.PrintStream] keeps silent about what it cannot write; this remembers
/// it, so that a run whose results nobody takes any more can end.
final class Output extends CleanStream {
  private final Faults faults;
  private final String name;
  private final boolean pipe;

  private Output(Faults faults, String name, boolean pipe) {
    super(faults, false);
    this.faults = faults;
    this.name = name;
    this.pipe = pipe;
  }

  /// @param name for messages
  /// @param pipe whether it leads to another program, which may end before this one and is then no
  ///     fault
  static Output of(OutputStream target, String name, boolean pipe) {
    return new Output(new Faults(target), name, pipe);
  }

  /// Takes everything and keeps nothing.
  static Output nowhere() {
    return of(OutputStream.nullOutputStream(), "nowhere", false);
  }

  /// Writes what is still kept.
  ///
  /// @throws CommandFailure when something could not be written
  void deliver() {
    flush();
    IOException failure = faults.first;
    if (failure != null) {
      throw pipe
          ? new CommandFailure(ExitStatus.OUTPUT_CLOSED, "")
          : new CommandFailure(
              ExitStatus.BAD_FILE, name + ": cannot be written to: " + FileErrors.reason(failure));
    }
  }

  private static final class Faults extends FilterOutputStream {
    @Nullable IOException first;

    Faults(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        if (first == null) {
          first = e;
        }
        throw e;
      }
    }
  }
}
