package trapline.linux.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;

/// Whatever QEMU says on its sockets, there is an answer or an [IOException].
@Tag("host")
class MonitorFuzzTest {
  /// What the machine protocol says, after a greeting.
  @FuzzTest
  void monitor(byte[] bytes) throws IOException {
    byte[] good = "{\"QMP\": {}}\n{\"return\": {}}\n".getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(good, good.length + bytes.length);
    System.arraycopy(bytes, 0, all, good.length, bytes.length);
    talk(
        all,
        channel -> {
          try (Qmp qmp = new Qmp(channel)) {
            assertThat(qmp.greeting()).startsWith("{");
            assertThat(qmp.monitor("log none")).isNotNull();
            qmp.execute("query-status", "");
          }
        });
  }

  /// What the debugger's interface says; with checksums that fit.
  @FuzzTest
  void debugger(byte[] bytes) throws IOException {
    StringBuilder packets = new StringBuilder("+");
    for (String each : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
      String text = each.replace("$", "").replace("#", "");
      int sum = text.chars().sum() & 0xff;
      packets.append('$').append(text).append('#').append(String.format("%02x", sum)).append('+');
    }
    for (byte[] each :
        new byte[][] {bytes, packets.toString().getBytes(StandardCharsets.ISO_8859_1)}) {
      talk(
          each,
          channel -> {
            try (GdbRemote debugger = new GdbRemote(channel)) {
              assertThat(debugger.registers()).hasSize(18);
              assertThat(debugger.words(0x1000, 2)).hasSize(2);
              debugger.memory(0x1000, 4);
              debugger.setPc(0x1000);
            }
          });
    }
  }

  /// What the guest says on its serial line: each line that announces bytes, and the bytes.
  @FuzzTest
  void guest(byte[] bytes) throws IOException {
    talk(
        bytes,
        channel -> {
          for (String line = channel.line(1); line != null; line = channel.line(1)) {
            GuestLine sent = GuestLine.of(line, 1 << 20);
            assertThat(channel.bytes(sent.size(), 1)).hasSize(sent.size());
          }
        });
  }

  private interface Talk {
    void with(Channel channel) throws IOException;
  }

  /// Connects to somebody who says all of it at once, and nothing more.
  private static void talk(byte[] says, Talk talk) throws IOException {
    Path folder = Files.createTempDirectory("trapline-fuzz");
    Path socket = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Channel channel = Objects.requireNonNull(Channel.connect(folder, "s"));
      try (SocketChannel other = server.accept()) {
        other.configureBlocking(false);
        other.write(ByteBuffer.wrap(says));
        other.shutdownOutput();
        talk.with(channel);
      } catch (IOException expected) {
        // The one exception that is promised.
      } finally {
        channel.close();
      }
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(folder);
    }
  }
}
