package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.OtherUser;

/// Another user has been where Trapline writes before it.
@Tag("host")
class SharedPlacesTest {
  private static final String C = "int main(void) { return 0; }\n";

  @TempDir private Path folder;
  private OtherUser other;

  @BeforeEach
  void prepare() throws IOException {
    other = new OtherUser(folder);
    TrainingTree.commands(folder);
    Files.writeString(folder.resolve("p.c"), C);
  }

  private Path shared(String name, String mode) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    Command.run("chmod", mode, made.toString()).orFail();
    return made;
  }

  private Command run(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(Cli.command(arguments));
    return Command.runIn(folder, command);
  }

  private static void refused(Command run, int status, String... why) {
    assertThat(run.status()).as(run.err()).isEqualTo(status);
    assertThat(run.err()).startsWith("trapline: ").contains(why).hasLineCount(1);
  }

  @Test
  void anothersCacheIsNotUsed() throws IOException {
    Path cache = shared("cache", "0755");
    Path own = Files.createDirectory(cache.resolve("trapline"));
    other.give(own);
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
    refused(run(environment, "index", "tree"), 6, own + ": belongs to another user (65000)");
    refused(
        run(environment, "why", "--observe", "vm", "--guest-kernel", deb(), "/bin/true"),
        7,
        own + ": belongs to another user (65000)");
    assertThat(own).isEmptyDirectory();
  }

  private static String deb() {
    return CloudKernels.series("6.12").toString();
  }

  @Test
  void aCacheThatIsALinkIsNotFollowed() throws IOException {
    Path cache = shared("cache", "0755");
    Path victim = shared("victim", "0755");
    Files.createSymbolicLink(cache.resolve("trapline"), victim);
    refused(
        run(Map.of("XDG_CACHE_HOME", cache.toString()), "index", "tree"), 6, "is a symbolic link");
    assertThat(victim).isEmptyDirectory();
  }

  @Test
  void rootDoesNotWriteIntoAnothersHome() throws IOException {
    Path home = shared("home", "0700");
    other.give(home);
    Command run =
        Command.runIn(
            folder,
            Stream.concat(
                    Stream.of("env", "-u", "XDG_CACHE_HOME", "SUDO_USER=x", "HOME=" + home),
                    Cli.command("index", "tree").stream())
                .toList());
    refused(run, 6, home + " belongs to another user (65000)", "sudo -H");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void rootDoesNotUseLibrariesThatAnotherHasRegistered() throws IOException {
    Path data = shared("data", "0755");
    Path registry = Files.createDirectories(data.resolve("trapline/libcs"));
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve(".trapline"), "name=evil\nkind=musl\n");
    Files.writeString(registry.resolve("evil"), kept + "\n");
    other.give(data.resolve("trapline"));
    Map<String, String> environment = Map.of("XDG_DATA_HOME", data.toString());
    refused(run(environment, "libc", "remove", "evil"), 6, "belongs to another user (65000)");
    assertThat(kept.resolve(".trapline")).exists();
  }

  @Test
  void aPlaceForTemporaryFilesThatOthersCanExchangeIsRefused() throws IOException {
    Path open = shared("open", "0777");
    refused(
        run(Map.of("TMPDIR", open.toString()), "follow", "p.c"), 3, open + " can be written by");
    refused(
        run(Map.of("TMPDIR", folder.resolve("none").toString()), "follow", "p.c"),
        3,
        "TMPDIR names no directory");
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void outputDoesNotGoThroughAnothersLink() throws IOException {
    Path open = shared("open", "1777");
    Path victim = Files.writeString(folder.resolve("victim"), "whole");
    Path link = Files.createSymbolicLink(open.resolve("out"), victim);
    other.give(link);
    Path pipe = open.resolve("pipe");
    Command.run("mkfifo", pipe.toString()).orFail();
    other.give(pipe);
    for (Path each : List.of(link, pipe)) {
      refused(
          run(Map.of(), "follow", "-o", each.toString(), "/bin/true"),
          6,
          "another user (65000) has put there");
      refused(run(Map.of(), "index", "tree", "--force", "-o", each.toString()), 6, each.toString());
    }
    assertThat(victim).hasContent("whole");
  }

  /// A guest's files lie in a fresh directory, however long its path is, and whatever lies around
  // it.
  @Test
  void aGuestRunsWhereOthersHaveBeen() throws IOException {
    String image = deb();
    Path temporary = shared("t".repeat(150), "1777");
    Path victim = shared("victim", "0755");
    Files.writeString(victim.resolve("lock"), "whole");
    Path trap = Files.createSymbolicLink(temporary.resolve("trapline-guests-root"), victim);
    other.give(trap);
    Path left = Files.createDirectory(temporary.resolve("trapline-1-1-1-1"));
    Files.createSymbolicLink(left.resolve("x"), victim);
    other.give(left);
    Path cache = Files.createSymbolicLink(folder.resolve("c".repeat(120)), realCache());
    Map<String, String> environment =
        Map.of(
            "TMPDIR", temporary.toString(),
            "XDG_RUNTIME_DIR", temporary.toString(),
            "XDG_CACHE_HOME", cache.toString());
    Command run =
        run(
            environment,
            "why",
            "--observe",
            "vm",
            "--guest-kernel",
            image,
            "--nth",
            "1",
            "ls",
            "/none");
    assertThat(run.out()).as(run.err()).contains("said ENOENT first");
    assertThat(victim.resolve("lock")).hasContent("whole");
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files).containsExactlyInAnyOrder(trap, left);
    }
  }

  private static Path realCache() {
    String xdg = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), "");
    return xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
  }

  @Test
  void anotherUserWorksInPlacesOfItsOwnAndIsToldOfOthers() throws IOException {
    List<String> java = other.java(Cli.command());
    Path own = shared("own", "0700");
    other.give(own);
    Command.run("chmod", "-R", "a+rX", folder.resolve("tree").toString()).orFail();
    Path roots = shared("roots", "0755");
    assertThat(asOther(java, own, "index", "tree").status()).isZero();
    assertThat(asOther(java, own, "follow", "p.c").status()).isZero();
    refused(asOther(java, roots, "index", "tree"), 6, roots + "/trapline: permission denied");
    refused(
        asOther(java, roots, "follow", "p.c"), 3, "no place to compile it in", "permission denied");
    try (Stream<Path> files = Files.list(own)) {
      assertThat(files).containsExactly(own.resolve("trapline"));
    }
    assertThat(roots).isEmptyDirectory();
  }

  private Command asOther(List<String> java, Path place, String... arguments) {
    List<String> command = new ArrayList<>(other.words());
    command.addAll(List.of("env", "XDG_CACHE_HOME=" + place, "TMPDIR=" + place));
    command.addAll(java);
    command.addAll(List.of(arguments));
    return Command.runIn(folder, command);
  }
}
