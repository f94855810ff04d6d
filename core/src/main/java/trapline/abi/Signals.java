package trapline.abi;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The signals of Linux on x86 (`asm/signal.h`).
public final class Signals {
  /// The first real-time signal, as the kernel counts; glibc keeps the first two for itself.
  private static final int REAL_TIME_FIRST = 32;

  private static final int LAST = 64;

  private Signals() {}

  private static final class Table {
    static final @Nullable String[] NAMES = new @Nullable String[REAL_TIME_FIRST];

    static {
      Resource.Lines lines = Resource.lines(Resource.read("signals.txt"));
      while (lines.advance()) {
        NAMES[Integer.parseInt(lines.field(0))] = lines.field(1);
      }
    }

    private Table() {}
  }

  /// The name of a signal, such as `SIGCHLD`, or `SIGRT_3` for the kernel's real-time signals from
  /// `SIGRTMIN` (32) on; the number itself when it has none.
  public static String name(int number) {
    if (number >= 1 && number < REAL_TIME_FIRST) {
      String name = Table.NAMES[number];
      if (name != null) {
        return name;
      }
    }
    if (number == REAL_TIME_FIRST) {
      return "SIGRTMIN";
    }
    if (number > REAL_TIME_FIRST && number <= LAST) {
      return "SIGRT_" + (number - REAL_TIME_FIRST);
    }
    return Integer.toString(number);
  }

  /// The number of a signal given as `SIGCHLD`, `CHLD` or `17`; -1 when there is none.
  public static int number(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    for (int i = 1; i <= LAST; i++) {
      String known = name(i);
      if (wanted.equals(known)
          || (wanted.length() + 3 == known.length() && known.endsWith(wanted))
          || wanted.equals(Integer.toString(i))) {
        return i;
      }
    }
    return wanted.equals("SIGPOLL") || wanted.equals("POLL") ? 29 : -1;
  }
}
