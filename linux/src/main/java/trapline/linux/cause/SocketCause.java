package trapline.linux.cause;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import trapline.linux.proc.Descriptors;
import trapline.linux.proc.ProcFile;
import trapline.linux.proc.Processes;
import trapline.linux.proc.SocketTable;

/// Errors of socket addresses: who holds a port, who does not listen, what is not local.
final class SocketCause {
  private static final int CAP_NET_BIND_SERVICE = 10;
  private static final int MOST_HOLDERS = 4;

  private SocketCause() {}

  static void look(FailedCall call, Findings findings) {
    switch (call.errno()) {
      case "EADDRINUSE" -> inUse(call, findings);
      case "EADDRNOTAVAIL" -> notLocal(call, findings);
      case "ECONNREFUSED" -> refused(call, findings);
      case "EACCES" -> lowPort(call, findings);
      case "ENOENT" -> unixPath(call, findings);
      default -> {}
    }
  }

  private static void inUse(FailedCall call, Findings findings) {
    SocketAddress address = call.address();
    String socket = socket(call);
    String protocol = protocol(socket);
    if (address != null && address.family() == SocketAddress.UNIX) {
      unixFile(call, address, findings);
      return;
    }
    int port = address == null ? port(socket) : address.port();
    if (port == 0) {
      if (address != null && !protocol.isEmpty() && sharesNetwork(call)) {
        findings.observed(
            "no port of net.ipv4.ip_local_port_range is free: "
                + ProcFile.text("/proc/sys/net/ipv4/ip_local_port_range").replace('\t', '-'));
      }
      return;
    }
    if (protocol.isEmpty()) {
      return;
    }
    int shown = 0;
    for (SocketTable.Entry each : SocketTable.boundTo(call.thread(), protocol, port)) {
      if (shown < MOST_HOLDERS && !socket.contains("[" + each.inode() + "]")) {
        String held = holder(call, each);
        if (!held.isEmpty()) {
          shown++;
          findings.observed(
              protocol.toUpperCase(Locale.ROOT) + " port " + port + " is held by " + held);
        }
      }
    }
  }

  /// Who holds a socket; empty for the very socket that the call is about.
  private static String holder(FailedCall call, SocketTable.Entry socket) {
    String where = ": " + socket.local() + ", " + socket.state();
    if (socket.inode() == 0) {
      return "no process any more" + where + " with " + socket.remote();
    }
    List<Integer> holders = Processes.holding(List.of(socket.inode()));
    if (holders.isEmpty()) {
      return "a process that cannot be inspected" + where;
    }
    if (holders.contains(call.process())) {
      int descriptor = descriptorOf(call, socket.inode());
      if (descriptor == call.descriptor()) {
        return "";
      }
      return "this process itself, descriptor " + descriptor + where;
    }
    return holders.stream()
            .limit(MOST_HOLDERS)
            .map(Processes::name)
            .collect(Collectors.joining(" and "))
        + where;
  }

  private static int descriptorOf(FailedCall call, long inode) {
    String[] names = new java.io.File(call.proc("fd")).list();
    for (int i = 0; names != null && i < names.length; i++) {
      if (("socket:[" + inode + "]").equals(ProcFile.link(call.proc("fd/" + names[i])))) {
        return (int) ProcFile.number(names[i], 10, -1);
      }
    }
    return -1;
  }

  private static void unixFile(FailedCall call, SocketAddress address, Findings findings) {
    if (!address.path().isEmpty()) {
      PathWalk walk = walk(call, address);
      if (walk.end() == PathWalk.End.FOUND && walk.at() != null) {
        findings.observed(
            Shown.name(walk.at().path())
                + " is there: "
                + walk.at().kind()
                + ", "
                + walk.at().rights());
      }
    }
  }

  private static PathWalk walk(FailedCall call, SocketAddress address) {
    return PathWalk.of(
        call.thread(),
        new NamedPath(address.path(), NamedPath.WORKING_DIRECTORY),
        Subject.of(call.thread()),
        true);
  }

