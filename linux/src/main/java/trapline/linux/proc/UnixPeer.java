package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The name and the peer of a Unix domain socket, asked of the kernel through sock_diag(7): the
/// table in `/proc` does not name the peer.
///
/// @param peer the inode of the socket at the other end, or 0
/// @param name the path; an abstract name with `@` in front; empty when it has none
record UnixPeer(long peer, String name) {
  private static final int AF_UNIX = 1;
  private static final int REQUEST_SIZE = 40;

  /// `UDIAG_SHOW_NAME | UDIAG_SHOW_PEER` (`linux/unix_diag.h`).
  private static final int SHOW = 1 | 4;

  private static final int UNIX_DIAG_NAME = 0;
  private static final int UNIX_DIAG_PEER = 2;

  /// @return `null` when the kernel does not answer, or the process has another network namespace
  static @Nullable UnixPeer of(int threadId, long inode) {
    if (!SockDiag.knows(threadId)) {
      return null;
    }
    @Nullable UnixPeer[] found = new UnixPeer[1];
    SockDiag.ask(
        REQUEST_SIZE,
        false,
        request -> {
          request.set(JAVA_BYTE, SockDiag.START, (byte) AF_UNIX); // struct unix_diag_req
          request.set(JAVA_INT, 20, -1);
          request.set(JAVA_INT, 24, (int) inode);
          request.set(JAVA_INT, 28, SHOW);
          request.set(JAVA_INT, 32, -1);
          request.set(JAVA_INT, 36, -1);
        },
        answer -> {
          found[0] = answer.byteSize() < 32 ? null : attributes(answer, (int) answer.byteSize());
          return true;
        });
    return found[0];
  }

  private static UnixPeer attributes(MemorySegment message, int size) {
    long peer = 0;
    String name = "";
    int at = 32; // behind struct nlmsghdr and struct unix_diag_msg
    while (at + 4 <= size) {
      int length = message.get(JAVA_SHORT, at) & 0xffff;
      if (length < 4 || at + length > size) {
        break;
      }
      int type = message.get(JAVA_SHORT, at + 2);
      if (type == UNIX_DIAG_PEER && length >= 8) {
        peer = message.get(JAVA_INT, at + 4) & 0xffff_ffffL;
      } else if (type == UNIX_DIAG_NAME && length > 4) {
        byte[] bytes = message.asSlice(at + 4, length - 4).toArray(JAVA_BYTE);
        name = bytes[0] == 0 ? "@" + text(bytes, 1) : text(bytes, 0);
      }
      at += (length + 3) & ~3;
    }
    return new UnixPeer(peer, name);
  }

  private static String text(byte[] bytes, int from) {
    int end = bytes.length;
    while (end > from && bytes[end - 1] == 0) {
      end--;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  String text(long inode) {
    return inode + (peer == 0 ? "" : "->" + peer) + (name.isEmpty() ? "" : "," + quote(name));
  }

  /// The name in quotes; the mark of an abstract one stands before them.
  static String quote(String name) {
    boolean isAbstract = name.startsWith("@");
    return (isAbstract ? "@" : "") + '"' + (isAbstract ? name.substring(1) : name) + '"';
  }
}
