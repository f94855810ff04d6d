package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.sys.Kernel;
import trapline.testing.Command;

/// Where Trapline writes, and where it does not because others could be there before it.
@Tag("host")
class PrivateDirectoryTest {
  private static final int STRANGER = 65_000;

  @TempDir private Path folder;

  private static void mode(Path path, String mode) {
    Command.run("chmod", mode, path.toString());
  }

  private static void give(Path path) {
    assumeTrue(new Kernel().effectiveUser() == 0, "only root can give files to another user");
    Command.run("chown", "-h", Integer.toString(STRANGER), path.toString());
  }

  private void refused(Path base, String why, String... own) {
    assertThatThrownBy(() -> PrivateDirectory.make(base, own))
        .isInstanceOf(UnsafePlace.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void whatIsMadeIsForTheUserAlone() throws IOException {
    PrivateDirectory made = PrivateDirectory.make(folder.resolve("a/b"), "own", "deeper");
    assertThat(made.path()).isEqualTo(folder.toRealPath().resolve("a/b/own/deeper"));
    for (Path each = made.path(); !each.equals(folder.toRealPath()); each = each.getParent()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwx------");
    }
    made.write("file", new byte[] {1}, new byte[] {2});
    assertThat(Files.readAllBytes(made.regular("file"))).containsExactly(1, 2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.file("file"))))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsThereIsNotMadeByLooking() throws IOException {
    assertThat(PrivateDirectory.existing(folder, "own")).isEmpty();
    assertThat(folder.resolve("own")).doesNotExist();
    PrivateDirectory.make(folder, "own");
    assertThat(PrivateDirectory.existing(folder, "own")).isPresent();
  }

  @Test
  void aDirectoryOfOursThatOthersCanWriteToIsRefused() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    for (String mode : new String[] {"0770", "0707", "1777", "0720"}) {
      mode(own, mode);
      refused(folder, "others can write to it", "own");
      refused(folder, "others can write to it", "own", "deeper");
    }
    mode(own, "0755");
    assertThat(PrivateDirectory.make(folder, "own")).isNotNull();
  }

  @Test
  void anothersDirectoryIsRefused() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    give(own);
    refused(folder, "belongs to another user (65000), not to you", "own");
    refused(own, "belongs to another user (65000), who could replace", "deeper");
  }

  @Test
  void aLinkInPlaceOfADirectoryOfOursIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("own"), elsewhere);
    refused(folder, "is a symbolic link", "own");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aLinkOnTheWayIsFollowedWhenItIsTheUsers() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path link =
        Files.createSymbolicLink(folder.resolve("link"), Path.of("./elsewhere/../elsewhere"));
    assertThat(PrivateDirectory.make(link, "own").path())
        .isEqualTo(elsewhere.toRealPath().resolve("own"));
    give(link);
    refused(link, "is a symbolic link of another user (65000)", "own");
  }

  @Test
  void linksThatLeadToThemselvesEnd() throws IOException {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, link);
    refused(link, "too many symbolic links", "own");
  }

  @Test
  void aWayThatOthersCouldExchangeIsRefused() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    mode(open, "0777");
    refused(open, "can be written by others", "own");
    refused(open.resolve("between"), "can be written by others", "own");
    mode(open, "1777"); // as /tmp is
    assertThat(PrivateDirectory.make(open, "own")).isNotNull();
  }

  @Test
  void inASharedPlaceAnothersDirectoryIsRefused() throws IOException {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    mode(shared, "1777");
    Path own = Files.createDirectory(shared.resolve("own"));
    give(own);
    refused(shared, "belongs to another user", "own");
    refused(shared.resolve("own"), "belongs to another user", "deeper");
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Files.createFile(folder.resolve("own"));
    assertThatThrownBy(() -> PrivateDirectory.make(folder, "own"))
        .isInstanceOf(NotDirectoryException.class);
  }

  @Test
  void filesTakeThePlaceOfWhatIsThereAndNeverGoThroughIt() throws IOException {
    PrivateDirectory own = PrivateDirectory.make(folder, "own");
    Path victim = Files.writeString(folder.resolve("victim"), "whole");
    for (String name : new String[] {"written", "created", "empty"}) {
      Files.createSymbolicLink(own.file(name), victim);
    }
    own.write("written", "new".getBytes());
    own.create("created").close();
    own.empty("empty");
    assertThat(victim).hasContent("whole");
    for (String name : new String[] {"written", "created", "empty"}) {
      assertThat(Files.isRegularFile(own.file(name), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
    Files.createSymbolicLink(own.file("appended"), victim);
    assertThatThrownBy(() -> own.append("appended")).isInstanceOf(UnsafePlace.class);
    assertThat(victim).hasContent("whole");
  }

  @Test
  void whatIsNoRegularFileIsNotWaitedFor() throws IOException {
    PrivateDirectory own = PrivateDirectory.make(folder, "own");
    Command.run("mkfifo", own.file("lock").toString());
    assertThatThrownBy(() -> HeldLock.tryTake(own.file("lock"))).isInstanceOf(UnsafePlace.class);
    assertThatThrownBy(() -> own.regular("lock")).isInstanceOf(UnsafePlace.class);
    assertThatThrownBy(() -> own.append("lock")).isInstanceOf(UnsafePlace.class);
    assertThatThrownBy(() -> own.regular("none")).isInstanceOf(NoSuchFileException.class);
    assertThat(own.has("lock")).isFalse();
    Files.createSymbolicLink(own.file("link"), folder.resolve("made"));
    assertThatThrownBy(() -> HeldLock.tryTake(own.file("link"))).isInstanceOf(UnsafePlace.class);
    assertThat(folder.resolve("made")).doesNotExist();
  }

  @Test
  void temporaryDirectoriesAreFreshAndLeftOnesGo() throws IOException {
    mode(folder, "1777");
    Path left = Files.createDirectory(folder.resolve("trapline-1-1-" + namespace() + "-1"));
    Files.createSymbolicLink(left.resolve("link"), Path.of("/etc"));
    Files.createDirectories(left.resolve("deep/er"));
    Path foreign = Files.createDirectory(folder.resolve("trapline-1-1-" + namespace() + "-2"));
    mode(foreign, "0777");
    Path other = Files.createDirectory(folder.resolve("trapline-notes"));
    try (TemporaryDirectory one = TemporaryDirectory.in(folder);
        TemporaryDirectory two = TemporaryDirectory.in(folder)) {
      assertThat(one.path()).isNotEqualTo(two.path()).isDirectory();
      assertThat(left).doesNotExist();
      assertThat(foreign).exists(); // others could have put something in it to lead astray
      assertThat(other).exists();
      one.directory().write("file", new byte[1]);
    }
    assertThat(Path.of("/etc/passwd")).exists();
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactlyInAnyOrder(foreign, other);
    }
  }

  private static String namespace() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().replaceAll("\\D", "");
  }

  @Test
  void treesAreRemovedWithoutLeavingThem() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
    Path kept = Files.writeString(folder.resolve("kept"), "kept");
    Files.createSymbolicLink(tree.resolve("up"), folder);
    Files.createLink(tree.resolve("hard"), kept);
    assertThat(FileTree.delete(folder.resolve("tree"))).isTrue();
    assertThat(folder.resolve("tree")).doesNotExist();
    assertThat(kept).hasContent("kept");
    assertThat(FileTree.delete(folder.resolve("none"))).isTrue();
  }
}
