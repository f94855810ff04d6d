package trapline.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import trapline.model.MalformedBinary;

/// Reads a tar archive from front to back: POSIX ustar and pax headers (IEEE Std 1003.1, `pax`),
/// GNU long names and base-256 sizes (GNU tar manual, "Basic Tar Format"). Only regular files are
/// offered; links, devices and directories are passed over.
public final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 64 << 10;

  private final String file;
  private final InputStream in;
  private final byte[] header = new byte[BLOCK];
  private final byte[] scrap = new byte[32 << 10];

  /// Bytes of the archive read so far.
  private long position;

  /// What is left of the present file and of its padding.
  private long remaining;

  private long padding;
  private String name = "";
  private long size;
  private String first = "";

  /// @param file the archive's name, for messages
  public TarReader(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /// Moves to the next regular file.
  ///
  /// @return `false` at the archive's end
  /// @throws MalformedBinary when a header is wrong or the archive ends inside a file
  public boolean next() throws IOException {
    String longName = "";
    long longSize = -1;
    while (true) {
      skip(remaining + padding);
      remaining = 0;
      padding = 0;
      if (!header()) {
        return false;
      }
      long length = number(124, 12);
      char type = (char) (header[156] & 0xff);
      size = longSize >= 0 && type != 'x' && type != 'L' ? longSize : length;
      remaining = hasBody(type) ? size : 0;
      padding = -remaining & (BLOCK - 1);
      switch (type) {
        case 'x' -> {
          Pax pax = pax();
          longName = pax.path.isEmpty() ? longName : pax.path;
          longSize = pax.size >= 0 ? pax.size : longSize;
        }
        case 'L' -> longName = cString(small(), 0, MAX_NAME);
        case 'g', 'K' -> {}
        default -> {
          name = longName.isEmpty() ? shortName() : longName;
          noteFirst(name);
          longName = "";
          longSize = -1;
          if (type == '0' || type == 0 || type == '7') {
            return true;
          }
        }
      }
    }
  }

  /// The file's path in the archive.
  public String name() {
    return name;
  }

  /// The first entry's path below `./`, whatever it is; empty before there was one.
  public String first() {
    return first;
  }

  /// The file's size in bytes.
  public long size() {
    return size;
  }

  /// The file's bytes; once for each file, and only when its size fits the caller's bounds.
  public byte[] content() throws IOException {
    byte[] content = read((int) remaining);
    remaining = 0;
    return content;
  }

  private void noteFirst(String entry) {
    String plain = entry.startsWith("./") ? entry.substring(2) : entry;
    if (first.isEmpty() && !plain.equals(".")) {
      first = plain;
    }
  }

  /// Links, devices, directories and pipes have no data, whatever their header says of a size.
  private static boolean hasBody(char type) {
    return type < '1' || type > '6';
  }

  /// @return `false` at the end, which two blocks of zeroes mark. A stream that ends before
  ///     them was cut off.
  private boolean header() throws IOException {
    int got = in.readNBytes(header, 0, BLOCK);
    if (got == 0) {
      throw malformed(
          position == 0 ? "an empty archive" : "the archive is cut off: its end mark is missing");
    }
    if (got < BLOCK) {
      throw malformed("the archive ends inside a header");
    }
    int sum = 0;
    boolean blank = true;
    for (int i = 0; i < BLOCK; i++) {
      int octet = header[i] & 0xff;
      blank &= octet == 0;
      sum += i >= 148 && i < 156 ? ' ' : octet;
    }
    if (blank) {
      return false;
    }
    if (number(148, 8) != sum) {
      throw malformed("no tar header: wrong checksum");
    }
    position += BLOCK;
    return true;
  }

  private String shortName() {
    String last = cString(header, 0, 100);
    boolean ustar = header[257] == 'u' && header[258] == 's' && header[262] == 0;
    String prefix = ustar ? cString(header, 345, 155) : "";
    return prefix.isEmpty() ? last : prefix + "/" + last;
  }

  /// An octal number, or a base-256 one when the first bit is set.
  private long number(int at, int length) {
    if ((header[at] & 0x80) != 0) {
      long value = 0;
      for (int i = at; i < at + length; i++) {
        int octet = i == at ? header[i] & 0x7f : header[i] & 0xff;
        if (value >> 47 != 0) {
          throw malformed("a size beyond 2^47");
        }
        value = value << 8 | octet;
      }
      return value;
    }
    long value = 0;
    for (int i = at; i < at + length; i++) {
      int c = header[i];
      if (c >= '0' && c <= '7') {
        value = value << 3 | (c - '0');
      } else if (c == 0 || c == ' ') {
        if (value != 0) {
          break;
        }
      } else {
        throw malformed("a header's number is not octal");
      }
    }
    return value;
  }

  private record Pax(String path, long size) {}

  /// Records `LENGTH KEY=VALUE\n`, the length counting itself.
  private Pax pax() throws IOException {
    byte[] data = small();
    String path = "";
    long fileSize = -1;
    int at = 0;
    while (at < data.length) {
      int length = 0;
      int digit = at;
      while (digit < data.length && data[digit] >= '0' && data[digit] <= '9' && length < MAX_NAME) {
        length = length * 10 + (data[digit++] - '0');
      }
      if (digit == at
          || digit >= data.length
          || data[digit] != ' '
          || length <= digit - at + 1
          || length > data.length - at) {
        throw malformed("a pax record of a wrong length");
      }
      String record = new String(data, digit + 1, at + length - digit - 2, StandardCharsets.UTF_8);
      if (record.startsWith("path=")) {
        path = record.substring(5);
      } else if (record.startsWith("size=")) {
        fileSize = decimal(record.substring(5));
      }
      at += length;
    }
    return new Pax(path, fileSize);
  }

  private long decimal(String text) {
    if (text.isEmpty() || text.length() > 14 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed("a pax size that is no number");
    }
    return Long.parseLong(text);
  }

  private byte[] small() throws IOException {
    if (remaining > MAX_NAME) {
      throw malformed("a name of " + remaining + " bytes");
    }
    return content();
  }

  private byte[] read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    position += bytes.length;
    if (bytes.length < length) {
      throw malformed("the archive ends inside " + (name.isEmpty() ? "its first file" : name));
    }
    return bytes;
  }

  private void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      int got = in.read(scrap, 0, (int) Math.min(scrap.length, left));
      if (got < 0) {
        throw malformed("the archive ends inside " + name);
      }
      left -= got;
      position += got;
    }
  }

  private static String cString(byte[] bytes, int at, int limit) {
    int end = at;
    while (end < bytes.length && end < at + limit && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, at, end - at, StandardCharsets.UTF_8);
  }

  private MalformedBinary malformed(String what) {
    return new MalformedBinary(file, position, what);
  }
}
