package trapline.linux.debuginfod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/// Whatever a server answers, a file comes within its bounds or there is a [TransferFailure].
@Tag("unit")
class DebuginfodFuzzTest {
  private static final int MOST = 4096;

  /// The bytes are all that the server sends, before it closes the connection.
  @FuzzTest
  void answer(byte[] bytes) throws IOException {
    ask(bytes);
  }

  /// A good first line, then the bytes.
  @FuzzTest
  void headers(byte[] bytes) throws IOException {
    byte[] start = "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(start, start.length + bytes.length);
    System.arraycopy(bytes, 0, all, start.length, bytes.length);
    ask(all);
  }

  private static void ask(byte[] answer) throws IOException {
    Path into = Files.createTempFile("trapline-fuzz", "");
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread serving = Thread.ofPlatform().daemon().start(() -> serve(server, answer));
      Map<String, String> environment =
          Map.of("DEBUGINFOD_MAXSIZE", "" + MOST, "DEBUGINFOD_MAXTIME", "2");
      Transfer transfer = new Transfer(DebuginfodSettings.of(environment), FetchMonitor.SILENT);
      String address = "http://127.0.0.1:" + server.getLocalPort();
      try {
        transfer.get(address, Artifact.debugInfo("abcd"), into);
      } catch (TransferFailure e) {
        assertThat(e.getMessage()).isNotEmpty().doesNotContainPattern("\\p{Cntrl}");
      }
      assertThat(Files.size(into)).isLessThanOrEqualTo(MOST);
      server.close();
      serving.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Files.deleteIfExists(into);
    }
  }

  private static void serve(ServerSocket server, byte[] answer) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        InputStream in = client.getInputStream();
        for (int last = 0; last != 0x0d0a0d0a; ) {
          int next = in.read();
          if (next < 0) {
            break;
          }
          last = last << 8 | next;
        }
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      } catch (UncheckedIOException e) {
        return;
      }
    }
  }
}
