package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.PretendServer;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// A stripped program whose debug information only a server has.
@Tag("host")
class DebuginfodTest {
  private static final String SOURCE =
      """
      #include <unistd.h>
      int main(void) {
        close(77);
        return 0;
      }
      """;

  @TempDir Path folder;
  private PretendServer server;
  private Path program;
  private byte[] debug;

  @BeforeEach
  void serve() throws IOException {
    Tools.require("objcopy", "strip");
    program = Programs.compile(folder, "stripped", SOURCE, "-g");
    Path apart = folder.resolve("apart");
    Command.run("objcopy", "--only-keep-debug", program.toString(), apart.toString()).orFail();
    Command.run("strip", program.toString()).orFail();
    debug = Files.readAllBytes(apart);
    Files.delete(apart);
    String wanted = "/buildid/" + Readelf.buildId(program) + "/debuginfo";
    server =
        new PretendServer(
            exchange -> {
              boolean known = exchange.getRequestURI().getPath().equals(wanted);
              (known ? PretendServer.sending(debug) : PretendServer.status(404)).give(exchange);
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Follow follow() {
    return Follow.run(
            false,
            List.of("--call", "close"),
            List.of(program.toString()),
            Map.of(
                "DEBUGINFOD_URLS",
                server.address(),
                "DEBUGINFOD_CACHE_PATH",
                folder.resolve("cache").toString()))
        .orFail();
  }

  @Test
  void itsLineIsShown() {
    assertThat(follow().out()).contains("stripped.c:3").contains("close(77);");
    int before = server.asked().size();
    assertThat(follow().out()).contains("stripped.c:3");
    assertThat(server.asked()).hasSize(before);
  }

  @Test
  void aFileThatIsRefusedIsToldWithTheRemedy() throws IOException {
    debug = Files.readAllBytes(Path.of("/bin/true"));
    assertThat(follow().out().replaceAll("[\\s│]+", " "))
        .contains("sent a file whose build-id is")
        .contains("take that server out of DEBUGINFOD_URLS")
        .doesNotContain("stripped.c:3");
  }
}