  private static void notLocal(FailedCall call, Findings findings) {
    SocketAddress address = call.address();
    InetAddress wanted = address == null ? null : internet(address);
    if (wanted == null || !sharesNetwork(call)) {
      return;
    }
    try {
      boolean isLocal =
          wanted.isAnyLocalAddress() || NetworkInterface.getByInetAddress(wanted) != null;
      if (!isLocal && call.name().equals("bind")) {
        findings.observed("no interface of this machine has the address " + text(wanted));
      }
    } catch (SocketException e) {
      // Which addresses there are cannot be said.
    }
  }

  /// Whether the thread is in this process's network namespace.
  private static boolean sharesNetwork(FailedCall call) {
    String own = ProcFile.link("/proc/self/ns/net");
    return own != null && own.equals(ProcFile.link(call.proc("ns/net")));
  }

  private static @Nullable InetAddress internet(SocketAddress address) {
    if (address.address().isEmpty()) {
      return null;
    }
    byte[] bytes = new byte[address.address().size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = address.address().get(i);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  private static void refused(FailedCall call, Findings findings) {
    SocketAddress address = call.address();
    if (address == null) {
      return;
    }
    if (address.family() == SocketAddress.UNIX) {
      if (!address.path().isEmpty() && walk(call, address).end() == PathWalk.End.FOUND) {
        findings.observed(Shown.name(address.path()) + " is there, but nobody listens on it");
      }
      return;
    }
    InetAddress other = internet(address);
    if (other == null || !other.isLoopbackAddress() || !protocol(socket(call)).equals("tcp")) {
      return;
    }
    for (SocketTable.Entry each : SocketTable.boundTo(call.thread(), "tcp", address.port())) {
      if (each.state().equals("listening")) {
        findings.observed("TCP port " + address.port() + " is listened on, but as " + each.local());
        return;
      }
    }
    findings.observed("nobody listens on TCP port " + address.port());
  }

  private static void lowPort(FailedCall call, Findings findings) {
    SocketAddress address = call.address();
    if (!call.name().equals("bind")
        || address == null
        || address.port() == 0
        || !sharesNetwork(call)) {
      return;
    }
    long first =
        ProcFile.number(ProcFile.text("/proc/sys/net/ipv4/ip_unprivileged_port_start"), 10, 1024);
    Subject subject = Subject.of(call.thread());
    if (address.port() < first && !subject.has(CAP_NET_BIND_SERVICE)) {
      findings.observed(
          "port "
              + address.port()
              + " is below "
              + first
              + " (net.ipv4.ip_unprivileged_port_start), and "
              + subject.text()
              + " has no CAP_NET_BIND_SERVICE");
    }
  }

  private static void unixPath(FailedCall call, Findings findings) {
    SocketAddress address = call.address();
    if (address != null && !address.path().isEmpty()) {
      PathWalk walk = walk(call, address);
      if (walk.end() == PathWalk.End.MISSING && walk.at() != null) {
        findings.observed(
            Shown.quoted(walk.missing()) + " does not exist in " + Shown.name(walk.at().path()));
      }
    }
  }

  /// What the call's descriptor is: `TCP:[127.0.0.1:8080]`; empty when unknown.
  private static String socket(FailedCall call) {
    String socket = new Descriptors(call.thread()).describe(call.descriptor());
    return socket == null ? "" : socket;
  }

  private static String protocol(String socket) {
    return socket.startsWith("TCP") ? "tcp" : socket.startsWith("UDP") ? "udp" : "";
  }

  /// The local port of a socket; 0 when it has none.
  private static int port(String socket) {
    int end = socket.indexOf("->");
    String local = end < 0 ? socket : socket.substring(0, end);
    int colon = local.lastIndexOf(':');
    return local.contains("[") && colon > local.indexOf('[')
        ? (int) ProcFile.number(local.substring(colon + 1), 10, 0)
        : 0;
  }
}
