package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Debug information and source that elfutils' own server has, in a cache shared with elfutils' own
/// client.
@Tag("host")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebuginfodServerTest {
  private static final String SOURCE =
      """
      #include <unistd.h>
      int main(void) {
        close(77);
        return 0;
      }
      """;

  /// Where the source was compiled, as distributions name it: a directory that is not here.
  private static final String BUILT_IN = "/nowhere/app-1.0/debian/../src";

  private static final String NAMED = BUILT_IN + "/remote.c";

  @TempDir static Path folder;
  private Process server;
  private String address;
  private Path program;
  private String buildId;

  @BeforeAll
  void serve() throws IOException, InterruptedException {
    Tools.require("debuginfod", "objcopy", "strip", "tar");
    Path sources = Files.createDirectories(folder.resolve("built"));
    program =
        Programs.compile(
            sources, "remote", SOURCE, "-g", "-ffile-prefix-map=" + sources + "=" + BUILT_IN);
    buildId = Readelf.buildId(program);
    Path content = folder.resolve("package");
    Path debug = content.resolve("usr/lib/debug/remote.debug");
    Files.createDirectories(debug.getParent());
    Command.run("objcopy", "--only-keep-debug", program.toString(), debug.toString()).orFail();
    Command.run("strip", program.toString()).orFail();
    Path source = content.resolve("nowhere/app-1.0/src/remote.c");
    Files.createDirectories(source.getParent());
    Files.move(sources.resolve("remote.c"), source);
    Path served = Files.createDirectories(folder.resolve("served"));
    Command.run("tar", "-C", content.toString(), "-cf", served.resolve("app.tar").toString(), ".")
        .orFail();
    int port = freePort();
    address = "http://127.0.0.1:" + port;
    server =
        new ProcessBuilder(
                "debuginfod",
                "-Z",
                ".tar",
                "-d",
                ":memory:",
                "-t",
                "0",
                "-g",
                "0",
                "-p",
                Integer.toString(port),
                served.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitIndex();
  }

  /// Below those that the kernel gives out: the attempts to reach the server before it listens may
  /// get one of those, too, and then meet themselves there.
  private static int freePort() throws IOException {
    for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 5_000); ; port++) {
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: the next.
      }
    }
  }

  /// The server answers before it has read what it serves.
  private void awaitIndex() throws InterruptedException {
    HttpRequest metrics = HttpRequest.newBuilder(URI.create(address + "/metrics")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (System.nanoTime() < end && server.isAlive()) {
        try {
          String body = client.send(metrics, HttpResponse.BodyHandlers.ofString()).body();
          if (body.contains("found_sourcerefs_total")
              && body.contains("thread_busy{role=\"scan\"} 0")) {
            return;
          }
        } catch (IOException e) {
          // It does not listen yet.
        }
        Thread.sleep(50);
      }
    }
    throw new AssertionError("debuginfod has not read its folder after a minute");
  }

  @AfterAll
  void end() throws InterruptedException {
    if (server != null) {
      server.destroy();
      server.waitFor();
    }
  }

  private static Follow follow(Path program, String servers, Path cache) {
    return Follow.run(
            false,
            List.of("--call", "close"),
            List.of(program.toString()),
            Map.of("DEBUGINFOD_URLS", servers, "DEBUGINFOD_CACHE_PATH", cache.toString()))
        .orFail();
  }

  /// What elfutils' client prints: the path of the file in the cache.
  private Path find(String servers, Path cache, String kind, String... source) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("env", "DEBUGINFOD_URLS=" + servers, "DEBUGINFOD_CACHE_PATH=" + cache));
    command.addAll(List.of("debuginfod-find", kind, buildId));
    command.addAll(List.of(source));
    return Path.of(Command.run(command.toArray(String[]::new)).orFail().strip());
  }

  /// The files of a cache with their permissions and contents; clean-up's own files and what was
  /// fetched for the C library are not compared.
  private List<String> kept(Path cache) throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve(buildId))) {
      List<String> kept = new ArrayList<>();
      for (Path each : files.sorted().toList()) {
        kept.add(
            each.getFileName()
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(each))
                + " "
                + java.util.Arrays.hashCode(Files.readAllBytes(each)));
      }
      return kept;
    }
  }

  @Test
  void bothClientsKeepTheSameFiles() throws IOException {
    Path ours = folder.resolve("ours");
    Path theirs = folder.resolve("theirs");
    Follow run = follow(program, address, ours);
    assertThat(run.out()).contains("close(77);").contains("remote.c:3");
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("the text is that which debuginfod has for this build");
    find(address, theirs, "debuginfo");
    find(address, theirs, "source", NAMED);
    assertThat(kept(ours)).hasSize(2).isEqualTo(kept(theirs));
  }

  @Test
  void elfutilsFindsWhatTraplineHasFetched() {
    Path cache = folder.resolve("filled-by-trapline");
    follow(program, address, cache);
    String nobody = "http://127.0.0.1:9";
    assertThat(find(nobody, cache, "debuginfo")).startsWith(cache);
    assertThat(find(nobody, cache, "source", NAMED)).startsWith(cache).hasContent(SOURCE);
  }

  @Test
  void traplineFindsWhatElfutilsHasFetched() {
    Path cache = folder.resolve("filled-by-elfutils");
    find(address, cache, "debuginfo");
    find(address, cache, "source", NAMED);
    assertThat(follow(program, "", cache).out()).contains("close(77);").contains("remote.c:3");
  }

  @Test
  void whatTheServerDoesNotHaveIsAPlaceAlone() throws IOException {
    Path lone = folder.resolve("lone");
    Path other =
        Programs.compile(
            Files.createDirectories(lone),
            "other",
            SOURCE,
            "-g",
            "-ffile-prefix-map=" + lone + "=/gone");
    Files.delete(lone.resolve("other.c"));
    Follow run = follow(other, address, folder.resolve("cache-of-lone"));
    assertThat(run.out()).contains("/gone/other.c:3").doesNotContain("close(77);");
    assertThat(run.out().replaceAll("[\\s│]+", " "))
        .contains("the source file is not at /gone/other.c, and no debuginfod server has it");
  }
}
