package trapline.linux.ptrace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// The smallest program that can wait to be traced and then become the program that was asked for.
///
/// It is a 64-bit ELF executable without libraries, kept in a memory file. Its `argv` is the file
/// to run, the directory to run it in, and from there on that program's own `argv`; its environment
/// is that program's. So execve(2) finds everything in place, and no shell touches any of it.
///
/// ```
/// park: prctl(PR_SET_PDEATHSIG, SIGKILL)     not left behind when the tracer dies early
///       for (;;) pause()
/// go:   prctl(PR_SET_PDEATHSIG, 0)
///       if (chdir(argv[1]) != 0) int3
///       execve(argv[0], argv + 2, envp)
///       int3                                 the error number is in rax, negative
/// ```
final class Stub {
  private static final long BASE = 0x400000;
  private static final int CODE_OFFSET = 64 + 2 * 56;

  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "bf01000000be09000000b89d0000000f05b8220000000f05ebf7bf01000000"
                  + "31f6b89d0000000f05488b7c2410b8500000000f0585c07401cc488b7c24"
                  + "08488d742418488b0424488d54c410b83b0000000f05cc");

  /// Where to send it once it is traced.
  static final long GO = BASE + CODE_OFFSET + 0x1a;

  /// Its program counter after chdir has failed.
  static final long CHDIR_FAILED = BASE + CODE_OFFSET + 0x39;

  private Stub() {}

  /// Writes it to a new memory file.
  ///
  /// @return the descriptor, or the negative error number
  static int open(Kernel kernel) {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom("trapline").address();
      int flags = Numbers.MFD_CLOEXEC | Numbers.MFD_EXEC;
      int file = (int) kernel.syscall(Numbers.MEMFD_CREATE, name, flags, 0);
      if (file == -Numbers.EINVAL) { // before Linux 6.3 there is no MFD_EXEC
        file = (int) kernel.syscall(Numbers.MEMFD_CREATE, name, Numbers.MFD_CLOEXEC, 0);
      }
      if (file < 0) {
        return file;
      }
      byte[] image = image();
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, image);
      long written = kernel.syscall(Numbers.WRITE, file, bytes.address(), image.length);
      if (written != image.length) {
        kernel.close(file);
        return written < 0 ? (int) written : -Numbers.EIO;
      }
      return file;
    }
  }

  /// The file's bytes: ELF header, two program headers, code (gABI, chapters 4 and 5).
  static byte[] image() {
    int size = CODE_OFFSET + CODE.length;
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    out.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
    out.putLong(BASE + CODE_OFFSET).putLong(64).putLong(0).putInt(0);
    out.putShort((short) 64).putShort((short) 56).putShort((short) 2);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    programHeader(out, 1, 5, BASE, size); // PT_LOAD, readable and executable
    programHeader(out, 0x6474e551, 6, 0, 0); // PT_GNU_STACK, not executable
    out.put(CODE);
    return out.array();
  }

  private static void programHeader(ByteBuffer out, int type, int flags, long address, int size) {
    out.putInt(type).putInt(flags).putLong(0).putLong(address).putLong(address);
    out.putLong(size).putLong(size).putLong(0x1000);
  }
}
