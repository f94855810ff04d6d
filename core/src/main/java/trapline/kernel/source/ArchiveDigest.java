package trapline.kernel.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The SHA-256 of a file, taken on a thread of its own while others unpack it: the blocks of an .xz
/// file are not read in order.
final class ArchiveDigest implements AutoCloseable {
  private final FutureTask<String> task;
  private volatile boolean closed;

  private ArchiveDigest(FileChannel channel) {
    this.task = new FutureTask<>(() -> digest(channel));
  }

  static ArchiveDigest of(FileChannel channel) {
    ArchiveDigest digest = new ArchiveDigest(channel);
    Thread.ofPlatform().daemon().name("digest").start(digest.task);
    return digest;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private String digest(FileChannel channel) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 17);
    long at = 0;
    while (!closed) {
      int got = channel.read(buffer.clear(), at);
      if (got < 0) {
        break;
      }
      at += got;
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Waits for it.
  ///
  /// @return hexadecimal digits
  String await() throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
