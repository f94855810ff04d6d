package trapline.archive;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import trapline.model.MalformedBinary;

/// A Debian package (deb(5)): an ar archive with a version, and tar archives of its control data
/// and of its files. Read from front to back, once.
///
/// That a package is whole is known when [#finish] has come to its end: only then may anything that
/// was read of it be kept.
public final class DebArchive {
  private static final String MAGIC = "!<arch>\n";
  private static final int HEADER = 60;
  private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;
  private static final int LONGEST_VERSION = 100;

  private final String name;
  private final InputStream in;
  private final ExpansionLimit limit;
  private long position;

  /// What is left of the member that is read.
  private long remaining;

  private long padding;

  /// Why the package could not be read, which is no damage of its data.
  private @Nullable IOException unread;

  private long unpacked;
  private long dataStart;
  private InputStream data = InputStream.nullInputStream();

  private DebArchive(String name, InputStream in, long most) {
    this.name = name;
    this.in = in;
    this.limit = new ExpansionLimit(most);
  }

  /// Reads up to the package's files.
  ///
  /// @param name for messages
  /// @param most how many bytes its files may unpack to
  /// @throws MalformedBinary when it is no package, or is cut off
  public static DebArchive open(String name, InputStream in, long most) throws IOException {
    DebArchive deb = new DebArchive(name, new BufferedInputStream(in, 1 << 16), most);
    byte[] magic = deb.read(MAGIC.length());
    if (!new String(magic, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw deb.malformed("not a Debian package");
    }
    String first = deb.member();
    if (!first.equals("debian-binary") || deb.remaining > LONGEST_VERSION) {
      throw deb.malformed("not a Debian package");
    }
    String version = new String(deb.read((int) deb.remaining), StandardCharsets.ISO_8859_1);
    if (!version.startsWith("2.")) {
      throw deb.malformed("a Debian package of another format: " + version.strip());
    }
    String member = deb.member();
    while (!member.startsWith("data.tar")) {
      if (member.isEmpty()) {
        throw deb.malformed("a Debian package without files");
      }
      member = deb.member();
    }
    deb.dataStart = deb.position;
    deb.data = deb.new Unpacked(deb.decompressor(member));
    return deb;
  }

  /// The tar archive of the package's files.
  public InputStream data() {
    return data;
  }

  /// Reads what is left of the package, so that all checksums on the way are compared and a cut is
  /// seen.
  ///
  /// @throws MalformedBinary when it is damaged or cut off
  public void finish() throws IOException {
    data.transferTo(java.io.OutputStream.nullOutputStream());
    while (!member().isEmpty()) {
      // Each is looked at for its end.
    }
  }

  private InputStream decompressor(String member) throws IOException {
    InputStream raw = new Member();
    try {
      return switch (member.substring("data.tar".length())) {
        case "" -> raw;
        case ".xz" -> new XZInputStream(raw, XZ_MEMORY_LIMIT_KIB);
        case ".gz" -> new GZIPInputStream(raw, 1 << 16);
        case ".zst" -> new ZstdJavaInputStream(raw);
        default -> throw malformed("its " + member + " is compressed in a way that is not read");
      };
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /// Moves to the next member.
  ///
  /// @return its name; empty at the package's end
  private String member() throws IOException {
    skip(remaining);
    if (padding > 0 && in.read() >= 0) { // the last member's may be left out
      position++;
    }
    padding = 0;
    byte[] header = in.readNBytes(HEADER);
    if (header.length == 0) {
      return "";
    }
    if (header.length < HEADER || header[58] != '`' || header[59] != '\n') {
      throw malformed(
          header.length < HEADER ? "the package is cut off" : "a member's header is damaged");
    }
    position += HEADER;
    String size = new String(header, 48, 10, StandardCharsets.ISO_8859_1).strip();
    if (!size.matches("\\d{1,10}")) {
      throw malformed("a member's size is no number");
    }
    remaining = Long.parseLong(size);
    padding = remaining & 1;
    String text = new String(header, 0, 16, StandardCharsets.ISO_8859_1).strip();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw malformed("the package is cut off");
    }
    position += count;
    remaining -= count;
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    position += bytes.length;
    remaining -= bytes.length;
    if (bytes.length < count) {
      throw malformed(position == 0 ? "an empty file" : "the package is cut off");
    }
    return bytes;
  }

  private MalformedBinary malformed(String what) {
    return new MalformedBinary(name, position, what);
  }

  private MalformedBinary damaged(IOException e) throws IOException {
    if (unread != null) {
      throw unread;
    }
    if (e instanceof EOFException) {
      return malformed("its compressed data is cut off");
    }
    String why = e.getMessage() == null ? "" : ": " + e.getMessage();
    return malformed("its compressed data is damaged" + why);
  }

  /// The bytes of the present member.
  private final class Member extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (remaining == 0) {
        return -1;
      }
      int got;
      try {
        got = in.read(into, offset, (int) Math.min(length, remaining));
      } catch (IOException e) {
        unread = e;
        throw e;
      }
      if (got < 0) {
        throw malformed("the package is cut off");
      }
      position += got;
      remaining -= got;
      return got;
    }

    /// [GZIPInputStream] looks for a further member only when this is not 0.
    @Override
    public int available() {
      return remaining > 0 ? 1 : 0;
    }
  }

  /// What came out of the decompressor, with its exceptions in words, and within bounds.
  private final class Unpacked extends ReadThroughStream {
    Unpacked(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      int got;
      try {
        got = super.in.read(into, offset, length);
      } catch (IOException e) {
        throw damaged(e);
      } catch (MalformedBinary e) {
        throw e;
      } catch (MalformedInputException e) {
        throw malformed("its compressed data is damaged: " + e.getMessage());
      } catch (RuntimeException e) { // whatever a decompressor's tables and offsets lead to
        throw malformed("its compressed data is damaged");
      }
      unpacked += Math.max(0, got);
      String exceeded = limit.exceeded(position - dataStart, unpacked);
      if (exceeded != null) {
        throw malformed(exceeded + ": not unpacked");
      }
      return got;
    }
  }
}
