package trapline.linux.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes a file that is there whole or not at all: under another name in the same directory,
/// forced to the disk, then renamed (rename(2)). What cannot be written leaves nothing behind.
public final class WholeFile {
  /// How the names of unfinished files end.
  public static final String UNFINISHED = ".part";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private WholeFile() {}

  /// Writes a file for the user alone. A symbolic link at its place is replaced, not followed.
  ///
  /// @param file in a [PrivateDirectory]
  public static void write(Path file, byte[]... parts) throws IOException {
    Path part = part(file);
    try {
      try (FileChannel channel = PrivateFile.create(part)) {
        fill(channel, parts);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Writes a file that the user has named, readable as the umask says.
  ///
  /// @param file a symbolic link there is followed, unless somebody else could have put it there
  /// @throws UnsafePlace when somebody else could have put there what is there
  public static void writeNamed(Path file, byte[]... parts) throws IOException {
    Path target = OutputFile.target(file);
    Path part = part(target);
    try {
      Files.deleteIfExists(part);
      try (FileChannel channel =
          FileChannel.open(
              part,
              Set.of(
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE_NEW,
                  LinkOption.NOFOLLOW_LINKS))) {
        fill(channel, parts);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Path part(Path file) {
    String name =
        "."
            + file.getFileName()
            + "."
            + ProcessHandle.current().pid()
            + "."
            + COUNT.incrementAndGet();
    return file.resolveSibling(name + UNFINISHED);
  }

  private static void fill(FileChannel channel, byte[]... parts) throws IOException {
    for (byte[] bytes : parts) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
    channel.force(true);
  }
}
