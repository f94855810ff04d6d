package trapline.abi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.model.Errno;

/// The error numbers of Linux on x86 (`asm-generic/errno.h`, and `linux/errno.h` for those that
/// the kernel keeps to itself), with glibc's texts.
public final class Errnos {
  private static final int KERNEL_INTERNAL = 512;

  private Errnos() {}

  private static final class Table {
    static final Map<Integer, Errno> BY_NUMBER = new HashMap<>();
    static final Map<String, Errno> BY_NAME = new HashMap<>();

    static {
      Resource.Lines lines = Resource.lines(Resource.read("errnos.txt"));
      while (lines.advance()) {
        int number = Integer.parseInt(lines.field(0));
        Errno errno = new Errno(number, lines.field(1), lines.field(2));
        BY_NUMBER.put(number, errno);
        BY_NAME.put(errno.name(), errno);
      }
    }

    private Table() {}
  }

  /// The error of that number. A number without a name is its own name.
  ///
  /// @param number positive
  public static Errno of(int number) {
    Errno known = Table.BY_NUMBER.get(number);
    return known != null
        ? known
        : new Errno(number, Integer.toString(number), "Unknown error " + number);
  }

  /// The error of that name, or `null`.
  public static @Nullable Errno byName(String name) {
    return Table.BY_NAME.get(name);
  }

  /// Whether a result is an error: `-4095` to `-1`, as the kernel's `IS_ERR_VALUE` has it.
  public static boolean isError(long result) {
    return result < 0 && result >= -4095;
  }

  /// Whether the kernel keeps this error to itself and starts the call again: `ERESTARTSYS` and its
  /// like.
  ///
  /// @param number positive
  public static boolean isRestart(int number) {
    return number >= KERNEL_INTERNAL && number <= KERNEL_INTERNAL + 4 && number != 515;
  }
}
