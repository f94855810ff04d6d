package trapline.linux.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive in the `newc` format that the kernel unpacks as its first file system
/// (`Documentation/driver-api/early-userspace/buffer-format.rst`).
final class CpioWriter {
  static final int FOLDER = 0040000;
  static final int FILE = 0100000;
  static final int LINK = 0120000;

  /// The largest size that its eight hexadecimal digits hold and a reader takes for positive.
  private static final long MAX_SIZE = Integer.MAX_VALUE;

  /// What an entry says of a file besides its name and contents.
  ///
  /// @param mode type and permissions, as in `st_mode`
  /// @param time of the last change, seconds since 1970
  record Entry(int mode, int userId, int groupId, long time) {}

  private final OutputStream out;
  private int inode;
  private long written;

  CpioWriter(OutputStream out) {
    this.out = out;
  }

  /// How many bytes the archive has so far.
  long size() {
    return written;
  }

  /// Adds an entry whose contents are at hand: a file, a symbolic link's target, or none.
  ///
  /// @param name absolute or relative; the archive's names have no slash in front
  void add(String name, Entry entry, byte[] contents) throws IOException {
    header(name, entry, contents.length);
    write(contents);
    pad();
  }

  /// Adds a file that is read while it is written.
  ///
  /// @param size its size. When it is shorter by now zeros stand for the rest; when it is longer
  ///     the rest is left out
  void add(String name, Entry entry, long size, InputStream contents) throws IOException {
    header(name, entry, size);
    byte[] buffer = new byte[1 << 16];
    long left = size;
    while (left > 0) {
      int got = contents.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (got < 0) {
        java.util.Arrays.fill(buffer, (byte) 0);
        got = (int) Math.min(buffer.length, left);
      }
      out.write(buffer, 0, got);
      written += got;
      left -= got;
    }
    pad();
  }

  /// Writes the entry that closes the archive.
  void finish() throws IOException {
    header("TRAILER!!!", new Entry(0, 0, 0, 0), 0);
    pad();
    out.flush();
  }

  private void header(String path, Entry entry, long size) throws IOException {
    if (size > MAX_SIZE) {
      throw new IOException(path + " has " + size + " bytes, more than the archive's format holds");
    }
    byte[] name =
        (path.startsWith("/") ? path.substring(1) : path).getBytes(StandardCharsets.UTF_8);
    long[] fields = {
      ++inode,
      entry.mode(),
      entry.userId(),
      entry.groupId(),
      1,
      entry.time(),
      size,
      0,
      0,
      0,
      0,
      name.length + 1,
      0
    };
    StringBuilder header = new StringBuilder("070701");
    for (long field : fields) {
      String digits = Long.toHexString(field & 0xffff_ffffL);
      header.repeat('0', 8 - digits.length()).append(digits);
    }
    write(header.toString().getBytes(StandardCharsets.US_ASCII));
    write(name);
    write(new byte[1]);
    pad();
  }

  private void pad() throws IOException {
    write(new byte[(int) (-written & 3)]);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }
}
