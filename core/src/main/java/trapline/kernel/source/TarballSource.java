package trapline.kernel.source;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZFormatException;
import org.tukaani.xz.XZInputStream;
import trapline.archive.TarReader;
import trapline.bytes.Bytes;
import trapline.kernel.Gap;
import trapline.kernel.KernelSource;
import trapline.model.MalformedBinary;
import trapline.model.Place;

/// A kernel's source in a `.tar.xz`, `.tar.gz` or `.tar`, streamed once and never unpacked. The
/// directory around the tree that such archives have (`linux-6.12.117/`) is no part of the paths.
///
/// It is read to its very end, so that one that was cut off or damaged anywhere is refused. A real
/// one unpacks to 1.6 GB in 95,000 entries; one that goes beyond [#MAX_UNPACKED] or [#MAX_ENTRIES]
/// is refused, too.
public final class TarballSource implements KernelSource {
  static final long MAX_UNPACKED = 8L << 30;
  static final int MAX_ENTRIES = 1_000_000;

  /// What stands at a kernel tree's top, and so is not a directory around one.
  private static final Set<String> KERNEL_FOLDERS =
      Set.of(
          ".git",
          "Documentation",
          "LICENSES",
          "arch",
          "block",
          "certs",
          "crypto",
          "debian",
          "drivers",
          "firmware",
          "fs",
          "include",
          "init",
          "io_uring",
          "ipc",
          "kernel",
          "lib",
          "mm",
          "net",
          "rust",
          "samples",
          "scripts",
          "security",
          "sound",
          "tools",
          "usr",
          "virt");

  private static final int MAX_FILE = 64 << 20;
  private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;
  private static final long MAX_KEPT = 256L << 20;

  private final String name;
  private final @Nullable Path file;
  private final @Nullable FileChannel stream;
  private final Map<String, byte[]> kept = new HashMap<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final long limit;
  private long keptBytes;
  private String sha256 = "";

  /// @param file a regular file
  public TarballSource(Path file) {
    this(file, MAX_UNPACKED);
  }

  /// @param limit how many bytes it may unpack to
  TarballSource(Path file, long limit) {
    this.name = file.toString();
    this.file = file;
    this.stream = null;
    this.limit = limit;
  }

  /// A tarball that comes through a pipe and can be read once only.
  ///
  /// @param name for messages, such as `standard input`
  /// @param stream where it comes from; reading it ends when the thread is interrupted
  public TarballSource(String name, FileChannel stream) {
    this.name = name;
    this.file = null;
    this.stream = stream;
    this.limit = MAX_UNPACKED;
  }

  @Override
  public String origin() {
    return name;
  }

  @Override
  public boolean isStreamed() {
    return true;
  }

