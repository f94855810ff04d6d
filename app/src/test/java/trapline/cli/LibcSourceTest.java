package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.OtherUser;
import trapline.testing.Tools;

/// Which sources `trapline libc build` takes, and that it leaves nothing of those that it refuses.
/// The source looks like musl's and gets as far as to its `configure`.
@Tag("libc")
class LibcSourceTest {
  private static final int BAD_FILE = 6;
  private static final int NOT_BUILT = 8;
  private static final String NAME = "musl-1.2.2";
  private static final String CONFIGURE = "#!/bin/sh\necho 'configure: error: reached'\nexit 1\n";

  @TempDir static Path shared;
  private static Path tree;
  private static Path tarball;

  @TempDir Path folder;
  private LibcCli libc;

  @BeforeAll
  static void source() throws IOException {
    Tools.require("gcc", "make", "tar");
    tree = shared.resolve(NAME);
    Files.createDirectories(tree.resolve("src/internal"));
    Files.createDirectories(tree.resolve("arch/x86_64"));
    Files.writeString(tree.resolve("VERSION"), "1.2.2\n");
    Path configure = Files.writeString(tree.resolve("configure"), CONFIGURE);
    assertThat(configure.toFile().setExecutable(true)).isTrue();
    tarball = packed("--gzip", ".tar.gz");
  }

  private static Path packed(String how, String ending) {
    Path file = shared.resolve(NAME + ending);
    Command.run("tar", "-c", how, "-f", file.toString(), "-C", shared.toString(), NAME).orFail();
    return file;
  }

  @BeforeEach
  void command() {
    libc = new LibcCli(folder);
  }

