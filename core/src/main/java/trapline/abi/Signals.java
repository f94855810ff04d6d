package trapline.abi;

/// The signals of Linux on x86 (`asm/signal.h`).
public final class Signals {
  private Signals() {}

  /// The name of a signal, such as `SIGCHLD` or `SIGRT_3`; the number itself when it has none.
  public static String name(int number) {
    throw new UnsupportedOperationException();
  }

  /// The number of a signal given as `SIGCHLD`, `CHLD` or `17`; -1 when there is none.
  public static int number(String name) {
    throw new UnsupportedOperationException();
  }
}
