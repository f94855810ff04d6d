package trapline.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the descriptors of internet sockets are called.
@Tag("host")
class SocketNamesTest {
  /// A bound socket that does not listen has its address from Linux 6.8 on.
  @ParameterizedTest
  @CsvSource({"INET, 127.0.0.1, TCP:[127.0.0.1:%d]", "INET6, ::1, TCPv6:[[::1]:%d]"})
  void boundSocketsHaveTheirAddress(StandardProtocolFamily family, String host, String name)
      throws IOException {
    assumeTrue(isNewKernel(), "the kernel tells it from Linux 6.8 on");
    try (SocketChannel other = bound(family, host);
        SocketChannel bound = bound(family, host)) {
      assertThat(names()).contains(name.formatted(port(bound)), name.formatted(port(other)));
    }
  }

  @Test
  void othersHaveTheirInodeOrTheirPlaceInTheTable() throws IOException {
    try (SocketChannel unbound = SocketChannel.open(StandardProtocolFamily.INET);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      assertThat(unbound.isOpen()).isTrue();
      listening.bind(new InetSocketAddress("127.0.0.1", 0));
      assertThat(names())
          .anyMatch(each -> each.matches("TCP:\\[\\d+\\]"))
          .contains("TCP:[127.0.0.1:" + listening.socket().getLocalPort() + "]");
    }
  }

  private static SocketChannel bound(ProtocolFamily family, String host) throws IOException {
    return SocketChannel.open(family).bind(new InetSocketAddress(host, 0));
  }

  private static int port(SocketChannel channel) throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  private static boolean isNewKernel() {
    String[] version = System.getProperty("os.version").split("[^0-9]", 3);
    int major = Integer.parseInt(version[0]);
    return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 8);
  }

  private static Set<String> names() throws IOException {
    Descriptors descriptors = new Descriptors((int) ProcessHandle.current().pid());
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path file : files) {
        String name = descriptors.describe(Integer.parseInt(file.getFileName().toString()));
        if (name != null) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
