package trapline.kernel;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Bytes that one thread writes, without the lock that the class above takes for each.
final class PlainBytes extends ByteArrayOutputStream {
  PlainBytes() {
    super(1 << 12);
  }

  @Override
  public void write(int octet) {
    room(1);
    buf[count++] = (byte) octet;
  }

  @Override
  public void write(byte[] from, int at, int length) {
    room(length);
    System.arraycopy(from, at, buf, count, length);
    count += length;
  }

  @Override
  public int size() {
    return count;
  }

  private void room(int length) {
    if (length > buf.length - count) {
      long wanted = Math.max((long) count + length, 2L * buf.length);
      buf = Arrays.copyOf(buf, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }
}
