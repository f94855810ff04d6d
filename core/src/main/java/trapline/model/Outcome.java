package trapline.model;

/// How a system call ended.
public sealed interface Outcome {
  /// The name in JSON output.
  String kind();

  /// It returned a value that is not an error.
  ///
  /// @param value `rax`
  /// @param text the value as its type wants it shown
  record Returned(long value, String text) implements Outcome {
    @Override
    public String kind() {
      return "returned";
    }
  }

  /// It returned `-errno`.
  record Failed(Errno errno) implements Outcome {
    @Override
    public String kind() {
      return "failed";
    }
  }

  /// A signal interrupted it and the kernel starts it again.
  ///
  /// @param code the kernel's internal code, such as `ERESTARTSYS`
  record Restarted(String code) implements Outcome {
    @Override
    public String kind() {
      return "restarted";
    }
  }

  /// It cannot return: `exit`, a successful `execve`, or the thread ended inside it.
  record NeverReturned(String why) implements Outcome {
    @Override
    public String kind() {
      return "never-returned";
    }
  }

  /// It was not made: the kernel function did not run, and there is no result.
  record NeverRan(String why) implements Outcome {
    @Override
    public String kind() {
      return "never-ran";
    }
  }

  /// It had not returned when Trapline stopped looking.
  record StillRunning() implements Outcome {
    @Override
    public String kind() {
      return "still-running";
    }
  }
}
