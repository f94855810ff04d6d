package trapline.linux.vm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;

/// Where the file of a guest's memory is: in memory where there is room, else in the guest's
/// working directory. QEMU opens it by its name, so the name lasts until then.
final class MemoryPlace implements Closeable {
  private static final Path IN_MEMORY = Path.of("/dev/shm");
  private static final String NAME = "memory";

  private final TemporaryDirectory work;

  /// `null` when it is the working directory.
  private final @Nullable TemporaryDirectory inMemory;

  private MemoryPlace(TemporaryDirectory work, @Nullable TemporaryDirectory inMemory) {
    this.work = work;
    this.inMemory = inMemory;
  }

  /// @throws GuestFailure when there is no room anywhere
  static MemoryPlace of(TemporaryDirectory work) throws IOException {
    if (Files.isDirectory(IN_MEMORY) && MemoryFile.fits(IN_MEMORY)) {
      try {
        return new MemoryPlace(work, TemporaryDirectory.in(IN_MEMORY));
      } catch (IOException e) {
        // Another place will do as well.
      }
    }
    if (MemoryFile.fits(work.path())) {
      return new MemoryPlace(work, null);
    }
    throw new GuestFailure(
        GuestFailure.Kind.FILES,
        work.path() + ": no room for the guest's memory of 512 MB (set TMPDIR)");
  }

  private PrivateDirectory directory() {
    return (inMemory == null ? work : inMemory).directory();
  }

  Path file() {
    return directory().file(NAME);
  }

  FileChannel create() throws IOException {
    return directory().create(NAME);
  }

  /// Removes the file's name, when it is still there.
  @Override
  public void close() throws IOException {
    if (inMemory != null) {
      inMemory.close();
    } else {
      Files.deleteIfExists(file());
    }
  }
}
