package trapline.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file that is there whole or not at all: under another name in the same folder,
/// forced to the disk, then renamed (rename(2)). What cannot be written leaves nothing behind.
final class AtomicFile {
  /// How the names of unfinished files end.
  static final String UNFINISHED = ".part";

  private AtomicFile() {}

  /// @param file where it is to be; a symbolic link there is followed
  static void write(Path file, byte[]... parts) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path part =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + UNFINISHED);
    boolean done = false;
    try {
      Files.deleteIfExists(part);
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        for (byte[] bytes : parts) {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          while (left.hasRemaining()) {
            channel.write(left);
          }
        }
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(part);
      }
    }
  }
}
