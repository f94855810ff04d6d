package trapline.libc.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.libc.Libc;
import trapline.testing.PretendServer;

/// Tarballs of releases, fetched from a server.
@Tag("unit")
class ReleaseTest {
  private static final byte[] CONTENT = "a tarball".repeat(20_000).getBytes();

  @TempDir Path directory;
  private final List<String> said = new ArrayList<>();
  private PretendServer server;
  private long announced = CONTENT.length;

  private final BuildListener listener =
      new BuildListener() {
        @Override
        public void say(String line) {
          said.add(line);
        }

        @Override
        public void at(String what, long done, long total) {}

        @Override
        public void bytes(String what, long done, long total) {
          assertThat(done).isPositive();
        }
      };

  private String hash = hashOf(CONTENT);

  private static String hashOf(byte[] content) {
    try {
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(content);
      return java.util.HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server =
        new PretendServer(
            exchange -> {
              if (exchange.getRequestURI().getPath().equals("/musl-1.2.3.tar.gz")) {
                exchange.sendResponseHeaders(200, announced);
                exchange.getResponseBody().write(CONTENT);
              } else {
                PretendServer.status(404).give(exchange);
              }
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private URI at(String name) {
    return URI.create(server.address() + "/" + name);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private String refused(String name) throws IOException {
    LibcBuildFailure failure =
        catchThrowableOfType(
            LibcBuildFailure.class, () -> Release.fetch(at(name), hash, directory, listener));
    assertThat(left()).isEmpty();
    return failure.getMessage();
  }

  @Test
  void aReleaseComesWholeAndOnce() throws IOException {
    Path file = Release.fetch(at("musl-1.2.3.tar.gz"), hash, directory, listener);
    assertThat(Files.readAllBytes(file)).isEqualTo(CONTENT);
    server.close();
    assertThat(Release.fetch(at("musl-1.2.3.tar.gz"), hash, directory, listener)).isEqualTo(file);
    assertThat(said).containsExactly("using " + file + ", which was fetched before");
    assertThat(left()).containsExactly(file);
  }

  @Test
  void oneThatIsNotThereIsToldWithWhatToDo() throws IOException {
    assertThat(refused("musl-9.tar.gz"))
        .contains("/musl-9.tar.gz: cannot be fetched (the server says 404)")
        .contains("trapline libc build musl-9.tar.gz");
  }

  @Test
  void oneWithAnotherHashIsNotKept() throws IOException {
    hash = "0".repeat(64);
    assertThat(refused("musl-1.2.3.tar.gz"))
        .contains("cannot be fetched (it has another SHA-256 than 00");
  }

  /// One that was fetched before and is another file by now is fetched anew.
  @Test
  void oneThatHasChangedIsFetchedAnew() throws IOException {
    Path file = Release.fetch(at("musl-1.2.3.tar.gz"), hash, directory, listener);
    Files.writeString(file, "something else");
    assertThat(Release.fetch(at("musl-1.2.3.tar.gz"), hash, directory, listener)).isEqualTo(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(CONTENT);
    assertThat(said)
        .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .contains("is another file than was named: its SHA-256 is ", "; fetching it again");
  }

  /// A version whose hash is not known is refused before anything is fetched.
  @Test
  void hashesAreKnownOfSomeReleases() {
    assertThat(Release.hash(Libc.Kind.MUSL, "1.2.3")).hasSize(64);
    assertThat(Release.hash(Libc.Kind.MUSL, "0.0.1")).isEmpty();
    assertThat(Release.hash(Libc.Kind.GLIBC, "2.36")).startsWith("1c959fea");
    assertThat(Release.hash(Libc.Kind.GLIBC, "1.2.3")).isEmpty();
  }

  @Test
  void eachHashIsWholeAndOfOneRelease() {
    List<List<String>> rows = Table.rows("release-hashes.txt");
    assertThat(rows).allSatisfy(row -> assertThat(row.get(2)).matches("[0-9a-f]{64}"));
    assertThat(rows.stream().map(row -> row.subList(0, 2))).doesNotHaveDuplicates();
    assertThat(rows.stream().map(row -> row.get(2))).doesNotHaveDuplicates();
  }

  @Test
  void oneThatIsCutOffIsNotKept() throws IOException {
    announced = CONTENT.length + 10L;
    assertThat(refused("musl-1.2.3.tar.gz")).contains("cannot be fetched");
  }

  @Test
  void theirPlacesAreTheProjects() {
    assertThat(Release.location(Libc.Kind.GLIBC, "2.27").toString()).endsWith("/glibc-2.27.tar.xz");
    assertThat(Release.location(Libc.Kind.MUSL, "1.2.3").toString()).endsWith("/musl-1.2.3.tar.gz");
  }
}
