package trapline.linux.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;

/// Locks, as flock(1) of another process sees them.
@Tag("host")
class HeldLockTest {
  @TempDir private Path folder;

  private boolean isFree(Path file) {
    return Command.run("flock", "-n", file.toString(), "true").status() == 0;
  }

  @Test
  void aLockLastsWhateverIsDoneWithItsFile() throws IOException {
    Path file = folder.resolve("lock");
    try (HeldLock lock = HeldLock.tryTake(file)) {
      assertThat(lock).isNotNull();
      lock.touch();
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      Files.newInputStream(file).close();
      assertThat(HeldLock.tryTake(file)).isNull();
      assertThat(isFree(file)).isFalse();
    }
    assertThat(isFree(file)).isTrue();
  }

  @Test
  void theSecondWaitsForAnotherProcess() throws Exception {
    Path file = folder.resolve("lock");
    Process other =
        new ProcessBuilder("flock", file.toString(), "sh", "-c", "echo held; read go").start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("held");
      assertThat(HeldLock.tryTake(file)).isNull();
      CountDownLatch waits = new CountDownLatch(1);
      Thread first =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      waits.await();
                      other.outputWriter().append("go\n").close();
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      try (HeldLock lock = HeldLock.take(file, waits::countDown)) {
        assertThat(waits.getCount()).isZero();
        assertThat(isFree(file)).isFalse();
      }
      first.join();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aLockOfAFileThatHasGoneIsNone() throws IOException {
    Path file = folder.resolve("lock");
    try (HeldLock lock = HeldLock.tryTake(file)) {
      assertThat(lock).isNotNull();
      Files.delete(file);
      try (HeldLock next = HeldLock.tryTake(file)) {
        assertThat(next).isNotNull();
        assertThat(file).exists();
      }
    }
  }
}
