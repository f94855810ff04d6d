package trapline.linux.proc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The internet sockets of a thread's network namespace, from `/proc/PID/net` (proc_pid_net(5)).
public final class SocketTable {
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final int MOST = 256;

  /// The states of a TCP socket (`include/net/tcp_states.h`), from 1.
  private static final String[] STATES = {
    "established",
    "SYN sent",
    "SYN received",
    "FIN wait 1",
    "FIN wait 2",
    "TIME_WAIT",
    "closed",
    "close wait",
    "last ACK",
    "listening",
    "closing"
  };

  /// A socket.
  ///
  /// @param local `127.0.0.1:8080`
  /// @param remote the same of the other end; all zero when there is none
  /// @param state as netstat calls it; of UDP whether it is connected
  /// @param inode 0 when no process holds it any more
  public record Entry(String local, String remote, String state, long inode) {}

  private SocketTable() {}

  /// Those that are bound to a local port.
  ///
  /// @param protocol `tcp` or `udp`; both versions of the internet protocol are looked at
  public static List<Entry> boundTo(int thread, String protocol, int port) {
    List<Entry> found = new ArrayList<>();
    for (String version : new String[] {"", "6"}) {
      byte[] table = ProcFile.bytes("/proc/" + thread + "/net/" + protocol + version);
      if (table != null) {
        collect(new String(table, StandardCharsets.ISO_8859_1), protocol, port, found);
      }
    }
    return found;
  }

  private static void collect(String table, String protocol, int port, List<Entry> found) {
    String suffix = String.format(java.util.Locale.ROOT, ":%04X", port);
    for (String line : table.split("\n")) {
      String[] fields = line.strip().split(" +");
      if (fields.length > INODE && fields[LOCAL].endsWith(suffix) && found.size() < MOST) {
        int state = (int) ProcFile.number(fields[STATE], 16, 0);
        found.add(
            new Entry(
                Sockets.address(fields[LOCAL]),
                Sockets.address(fields[REMOTE]),
                state(protocol, state),
                ProcFile.number(fields[INODE], 10, 0)));
      }
    }
  }

  private static String state(String protocol, int state) {
    if (!protocol.equals("tcp")) {
      return state == 1 ? "connected" : "bound";
    }
    return state > 0 && state <= STATES.length ? STATES[state - 1] : "state " + state;
  }
}
