package trapline.linux.debuginfod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.ObjectFiles;
import trapline.testing.Command;
import trapline.testing.PretendServer;
import trapline.testing.Programs;

/// What servers send, and what they should not.
@Tag("host")
class DebuginfodClientTest {
  /// Where nobody listens: tcpmux. The kernel does not give that port to anyone by itself.
  private static final String CLOSED = "http://127.0.0.1:1";

  @TempDir Path folder;
  private byte[] program = new byte[0];
  private String buildId = "";
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void program() throws IOException {
    Path file = Programs.compile(folder, "program", "int main(void) { return 0; }\n", "-g");
    program = Files.readAllBytes(file);
    buildId = new ObjectFiles(List.of()).open(file).elf().buildId();
    environment.put("HOME", folder.toString());
    environment.put("DEBUGINFOD_CACHE_PATH", folder.resolve("cache").toString());
  }

  private Fetch fetch(String... servers) {
    return client(servers).fetch(Artifact.debugInfo(buildId));
  }

  private DebuginfodClient client(String... servers) {
    environment.put("DEBUGINFOD_URLS", String.join(" ", servers));
    return DebuginfodClient.of(environment, FetchMonitor.SILENT);
  }

  private Path place() {
    return folder.resolve("cache").resolve(buildId).resolve("debuginfo");
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      return files
          .filter(Files::isRegularFile)
          .map(each -> each.getFileName().toString())
          .filter(each -> !each.endsWith("_s"))
          .toList();
    }
  }

  private void assertRefused(Fetch answer, String reason) throws IOException {
    assertThat(answer).isInstanceOf(Fetch.Failed.class);
    assertThat(((Fetch.Failed) answer).reason()).contains(reason).doesNotContain("\n");
    assertThat(kept()).isEmpty();
  }

  @Test
  void aFileComesIntoTheCacheAndIsAskedForOnce() throws IOException {
    try (PretendServer server = new PretendServer(PretendServer.sending(program))) {
      assertThat(fetch(server.address())).isEqualTo(new Fetch.Found(place()));
      assertThat(Files.readAllBytes(place())).isEqualTo(program);
      assertThat(fetch(server.address() + "/")).isEqualTo(new Fetch.Found(place()));
      assertThat(server.asked()).containsExactly("/buildid/" + buildId + "/debuginfo");
      assertThat(kept()).containsExactly("debuginfo");
    }
  }

  @Test
  void aFileThatWasDamagedInTheCacheIsFetchedAgain() throws IOException {
    Files.createDirectories(place().getParent());
    for (byte[] damaged : List.of("no ELF file".getBytes(), Arrays.copyOf(program, 900))) {
      Files.deleteIfExists(place());
      Files.write(place(), damaged);
      try (PretendServer server = new PretendServer(PretendServer.sending(program))) {
        assertThat(fetch(server.address())).isEqualTo(new Fetch.Found(place()));
        assertThat(Files.readAllBytes(place())).isEqualTo(program);
      }
    }
  }

  @Test
  void aDamagedFileThatNobodyReplacesIsTold() throws IOException {
    Command.run("strip", folder.resolve("program").toString()).orFail();
    Files.createDirectories(place().getParent());
    Files.writeString(place(), "no ELF file");
    ObjectFiles files = new ObjectFiles(List.of(), DebuginfodClient.ofCache(environment));
    DebugFile answer = files.debugFile(files.open(folder.resolve("program")));
    assertThat(answer).isInstanceOf(DebugFile.Missing.class);
    assertThat(((DebugFile.Missing) answer).why()).contains("damaged: " + place());
    assertThat(((DebugFile.Missing) answer).remedy()).contains("remove that file");
  }

  @Test
  void nobodyIsAskedWithoutServers() throws IOException {
    assertThat(fetch("")).isEqualTo(new Fetch.NotAsked());
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void anotherBuildIdIsRefused() throws IOException {
    Path other = Programs.compile(folder, "other", "int main(void) { return 1; }\n", "-g");
    try (PretendServer server =
        new PretendServer(PretendServer.sending(Files.readAllBytes(other)))) {
      assertRefused(fetch(server.address()), server.address() + " sent a file whose build-id is");
    }
  }

  @Test
  void somethingElseThanAnElfFileIsRefused() throws IOException {
    try (PretendServer server =
        new PretendServer(PretendServer.sending("<html>Sign in</html>".getBytes()))) {
      assertRefused(fetch(server.address()), "something else than an x86-64 ELF file");
    }
  }

  @Test
  void aTransferThatBreaksOffIsTriedAgain() throws IOException {
    int[] times = new int[1];
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.sendResponseHeaders(200, program.length);
              int length = times[0]++ == 0 ? program.length / 2 : program.length;
              exchange.getResponseBody().write(program, 0, length);
              exchange.getResponseBody().flush();
            })) {
      assertThat(fetch(server.address())).isEqualTo(new Fetch.Found(place()));
      assertThat(times[0]).isEqualTo(2);
      assertThat(Files.readAllBytes(place())).isEqualTo(program);
    }
  }

  @Test
  void aTransferThatAlwaysBreaksOffIsRefused() throws IOException {
    environment.put("DEBUGINFOD_RETRY_LIMIT", "1");
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.sendResponseHeaders(200, program.length);
              exchange.getResponseBody().write(program, 0, program.length / 2);
              exchange.getResponseBody().flush();
            })) {
      assertRefused(fetch(server.address()), "broke off");
      assertThat(server.asked()).hasSize(2);
    }
  }

  @Test
  void lessThanTheAnnouncedSizeIsRefused() throws IOException {
    byte[] half = Arrays.copyOf(program, program.length / 2);
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange
                  .getResponseHeaders()
                  .set("X-DEBUGINFOD-SIZE", Integer.toString(program.length));
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(half);
            })) {
      assertRefused(
          fetch(server.address()), "sent " + half.length + " of " + program.length + " bytes");
    }
  }

  @Test
  void halfAFileWithoutAnAnnouncedSizeIsRefused() throws IOException {
    byte[] half = Arrays.copyOf(program, program.length / 2);
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(half);
            })) {
      assertRefused(fetch(server.address()), "ELF file");
    }
  }

  @Test
  void aSlowServerIsNotWaitedForTwice() throws IOException {
    environment.put("DEBUGINFOD_TIMEOUT", "5");
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.sendResponseHeaders(200, program.length);
              exchange.getResponseBody().write(program, 0, 100);
              exchange.getResponseBody().flush();
              pause();
            })) {
      DebuginfodClient client = client(server.address());
      String reason = "sent less than 100 KB in 5 s";
      assertRefused(client.fetch(Artifact.debugInfo(buildId)), reason);
      assertRefused(client.fetch(Artifact.debugInfo("abcdef")), reason);
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void aTransferEndsAfterItsTime() throws IOException {
    environment.put("DEBUGINFOD_TIMEOUT", "0");
    environment.put("DEBUGINFOD_MAXTIME", "1");
    try (PretendServer server = new PretendServer(exchange -> pause())) {
      assertRefused(fetch(server.address()), "took longer than 1 s");
    }
  }

  /// Longer than any test waits; the server's end interrupts it.
  private static void pause() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWaitEndsWhenTheUserWantsNoMore() throws IOException {
    try (PretendServer server = new PretendServer(exchange -> pause())) {
      environment.put("DEBUGINFOD_URLS", server.address());
      FetchMonitor impatient =
          new FetchMonitor() {
            @Override
            public void at(String what, long done, long total) {}

            @Override
            public void ended() {}

            @Override
            public boolean isCancelled() {
              return !server.asked().isEmpty();
            }
          };
      assertRefused(
          DebuginfodClient.of(environment, impatient).fetch(Artifact.debugInfo(buildId)),
          "was not waited for");
    }
  }

  @Test
  void moreThanTheLimitIsRefusedWhetherAnnouncedOrNot() throws IOException {
    environment.put("DEBUGINFOD_MAXSIZE", "1000");
    try (PretendServer told = new PretendServer(PretendServer.sending(program));
        PretendServer endless =
            new PretendServer(
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  while (true) {
                    exchange.getResponseBody().write(program);
                  }
                })) {
      assertRefused(fetch(told.address()), "sends more than 1000 bytes");
      assertRefused(fetch(endless.address()), "sends more than 1000 bytes");
    }
  }

  @Test
  void aMissIsRememberedForAWhile() throws IOException {
    try (PretendServer server = new PretendServer(PretendServer.status(404))) {
      assertThat(fetch(server.address())).isEqualTo(new Fetch.Absent());
      assertThat(Files.size(place())).isZero();
      assertThat(fetch(server.address())).isEqualTo(new Fetch.Absent());
      assertThat(server.asked()).hasSize(1);
      Files.setLastModifiedTime(place(), FileTime.from(Instant.now().minusSeconds(700)));
      assertThat(fetch(server.address())).isEqualTo(new Fetch.Absent());
      assertThat(server.asked()).hasSize(2);
    }
  }

  @Test
  void anErrorIsNoMiss() throws IOException {
    try (PretendServer none = new PretendServer(PretendServer.status(404));
        PretendServer broken = new PretendServer(PretendServer.status(500))) {
      assertRefused(
          fetch(none.address(), broken.address()),
          broken.address() + " answers with HTTP status 500");
    }
  }

  @Test
  void serversAreAskedInTurn() throws IOException {
    try (PretendServer none = new PretendServer(PretendServer.status(404));
        PretendServer good = new PretendServer(PretendServer.sending(program));
        PretendServer last = new PretendServer(PretendServer.sending(program))) {
      Fetch answer = fetch(CLOSED, none.address(), good.address(), last.address());
      assertThat(answer).isEqualTo(new Fetch.Found(place()));
      assertThat(none.asked()).hasSize(1);
      assertThat(last.asked()).isEmpty();
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    assertRefused(fetch(CLOSED), CLOSED + " cannot be reached");
    assertRefused(fetch("ftp://example.org"), "ftp://example.org is not an address");
    assertRefused(fetch("http://[broken"), "http://[broken is not an address");
  }

  @Test
  void redirectsAreFollowedAndSecretsStay() throws IOException {
    Path headers = Files.writeString(folder.resolve("headers"), "X-Token: secret\n");
    environment.put("DEBUGINFOD_HEADERS_FILE", headers.toString());
    try (PretendServer good = new PretendServer(PretendServer.sending(program));
        PretendServer first =
            new PretendServer(
                exchange -> {
                  String path = exchange.getRequestURI().getRawPath();
                  boolean away = path.startsWith("/moved");
                  exchange
                      .getResponseHeaders()
                      .set("Location", away ? good.address() + path : "/moved" + path);
                  exchange.sendResponseHeaders(302, -1);
                })) {
      assertThat(fetch(first.address())).isEqualTo(new Fetch.Found(place()));
      assertThat(first.tokens()).containsExactly("secret", "secret");
      assertThat(good.tokens()).containsExactly("null");
    }
  }

  @Test
  void redirectsInACircleEnd() throws IOException {
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.getResponseHeaders().set("Location", exchange.getRequestURI().getRawPath());
              exchange.sendResponseHeaders(302, -1);
            })) {
      assertRefused(fetch(server.address()), "redirects more than 5 times");
    }
    try (PretendServer server =
        new PretendServer(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
              exchange.sendResponseHeaders(302, -1);
            })) {
      assertRefused(fetch(server.address()), "redirects to an address that is not followed");
    }
  }

  @Test
  void sourceIsAskedForByItsPath() throws IOException {
    byte[] text = "int main;\n".getBytes();
    try (PretendServer server = new PretendServer(PretendServer.sending(text))) {
      Artifact source = Artifact.source(buildId, "/usr/src/a b#c/ä.c");
      Path place = place().resolveSibling("source##usr##src##a b#_c##ä.c");
      assertThat(client(server.address()).fetch(source)).isEqualTo(new Fetch.Found(place));
      assertThat(server.asked())
          .containsExactly("/buildid/" + buildId + "/source/usr/src/a%20b%23c/%C3%A4.c");
      assertThat(Files.readAllBytes(place)).isEqualTo(text);
    }
  }

  @Test
  void aBuildIdThatIsNoneIsNotAskedFor() throws IOException {
    try (PretendServer server = new PretendServer(PretendServer.status(404))) {
      for (String wrong : List.of("", "ab", "../../..", "ABCDEF", "abc", "ab".repeat(65))) {
        assertThat(client(server.address()).fetch(Artifact.debugInfo(wrong)))
            .isEqualTo(new Fetch.NotAsked());
      }
      assertThat(server.asked()).isEmpty();
    }
  }
}
