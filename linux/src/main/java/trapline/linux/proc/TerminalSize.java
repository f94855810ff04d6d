package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import trapline.linux.sys.Kernel;

/// How large a terminal is (ioctl_tty(2), `TIOCGWINSZ`).
public final class TerminalSize {
  private static final long IOCTL = 16;
  private static final long TIOCGWINSZ = 0x5413;

  /// `struct winsize`: rows, columns and two more numbers of two bytes.
  private static final int SIZE = 8;

  private TerminalSize() {}

  /// The columns of the terminal that a descriptor of this process is open on; 0 when it is on
  /// none.
  public static int columns(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(SIZE);
      long result = new Kernel().syscall(IOCTL, descriptor, TIOCGWINSZ, size.address());
      return result < 0 ? 0 : Short.toUnsignedInt(size.get(JAVA_SHORT, 2));
    }
  }
}
