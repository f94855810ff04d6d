package trapline.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import trapline.bytes.ByteText;
import trapline.model.KernelRefused;

/// System calls and C library functions, with errno captured. Every result is as the kernel itself
/// gives it: the value, or the negative error number.
///
/// One downcall shape serves all functions: up to seven integer or pointer arguments, passed as
/// `long`. Linking a shape is the costly part of the first call, and a callee ignores the argument
/// registers that it does not read (psABI AMD64, 3.2.3).
///
/// An instance holds the place where errno is captured and must not be used by two threads at once.
@SuppressWarnings("restricted") // native access is this module's purpose
public final class Kernel {
  private static final int LONGEST_LINK = 4096; // PATH_MAX

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private static final MemorySegment SYSCALL = function("syscall");

  private final MemorySegment captured =
      Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

  /// The address of a function of the C library.
  public static MemorySegment function(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  /// Makes a system call.
  ///
  /// @return its value, or the negative error number
  public long syscall(long number, long a, long b, long c, long d, long e, long f) {
    long result = invoke(SYSCALL, number, a, b, c, d, e, f);
    return result == -1 ? -captured.get(JAVA_INT, 0) : result;
  }

  public long syscall(long number, long a, long b, long c, long d) {
    return syscall(number, a, b, c, d, 0, 0);
  }

  public long syscall(long number, long a, long b, long c) {
    return syscall(number, a, b, c, 0, 0, 0);
  }

  /// Calls a function that returns `int`, without a look at errno.
  public int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    return (int) invoke(function, a, b, c, d, e, f, 0);
  }

  /// The error number that the last function set that returned -1.
  public int errno() {
    return captured.get(JAVA_INT, 0);
  }

  private long invoke(
      MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
    try {
      return (long) CALL.invokeExact(function, captured, a, b, c, d, e, f, g);
    } catch (Throwable t) {
      throw new AssertionError("a downcall itself cannot throw", t);
    }
  }

  /// What the C library says of an error number.
  public String errorText(int errno) {
    long text;
    text = invoke(function("strerror"), errno, 0, 0, 0, 0, 0, 0);
    if (text == 0) {
      return "error " + errno;
    }
    return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
  }

  /// The exception for a call that the kernel refused.
  ///
  /// @param result what it returned, a negative error number
  /// @param hint what else the user should know; empty for nothing
  public KernelRefused refused(String call, long result, String hint) {
    int errno = (int) -result;
    String text = errorText(errno);
    return new KernelRefused(call, errno, hint.isEmpty() ? text : text + " (" + hint + ")");
  }

  /// A string as the kernel takes it, from [ByteText].
  public static MemorySegment string(Arena arena, String text) {
    byte[] bytes = ByteText.encode(text);
    MemorySegment segment = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /// Opens a file that `open(2)` alone can judge, such as one in `/proc`.
  ///
  /// @return a descriptor, or the negative error number
  public int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = string(arena, path);
      return (int)
          syscall(Numbers.OPENAT, Numbers.AT_FDCWD, name.address(), flags | Numbers.O_CLOEXEC, 0);
    }
  }

  /// Opens a file beneath an open directory, or makes it.
  ///
  /// @param directory a descriptor, or [Numbers#AT_FDCWD]
  /// @param mode of a file that is made
  /// @return a descriptor, or the negative error number
  public int openAt(int directory, String name, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = string(arena, name);
      return (int)
          syscall(Numbers.OPENAT, directory, bytes.address(), flags | Numbers.O_CLOEXEC, mode);
    }
  }

  /// Makes a directory.
  ///
  /// @return 0, or the negative error number
  public int makeDirectoryAt(int directory, String name, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) syscall(Numbers.MKDIRAT, directory, string(arena, name).address(), mode);
    }
  }

  /// What the symbolic link says that was opened with [Numbers#O_PATH]; empty when it is none.
  public String readOpenLink(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(LONGEST_LINK);
      long length =
          syscall(
              Numbers.READLINKAT,
              descriptor,
              string(arena, "").address(),
              target.address(),
              LONGEST_LINK);
      return length <= 0 ? "" : ByteText.decode(target.asSlice(0, length).toArray(JAVA_BYTE));
    }
  }

  /// The user that files are made and judged for.
  public long effectiveUser() {
    return Integer.toUnsignedLong((int) syscall(Numbers.GETEUID, 0, 0, 0));
  }

  /// What a symbolic link says, byte by byte.
  ///
  /// @return `null` when there is none
  public byte @Nullable [] readLink(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(LONGEST_LINK);
      long length =
          syscall(Numbers.READLINK, string(arena, path).address(), target.address(), LONGEST_LINK);
      return length < 0 ? null : target.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /// Reads bytes of a file at a place in it.
  ///
  /// @return how many; a negative error number when it cannot be read
  public int readAt(int descriptor, long place, byte[] into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(Math.max(1, into.length));
      long got = syscall(Numbers.PREAD64, descriptor, room.address(), into.length, place);
      if (got > 0) {
        copy(room, into, 0, (int) got);
      }
      return (int) got;
    }
  }

  public void close(int descriptor) {
    syscall(Numbers.CLOSE, descriptor, 0, 0);
  }

  /// Copies bytes out of native memory.
  static void copy(MemorySegment from, byte[] into, int offset, int length) {
    MemorySegment.copy(from, JAVA_BYTE, 0, into, offset, length);
  }
}
