package trapline.linux.proc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// The addresses of sockets, from the tables in `/proc/PID/net`, which are those of the process'
/// own network namespace (proc_pid_net(5)), and from the kernel's own answers where these lack it.
final class Sockets {
  private static final String[] NETLINK = {
    "ROUTE",
    "1",
    "USERSOCK",
    "FIREWALL",
    "SOCK_DIAG",
    "NFLOG",
    "XFRM",
    "SELINUX",
    "ISCSI",
    "AUDIT",
    "FIB_LOOKUP",
    "CONNECTOR",
    "NETFILTER",
    "IP6_FW",
    "DNRTMSG",
    "KOBJECT_UEVENT",
    "GENERIC"
  };

  private Sockets() {}

  /// @param file the descriptor in `/proc/PID/fd`
  static String describe(int threadId, String file, long inode) {
    String protocol = protocol(file);
    String folder = "/proc/" + threadId + "/net/";
    String found =
        switch (protocol) {
          case "TCP", "TCPv6", "UDP", "UDPv6", "UDPLITE", "UDPLITEv6", "RAW", "RAWv6", "PING" ->
              internet(threadId, folder, protocol, inode);
          case "NETLINK" -> netlink(folder + "netlink", inode);
          case "PACKET" -> packet(folder + "packet", inode);
          default -> protocol.startsWith("UNIX") ? unix(threadId, inode) : null;
        };
    if (found != null) {
      return protocol + ":[" + found + "]";
    }
    return (protocol.isEmpty() ? "socket" : protocol) + ":[" + inode + "]";
  }

  private static String table(String protocol) {
    String name = protocol.equals("PING") ? "icmp" : protocol;
    return name.endsWith("v6")
        ? lowerCase(name.substring(0, name.length() - 2)) + "6"
        : lowerCase(name);
  }

  private static String lowerCase(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
        bytes[i] = (byte) (bytes[i] + 'a' - 'A');
      }
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// The protocol's name, from the extended attribute that every socket has.
  private static String protocol(String file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(64);
      long size =
          new Kernel()
              .syscall(
                  Numbers.GETXATTR,
                  arena.allocateFrom(file).address(),
                  arena.allocateFrom("system.sockprotoname").address(),
                  value.address(),
                  value.byteSize());
      if (size <= 0) {
        return "";
      }
      byte[] bytes = value.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
      int length = 0;
      while (length < bytes.length && bytes[length] != 0) {
        length++;
      }
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
  }

  /// `sl local remote state queues timer retransmits uid timeout inode …`, addresses as
  /// `0100007F:1F90`.
  private static @Nullable String internet(
      int threadId, String folder, String protocol, long inode) {
    List<String> row = row(folder + table(protocol), inode, 9);
    if (row == null) {
      return BoundSocket.address(threadId, protocol, inode);
    }
    String local = address(row.get(1));
    String remote = row.get(2);
    boolean connected = false;
    for (int i = 0; i < remote.length(); i++) {
      connected |= remote.charAt(i) != '0' && remote.charAt(i) != ':';
    }
    return connected ? local + "->" + address(remote) : local;
  }

  /// `sk protocol port groups … inode`.
  private static @Nullable String netlink(String table, long inode) {
    List<String> row = row(table, inode, 9);
    if (row == null) {
      return null;
    }
    int protocol = (int) ProcFile.number(row.get(1), 10, -1);
    String name = protocol >= 0 && protocol < NETLINK.length ? NETLINK[protocol] : row.get(1);
    return name + ":" + row.get(2);
  }

  /// `sk references type protocol interface … inode`.
  private static @Nullable String packet(String table, long inode) {
    List<String> row = row(table, inode, 8);
    return row == null ? null : row.get(8) + ",0x" + row.get(3);
  }

  /// `number references protocol flags type state inode [path]`.
  private static @Nullable String unix(int threadId, long inode) {
    UnixPeer peer = UnixPeer.of(threadId, inode);
    if (peer != null) {
      return peer.text(inode);
    }
    List<String> row = row("/proc/" + threadId + "/net/unix", inode, 6);
    if (row == null || row.size() < 8) {
      return null;
    }
    return inode + "," + UnixPeer.quote(row.get(7));
  }

  /// The row of a table that has `inode` in the given column, cut at white space; the eighth column
  /// of `unix`, a path, is kept whole.
  private static @Nullable List<String> row(String table, long inode, int column) {
    byte[] bytes = ProcFile.bytes(table);
    if (bytes == null) {
      return null;
    }
    String wanted = Long.toString(inode);
    String text = new String(bytes, StandardCharsets.UTF_8);
    int start = text.indexOf('\n') + 1;
    while (start > 0 && start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      List<String> fields = fields(text, start, end);
      if (fields.size() > column && fields.get(column).equals(wanted)) {
        return fields;
      }
      start = end + 1;
    }
    return null;
  }

  private static List<String> fields(String text, int start, int end) {
    List<String> fields = new ArrayList<>(12);
    int at = start;
    while (true) {
      while (at < end && text.charAt(at) == ' ') {
        at++;
      }
      if (at >= end) {
        return fields;
      }
      int first = at;
      while (at < end && text.charAt(at) != ' ') {
        at++;
      }
      fields.add(text.substring(first, at));
    }
  }

  /// `ADDRESS:PORT` in hexadecimal, the address in 32-bit words of the machine's byte order.
  static String address(String hex) {
    int colon = hex.indexOf(':');
    if (colon != 8 && colon != 32) {
      return hex;
    }
    byte[] bytes = new byte[colon / 2];
    for (int i = 0; i < bytes.length; i++) {
      int word = i / 4 * 8;
      int at = word + 6 - i % 4 * 2;
      bytes[i] = (byte) ProcFile.number(hex.substring(at, at + 2), 16, 0);
    }
    long port = ProcFile.number(hex.substring(colon + 1), 16, 0);
    return address(bytes, port);
  }

  /// @param bytes of the address in their order
  static String address(byte[] bytes, long port) {
    return (bytes.length == 4 ? version4(bytes, 0) : "[" + version6(bytes) + "]") + ":" + port;
  }

  private static String version4(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        + "."
        + (bytes[at + 1] & 0xff)
        + "."
        + (bytes[at + 2] & 0xff)
        + "."
        + (bytes[at + 3] & 0xff);
  }

  /// The recommended form (RFC 5952): the longest run of zero groups as `::`.
  private static String version6(byte[] bytes) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int best = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > bestLength) {
        best = i;
        bestLength = length;
      }
    }
    boolean mapped = best == 0 && (bestLength == 6 || (bestLength == 5 && groups[5] == 0xffff));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == best) {
        text.append("::");
        i += bestLength - 1;
      } else if (mapped && i == 6) {
        if (!text.toString().endsWith(":")) {
          text.append(':');
        }
        return text.append(version4(bytes, 12)).toString();
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