  /// A directory with some of the machine's commands, for `PATH`.
  private Path commands(String... names) throws IOException {
    Path commands = Files.createDirectories(folder.resolve("bin"));
    for (String name : names) {
      String itself = Command.run("which", name).orFail().strip();
      Path file =
          Files.writeString(commands.resolve(name), "#!/bin/sh\nexec " + itself + " \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return commands;
  }

  private void assertNothingIsLeft() {
    assertThat(folder.resolve("data")).doesNotExist();
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void nothingIsLeftWithoutCompilerOrPackages() throws IOException {
    String[] words = {"build", tarball.toString()};
    libc.refused(NOT_BUILT, "no-such-cc: apt-get install gcc", Map.of("CC", "no-such-cc"), words);
    assertNothingIsLeft();
    String path = commands("gcc", "ld", "tar", "sh").toString();
    libc.refused(NOT_BUILT, "no make: apt-get install make", Map.of("PATH", path), words);
    assertNothingIsLeft();
  }

  @Test
  void nothingIsLeftOfWhatIsNoSourceOrHasNoPlace() throws IOException {
    Path other = shared.resolve("other.tar.gz");
    Command.run("tar", "-czf", other.toString(), "-C", tree.toString(), "VERSION", "src").orFail();
    libc.refused(BAD_FILE, "not the source of glibc or musl", Map.of(), "build", other.toString());
    assertNothingIsLeft();
    Files.writeString(Files.createDirectory(folder.resolve("full")).resolve("file"), "");
    String from = tarball.toString();
    libc.refused(BAD_FILE, "not empty", Map.of(), "build", from, "--prefix", "full");
    assertNothingIsLeft();
    libc.refused(BAD_FILE, "with blanks", Map.of(), "build", from, "--prefix", "new/a b");
    assertNothingIsLeft();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void anOccupiedPrefixIsSpokenOfAndNotTheName() throws IOException {
    Files.createDirectories(folder.resolve("data/trapline/libcs"));
    Path first = Files.createDirectory(folder.resolve("first"));
    registered(NAME, first);
    Files.writeString(Files.createDirectory(folder.resolve("full")).resolve("notes"), "");
    String said = occupied("no C library: it holds notes; give another", tree.toString(), "full");
    assertThat(said).contains("/full: ").doesNotContain("name");
    Path musl = LibcPrefixes.musl(folder.resolve("musl"));
    occupied("holds musl 1.2.3, which Trapline did not build; give another", NAME, "musl");
    String mark = "name=other\nkind=musl\nversion=1.2.3\nsource=/gone\norigin=it\ncflags=-O2\n";
    Files.writeString(musl.resolve(".trapline"), mark);
    registered("other", musl);
    said = occupied("holds musl 1.2.3 already; give another --prefix", tree.toString(), "musl");
    assertThat(said).endsWith(", or first: trapline libc remove other");
    Files.writeString(musl.resolve(".trapline"), mark.replace("1.2.3", "1.2.2"));
    occupied("built with CFLAGS -O2; give --name and another", tree.toString(), "musl");
    occupied("is the name of the library under " + first, tree.toString(), "new");
  }

  private String occupied(String reason, String source, String prefix) {
    return libc.refused(BAD_FILE, reason, Map.of(), "build", source, "--prefix", prefix);
  }

  private void registered(String name, Path prefix) throws IOException {
    Files.writeString(folder.resolve("data/trapline/libcs").resolve(name), prefix + "\n");
  }

  /// What is installed is run later, so nobody else may be able to exchange it.
  @Test
  void aPrefixThatOthersCouldExchangeIsRefused() throws IOException {
    OtherUser other = new OtherUser(shared);
    Path anothers = Files.createDirectory(folder.resolve("anothers"));
    other.give(anothers);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("new"));
    other.give(link);
    Path given = LibcPrefixes.musl(Files.createDirectory(folder.resolve("mine")).resolve("given"));
    other.give(given);
    assertExchangeable("anothers/new/prefix", tarball.toString(), "belongs to another user");
    assertExchangeable("mine/given", "musl-1.2.3", "belongs to another user");
    assertExchangeable("link", tarball.toString(), "is a symbolic link");
    assertThat(anothers).isEmptyDirectory();
  }

  private void assertExchangeable(String prefix, String source, String why) {
    String said = libc.refused(BAD_FILE, why, Map.of(), "build", source, "--prefix", prefix);
    assertThat(said).endsWith("give another --prefix");
    assertNothingIsLeft();
  }

  @Test
  void tarballsOfEveryFormGetAsFarAsConfiguring() {
    Tools.require("xz", "bzip2");
    Map<String, String> forms = Map.of("--xz", "xz", "--bzip2", "bz2", "--gzip", "gz");
    forms.forEach(
        (how, ending) -> {
          String file = packed(how, ".tar." + ending).toString();
          String said = "configuring musl 1.2.2 failed: reached";
          libc.refused(NOT_BUILT, said, Map.of(), "build", file, "--name", ending);
          assertThat(folder.resolve("data/trapline/libc-sources").resolve(ending)).isDirectory();
        });
  }

  @Test
  void aMissingDecompressorIsNamedWithItsPackage() throws IOException {
    Tools.require("bzip2");
    Map<String, String> path = Map.of("PATH", commands("gcc", "ld", "make").toString());
    String[] words = {"build", tarball.toString()};
    String said = libc.refused(NOT_BUILT, "tar is not installed", path, words);
    assertThat(said).endsWith("apt-get install tar");
    words[1] = packed("--bzip2", ".tar.bz2").toString();
    path = Map.of("PATH", commands("tar").toString());
    said = libc.refused(NOT_BUILT, "bzip2 is not installed", path, words);
    assertThat(said).endsWith("apt-get install bzip2");
    assertNothingIsLeft();
  }

  @Test
  void withoutANetworkTheReleasesAddressIsSaid() throws IOException {
    Tools.require("unshare");
    Tools.requireHost(
        Command.run("unshare", "-rn", "true").status() == 0,
        "leave to make a network namespace (unshare -rn)");
    List<String> command = new ArrayList<>(List.of("unshare", "-rn"));
    command.addAll(libc.command(withoutSources(), "build", "musl-1.2.2"));
    Command run = Command.runIn(folder, command);
    assertThat(run.err().lines().toList().getLast())
        .startsWith(
            "trapline: https://musl.libc.org/releases/musl-1.2.2.tar.gz: cannot be fetched (")
        .endsWith("give the file: trapline libc build musl-1.2.2.tar.gz");
    assertThat(run.status()).as(run.err()).isEqualTo(NOT_BUILT);
    assertNothingIsLeft();
  }

  /// An environment in which apt knows of no distribution.
  private Map<String, String> withoutSources() throws IOException {
    Path apt = folder.resolve("apt.conf");
    Files.writeString(
        apt, "Dir::Etc::sourcelist \"/dev/null\";\nDir::Etc::sourceparts \"/dev/null\";\n");
    return Map.of("APT_CONFIG", apt.toString());
  }

  @Test
  void aFetchedFileThatIsNoSourceIsNotKept() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("cache/trapline/libc-downloads"));
    Path page = Files.writeString(downloads.resolve("musl-1.1.24.tar.gz"), "<html>");
    String hash = "b7d082ee12e91b756ea22e8513b8594eebcf5d39fab813da3cb55794dc888ad7";
    String[] words = {"build", "--sha256", hash, "musl-1.1.24"};
    libc.refused(BAD_FILE, "neither a directory nor", withoutSources(), words);
    assertThat(page).doesNotExist();
  }

  /// What is built of a source runs, so it has to be the one that was meant.
  @Test
  void aSourceWithoutAKnownHashIsRefused() throws IOException {
    String[] unknown = {"build", "musl-1.1.24"};
    assertThat(libc.refused(BAD_FILE, "does not know", withoutSources(), unknown))
        .contains("this release's SHA-256", "--sha256 HEX");
    Path file = Files.writeString(folder.resolve("musl.tar.gz"), "some file");
    String[] other = {"build", "--sha256", "0".repeat(64), file.toString()};
    libc.refused(BAD_FILE, "is another file than was named", withoutSources(), other);
    assertNothingIsLeft();
  }

  @Test
  void nothingIsWrittenThroughLinks() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (String target : List.of(elsewhere.toString(), "../../../../elsewhere")) {
      Path work = Files.createDirectories(folder.resolve("work/x"));
      Files.writeString(work.resolve("file"), "");
      Files.createSymbolicLink(shared.resolve("x"), Path.of(target));
      Path archive = folder.resolve("links.tar");
      Command.run("tar", "-cf", archive.toString(), "-C", shared.toString(), NAME, "x").orFail();
      Command.run("tar", "-rf", archive.toString(), "-C", work.getParent().toString(), "x/file")
          .orFail();
      Command.run("gzip", archive.toString()).orFail();
      String said =
          "outside of its own directory (x/file, through a symbolic link); nothing of it was kept";
      libc.refused(BAD_FILE, said, Map.of(), "build", archive + ".gz");
      assertThat(elsewhere).isEmptyDirectory();
      assertNothingIsLeft();
      Files.delete(shared.resolve("x"));
      Files.delete(Path.of(archive + ".gz"));
    }
  }

