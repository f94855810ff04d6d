package trapline.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream whose bytes all pass through [#read(byte[], int, int)], also those that are skipped or
/// read one by one: so that checksums are compared and bounds hold.
public abstract class ReadThroughStream extends FilterInputStream {
  private final byte[] scrap = new byte[1 << 13];

  /// @param in what is read
  protected ReadThroughStream(InputStream in) {
    super(in);
  }

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] into, int offset, int length) throws IOException;

  @Override
  public final long skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      int got = read(scrap, 0, (int) Math.min(scrap.length, left));
      if (got < 0) {
        break;
      }
      left -= got;
    }
    return count - left;
  }
}
