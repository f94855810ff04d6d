package trapline.kernel.source;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.XZFormatException;
import org.tukaani.xz.XZInputStream;
import trapline.bytes.Bytes;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;

/// A kernel's source in a `.tar.xz`, `.tar.gz` or `.tar`, streamed once and never unpacked. The
/// top folder that such archives have (`linux-6.12.117/`) is no part of the paths.
public final class TarballSource implements KernelSource {
  private static final int MAX_FILE = 64 << 20;
  private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;
  private static final long MAX_KEPT = 256L << 20;

  private final Path file;
  private final Map<String, byte[]> kept = new HashMap<>();
  private long keptBytes;

  public TarballSource(Path file) {
    this.file = file;
  }

  @Override
  public String origin() {
    return file.toString();
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {
    try (FileChannel channel = FileChannel.open(file);
        InputStream raw = open(channel, progress)) {
      TarReader tar = new TarReader(file.toString(), raw);
      int count = 0;
      while (tar.next()) {
        count++;
        String path = inTree(tar);
        if (tar.size() <= MAX_FILE && wantedWithFolders(path, wanted)) {
          byte[] content = tar.content();
          if (reader.read(path, Bytes.of(path, content))
              && keptBytes + content.length <= MAX_KEPT
              && kept.put(path, content) == null) {
            keptBytes += content.length;
          }
        }
      }
      if (count == 0) {
        throw new MalformedBinary(file.toString(), 0, "an archive without a file");
      }
    } catch (XZFormatException | CorruptedInputException | ZipException e) {
      throw new MalformedBinary(file.toString(), 0, "the compressed data is corrupt: " + e);
    }
  }

  @Override
  public Optional<Bytes> file(String path) throws IOException {
    byte[] content = kept.get(path);
    if (content == null) {
      read(
          wanted -> wanted.equals(path) || (wanted.endsWith("/") && path.startsWith(wanted)),
          (found, bytes) -> true,
          Progress.NONE);
      content = kept.get(path);
    }
    return content == null ? Optional.empty() : Optional.of(Bytes.of(path, content));
  }

  private static String inTree(TarReader tar) {
    String path = tar.name().startsWith("./") ? tar.name().substring(2) : tar.name();
    if (!tar.top().isEmpty()) {
      return path.startsWith(tar.top()) ? path.substring(tar.top().length()) : path;
    }
    int slash = path.indexOf('/');
    return slash > 0 && path.startsWith("linux") ? path.substring(slash + 1) : path;
  }

  /// A path is wanted when it and every folder above it are.
  private static boolean wantedWithFolders(String path, Predicate<String> wanted) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (!wanted.test(path.substring(0, slash + 1))) {
        return false;
      }
    }
    return wanted.test(path);
  }

  private InputStream open(FileChannel channel, Progress progress) throws IOException {
    InputStream counted = new Counted(Channels.newInputStream(channel), channel.size(), progress);
    BufferedInputStream in = new BufferedInputStream(counted, 1 << 16);
    in.mark(8);
    byte[] magic = in.readNBytes(6);
    in.reset();
    if (magic.length == 6 && magic[0] == (byte) 0xfd && magic[1] == '7' && magic[2] == 'z') {
      XzBlocks blocks = XzBlocks.open(channel, Runtime.getRuntime().availableProcessors());
      if (blocks != null) {
        return new Counted(blocks, blocks.length(), progress);
      }
      return new XZInputStream(in, XZ_MEMORY_LIMIT_KIB);
    }
    if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
      return new GZIPInputStream(in, 1 << 16);
    }
    return in;
  }

  /// Tells how many bytes have passed.
  private static final class Counted extends FilterInputStream {
    private final long total;
    private final Progress progress;
    private long done;
    private long told;

    Counted(InputStream in, long total, Progress progress) {
      super(in);
      this.total = total;
      this.progress = progress;
    }

    @Override
    public void close() throws IOException {
      progress.at(done, total);
      super.close();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = in.read(into, offset, length);
      done += Math.max(got, 0);
      if (got < 0 || done - told > 1 << 20) {
        told = done;
        progress.at(done, total);
      }
      return got;
    }
  }
}
