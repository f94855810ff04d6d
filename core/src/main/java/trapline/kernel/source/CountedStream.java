package trapline.kernel.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Counts the bytes that come in, and takes their digest when they come only once.
final class CountedStream extends FilterInputStream {
  private final @Nullable MessageDigest digest;
  private long count;
  private boolean ended;

  CountedStream(InputStream in, boolean digested) {
    super(in);
    this.digest = digested ? ArchiveDigest.sha256() : null;
  }

  /// How many bytes have been read.
  long count() {
    return count;
  }

  /// Of all bytes so far, once.
  String sha256() {
    return digest == null ? "" : HexFormat.of().formatHex(digest.digest());
  }

  /// [java.util.zip.GZIPInputStream] looks for a further member only when this is not 0, and a pipe
  /// cannot tell.
  @Override
  public int available() {
    return ended ? 0 : 1;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int got = in.read(into, offset, length);
    if (got < 0) {
      ended = true;
    } else {
      count += got;
      if (digest != null) {
        digest.update(into, offset, got);
      }
    }
    return got;
  }
}