  @Override
  public List<Gap> gaps() {
    return List.copyOf(gaps);
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException {
    if (stream != null) {
      readFrom(stream, true, wanted, reader, progress);
    } else if (file != null) {
      try (FileChannel channel = FileChannel.open(file)) {
        readFrom(channel, false, wanted, reader, progress);
      }
    }
  }

  private void readFrom(
      FileChannel channel, boolean once, Predicate<String> wanted, Reader reader, Progress progress)
      throws IOException {
    try (ArchiveDigest digest = once ? null : ArchiveDigest.of(channel)) {
      CountedStream raw = new CountedStream(Channels.newInputStream(channel), once);
      BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
      try (InputStream unpacked = unpack(channel, once, in, progress, raw)) {
        entries(unpacked, wanted, reader);
        unpacked.skip(Long.MAX_VALUE);
        in.transferTo(OutputStream.nullOutputStream());
        sha256 = digest == null ? raw.sha256() : digest.await();
      }
    } catch (MemoryLimitException e) {
      throw malformed("its compression needs " + e.getMemoryNeeded() / 1024 + " MiB of memory");
    } catch (UnsupportedOptionsException e) {
      throw malformed("its compression is one that is not supported: " + e.getMessage());
    } catch (EOFException e) {
      throw malformed("the compressed data is cut off");
    } catch (XZFormatException | CorruptedInputException | ZipException e) {
      throw malformed("the compressed data is damaged or cut off: " + e.getMessage());
    }
  }

  private void entries(InputStream unpacked, Predicate<String> wanted, Reader reader)
      throws IOException {
    TarReader tar = new TarReader(name, unpacked);
    int count = 0;
    while (tar.next()) {
      if (++count > MAX_ENTRIES) {
        throw malformed("it has more than " + MAX_ENTRIES + " files: no kernel source");
      }
      String path = inTree(tar);
      if (!wantedWithFolders(path, wanted)) {
        continue;
      }
      if (tar.size() > MAX_FILE) {
        gaps.add(
            new Gap(new Place(path, 0), "too large for a source file: " + tar.size() + " bytes"));
      } else {
        byte[] content = tar.content();
        if (reader.read(path, content, content.length)
            && keptBytes + content.length <= MAX_KEPT
            && kept.put(path, content) == null) {
          keptBytes += content.length;
        }
      }
    }
    if (count == 0) {
      throw malformed("an archive without a file");
    }
  }

  @Override
  public Optional<Bytes> file(String path) throws IOException {
    byte[] content = kept.get(path);
    if (content == null && file != null) {
      read(
          wanted -> wanted.equals(path) || (wanted.endsWith("/") && path.startsWith(wanted)),
          (found, bytes) -> true,
          Progress.NONE);
      content = kept.get(path);
    }
    return content == null ? Optional.empty() : Optional.of(Bytes.of(path, content));
  }

  /// The first entry tells: `linux-6.12/Makefile` has a folder around the tree, `arch/` has none.
  private static String inTree(TarReader tar) {
    String path = tar.name().startsWith("./") ? tar.name().substring(2) : tar.name();
    int slash = tar.first().indexOf('/');
    String top = slash < 0 ? "" : tar.first().substring(0, slash);
    boolean around = !top.isEmpty() && !KERNEL_FOLDERS.contains(top);
    return around && path.startsWith(top + "/") ? path.substring(slash + 1) : path;
  }

  /// A path is wanted when it and every directory above it are.
  static boolean wantedWithFolders(String path, Predicate<String> wanted) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (!wanted.test(path.substring(0, slash + 1))) {
        return false;
      }
    }
    return wanted.test(path);
  }

  private InputStream unpack(
      FileChannel channel,
      boolean once,
      BufferedInputStream in,
      Progress progress,
      CountedStream raw)
      throws IOException {
    in.mark(16);
    byte[] start = in.readNBytes(16);
    in.reset();
    Bytes magic = Bytes.of(name, start);
    if (start.length == 0) {
      throw malformed("it is empty");
    }
    if (ArchiveFormat.beginsWith(magic, "fd377a585a00")) {
      XzBlocks blocks =
          once ? null : XzBlocks.open(channel, Runtime.getRuntime().availableProcessors());
      if (blocks != null) {
        return new BoundedStream(
            blocks, name, limit, blocks.length(), progress, channel.size(), null);
      }
      InputStream xz = new XZInputStream(in, XZ_MEMORY_LIMIT_KIB);
      return new BoundedStream(xz, name, limit, once ? -1 : channel.size(), progress, 0, raw);
    }
    if (ArchiveFormat.beginsWith(magic, "1f8b")) {
      InputStream gzip = new GZIPInputStream(in, 1 << 16);
      return new BoundedStream(gzip, name, limit, once ? -1 : channel.size(), progress, 0, raw);
    }
    ArchiveFormat.refuseOthers(name, magic);
    return new BoundedStream(in, name, limit, once ? -1 : channel.size(), progress, 0, raw);
  }

  private MalformedBinary malformed(String what) {
    return new MalformedBinary(name, 0, what);
  }
}
