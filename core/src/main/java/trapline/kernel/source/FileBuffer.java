package trapline.kernel.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// An array that files are loaded into one after the other, so that reading a tree leaves no
/// garbage. Used by one thread.
final class FileBuffer {
  private static final Set<OpenOption> HOW =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  /// Most files of a kernel fit in.
  private static final int FIRST_SIZE = 256 << 10;

  /// What is read at once: the virtual machine takes as much memory outside of its heap.
  private static final int PIECE = 1 << 20;

  private byte[] bytes = new byte[FIRST_SIZE];
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int length;

  /// Loads a file in place of the one before.
  ///
  /// @param size how long it was when it was found; what has been added since is left out
  /// @throws IOException when it cannot be opened or read
  void load(Path file, long size) throws IOException {
    if (size > bytes.length) {
      bytes = new byte[Math.max((int) size, Math.min(2 * bytes.length, PIECE))];
      view = ByteBuffer.wrap(bytes);
    }
    length = 0;
    view.clear();
    try (FileChannel channel = FileChannel.open(file, HOW)) {
      int got = 0;
      while (length < size && got >= 0) {
        view.limit((int) Math.min(size, length + PIECE));
        got = channel.read(view);
        length = view.position();
      }
    }
  }

  /// The file, in the first [#length] bytes.
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }
}