  @Test
  void anArchivesLinksAreNotTakenForItsOwnFiles() throws IOException {
    Path top = Files.createSymbolicLink(folder.resolve("top"), tree);
    Path archive = folder.resolve("top.tar.gz");
    Command.run("tar", "-czf", archive.toString(), "-C", folder.toString(), "top").orFail();
    libc.refused(BAD_FILE, "not the source of", Map.of(), "build", archive.toString());
    assertNothingIsLeft();
    assertThat(tree.resolve(".trapline-source")).doesNotExist();
    Files.delete(top);
    Path others = Files.writeString(folder.resolve("others"), "as it was");
    Path stamp = Files.createSymbolicLink(tree.resolve(".trapline-source"), others);
    Path stamped = packed("--gzip", "-stamped.tar.gz");
    Files.delete(stamp);
    libc.refused(NOT_BUILT, "reached", Map.of(), "build", stamped.toString());
    assertThat(others).hasContent("as it was");
  }

  @Test
  void nothingIsLeftWhereThereIsTooLittleRoom() throws IOException {
    Tools.require("unshare");
    String small = "mount -t tmpfs -o size=4m none ";
    Files.createDirectory(folder.resolve("small"));
    Files.createDirectory(folder.resolve("cache"));
    Tools.requireHost(
        Command.runIn(folder, List.of("unshare", "-rm", "sh", "-c", small + "small")).status() == 0,
        "leave to mount in a namespace of one's own (unshare -rm)");
    for (String place : List.of("cache", "small")) {
      String script =
          small
              + place
              + " && \"$@\"; status=$?; find "
              + place
              + " -mindepth 1 >left; exit $status";
      List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, "sh"));
      command.addAll(
          libc.command(Map.of(), "build", tarball.toString(), "--prefix", "small/new/prefix"));
      Command run = Command.runIn(folder, command);
      assertThat(run.err()).contains("are free on this disk", "make room").hasLineCount(1);
      assertThat(run.status()).isEqualTo(NOT_BUILT);
      assertThat(folder.resolve("left")).isEmptyFile();
      assertThat(folder.resolve("data")).doesNotExist();
      assertThat(folder.resolve("cache")).isEmptyDirectory();
    }
  }
}
