package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.Predicate;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Questions to the kernel about sockets (sock_diag(7)). It answers for the network namespace of
/// this process.
final class SockDiag {
  /// Where the request or answer begins, behind `struct nlmsghdr`.
  static final int START = 16;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short NLM_F_REQUEST = 1;
  private static final short NLM_F_DUMP = 0x300;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int ROOM = 16 << 10;

  /// More answers than this are not read: some 100,000 sockets.
  private static final int MOST_READS = 1000;

  private SockDiag() {}

  /// Whether a thread has the same network namespace as this process.
  static boolean knows(int threadId) {
    String own = ProcFile.link("/proc/self/ns/net");
    return own != null && own.equals(ProcFile.link("/proc/" + threadId + "/ns/net"));
  }

  /// Asks for one socket, or for all that the request describes.
  ///
  /// @param size of the request with its header
  /// @param fill writes the request, in zeroed memory, from [#START] on
  /// @param answer takes an answer with its header, and says whether it was the one that was wanted
  static void ask(
      int size, boolean all, Consumer<MemorySegment> fill, Predicate<MemorySegment> answer) {
    Kernel kernel = new Kernel();
    int socket =
        (int) kernel.syscall(Numbers.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
    if (socket < 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocate(ROOM, 8);
      message.set(JAVA_INT, 0, size);
      message.set(JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
      message.set(JAVA_SHORT, 6, (short) (NLM_F_REQUEST | (all ? NLM_F_DUMP : 0)));
      fill.accept(message);
      if (kernel.syscall(Numbers.SENDTO, socket, message.address(), size, 0, 0, 0) != size) {
        return;
      }
      for (int i = 0; i < (all ? MOST_READS : 1); i++) {
        // The kernel writes the next answers while the ones before are read: they are there.
        long got =
            kernel.syscall(Numbers.RECVFROM, socket, message.address(), ROOM, MSG_DONTWAIT, 0, 0);
        if (got <= 0 || isOver(message.asSlice(0, got), answer)) {
          return;
        }
      }
    } finally {
      kernel.close(socket);
    }
  }

  /// Hands on the answers of one read.
  ///
  /// @return whether no more are wanted or to come
  private static boolean isOver(MemorySegment read, Predicate<MemorySegment> answer) {
    long at = 0;
    while (at + START <= read.byteSize()) {
      long length = read.get(JAVA_INT, at) & 0xffff_ffffL;
      if (length < START
          || length > read.byteSize() - at
          || read.get(JAVA_SHORT, at + 4) != SOCK_DIAG_BY_FAMILY
          || answer.test(read.asSlice(at, length))) {
        return true;
      }
      at += (length + 3) & ~3;
    }
    return false;
  }
}
