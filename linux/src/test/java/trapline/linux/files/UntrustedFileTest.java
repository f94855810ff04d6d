package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Command;

/// Files that somebody else named.
@Tag("host")
class UntrustedFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/kmsg",
        "/proc/self/mem",
        "/proc/self/ns/mnt",
        "/sys/kernel/notes",
        "/proc/self/environ"
      })
  void interfacesOfTheKernelAreNotOpened(String name) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.c"), Path.of(name));
    for (Path path : new Path[] {Path.of(name), link}) {
      assertThatThrownBy(() -> UntrustedFile.open(path))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("part of the kernel's");
    }
  }

  @Test
  void onlyRegularFilesAreOpened() throws IOException {
    Path pipe = folder.resolve("pipe");
    Command.run("mkfifo", pipe.toString()).orFail();
    for (Path path : new Path[] {pipe, Path.of("/dev/zero"), folder}) {
      assertThatThrownBy(() -> UntrustedFile.open(path)).hasMessageContaining("not a regular file");
    }
    assertThatThrownBy(() -> UntrustedFile.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileIsReadUpToItsSize() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "contents");
    try (UntrustedFile open = UntrustedFile.open(file)) {
      Files.delete(file);
      assertThat(new String(open.read(100))).isEqualTo("contents");
      assertThat(new String(open.read(3))).isEqualTo("con");
    }
  }

  @Test
  void whatNotEverybodyMayReadIsQuotedFromChosenDirectoriesOnly() throws IOException {
    Path chosen = Files.createDirectory(folder.resolve("chosen")).toRealPath();
    Path open = Files.writeString(folder.resolve("open"), "");
    Path secret = Files.writeString(folder.resolve("secret"), "");
    Path own = Files.writeString(chosen.resolve("own"), "");
    Path link = Files.createSymbolicLink(chosen.resolve("link"), secret);
    for (Path each : new Path[] {secret, own}) {
      Command.run("chmod", "0640", each.toString()).orFail();
    }
    assertThat(isQuoted(open, chosen)).isTrue();
    assertThat(isQuoted(own, chosen)).isTrue();
    assertThat(isQuoted(secret, chosen)).isFalse();
    assertThat(isQuoted(link, chosen)).isFalse();
    Path hard = Files.createLink(chosen.resolve("hard"), secret);
    assertThat(isQuoted(hard, chosen)).isFalse();
  }

  private static boolean isQuoted(Path file, Path chosen) throws IOException {
    try (UntrustedFile open = UntrustedFile.open(file)) {
      return open.mayBeQuoted(Set.of(chosen));
    }
  }

  @Test
  void whatHangsIsLeftAlone() throws Exception {
    Patience patience = new Patience(1);
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger tries = new AtomicInteger();
    Patience.Look<String> hangs =
        path -> {
          tries.incrementAndGet();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "";
        };
    assertThat(new Patience(600_000).<String>await(folder, Path::toString))
        .isEqualTo(folder.toString());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> patience.await(folder, hangs))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("does not answer within");
    }
    int tried = tries.get();
    assertThatThrownBy(() -> patience.await(folder, hangs)).hasMessageContaining("not tried");
    assertThat(tries.get()).isEqualTo(tried);
    never.countDown();
  }
}
