package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The address of a TCP socket that is bound, and neither listens nor is connected. The tables in
/// `/proc` do not have it; sock_diag(7) does from Linux 6.8 on.
final class BoundSocket {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPPROTO_TCP = 6;
  private static final int REQUEST_SIZE = 72; // struct inet_diag_req_v2
  private static final int LEAST_ANSWER = 88; // struct inet_diag_msg

  /// `TCPF_BOUND_INACTIVE`, which an older kernel does not know: it then finds none.
  private static final int BOUND_INACTIVE = 1 << 13;

  private static final int PORT = 20;
  private static final int ADDRESS = 24;
  private static final int INODE = 84;

  private BoundSocket() {}

  /// @param protocol `TCP` or `TCPv6`
  /// @return `127.0.0.1:8080`; `null` when it is not bound, or that cannot be found out
  static @Nullable String address(int threadId, String protocol, long inode) {
    boolean isSix = protocol.equals("TCPv6");
    if ((!isSix && !protocol.equals("TCP")) || !SockDiag.knows(threadId)) {
      return null;
    }
    @Nullable String[] found = new String[1];
    SockDiag.ask(
        REQUEST_SIZE,
        true,
        request -> {
          request.set(JAVA_BYTE, SockDiag.START, (byte) (isSix ? AF_INET6 : AF_INET));
          request.set(JAVA_BYTE, SockDiag.START + 1, (byte) IPPROTO_TCP);
          request.set(JAVA_INT, SockDiag.START + 4, BOUND_INACTIVE);
        },
        answer -> {
          if (answer.byteSize() < LEAST_ANSWER || answer.get(JAVA_INT, INODE) != (int) inode) {
            return false;
          }
          found[0] = address(answer, isSix ? 16 : 4);
          return true;
        });
    return found[0];
  }

  private static String address(MemorySegment answer, int size) {
    int port = (answer.get(JAVA_BYTE, PORT) & 0xff) << 8 | (answer.get(JAVA_BYTE, PORT + 1) & 0xff);
    return Sockets.address(answer.asSlice(ADDRESS, size).toArray(JAVA_BYTE), port);
  }
}
