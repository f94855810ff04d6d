package trapline.libc.build;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;
import trapline.archive.ExpansionLimit;
import trapline.linux.files.FileErrors;

/// Unpacks a tarball, which may be anything: it is decompressed here, bounded, and written by
/// tar(1), which leaves no directory that it was told to work in; what tries to is refused. Links
/// that lead out of the directory tar makes last, so that it cannot write through them.
final class SourceTarball {
  /// glibc unpacks to 240 MB in 20,000 entries.
  private static final long MAX_UNPACKED = 2L << 30;

  private static final int MAX_ENTRIES = 200_000;
  private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;
  private static final int CHUNK = 1 << 16;

  /// What tar says when it is the disk that does not take a file, and not the archive that is odd.
  private static final Pattern REFUSED =
      Pattern.compile(
          ".*: Cannot .*: (Permission denied|Operation not permitted|Read-only file system"
              + "|Input/output error|Interrupted system call)");

  private final Path file;
  private final ExpansionLimit limit;
  private final int maxEntries;

  SourceTarball(Path file) {
    this(file, MAX_UNPACKED, MAX_ENTRIES);
  }

  /// @param limit how many bytes it may unpack to
  /// @param maxEntries how many files and directories it may have
  SourceTarball(Path file, long limit, int maxEntries) {
    this.file = file;
    this.limit = new ExpansionLimit(limit);
    this.maxEntries = maxEntries;
  }

  /// Unpacks into an empty directory.
  ///
  /// @return the source's own directory: the one that the archive has around it, or the empty one
  Path unpack(Path directory, BuildListener listener) {
    if (Commands.find("tar") == null) {
      throw missing("tar");
    }
    try {
      long size = Files.size(file);
      try (CountingStream raw = new CountingStream(Files.newInputStream(file));
          Decompressor unpacked = decompressor(raw)) {
        write(unpacked, directory, raw, size, listener);
      }
      return inner(directory);
    } catch (EOFException e) {
      throw bad("it is cut off");
    } catch (ZipException | XZIOException e) {
      throw bad("its compressed data is damaged: " + e.getMessage());
    } catch (IOException e) {
      throw BuildDirectories.failure(directory, e);
    }
  }

  private static Path inner(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> all = entries.toList();
      // A link would be somebody else's directory.
      boolean around =
          all.size() == 1 && Files.isDirectory(all.getFirst(), LinkOption.NOFOLLOW_LINKS);
      return around ? all.getFirst() : directory;
    }
  }

  /// A stream of the archive, with what decompresses it.
  private record Decompressor(InputStream in, @Nullable Process process) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      in.close();
      if (process != null) {
        process.destroyForcibly();
      }
    }

    /// Whether the process that decompresses, if there is one, came to a good end.
    boolean isGood() throws InterruptedException {
      return process == null || process.waitFor() == 0;
    }
  }

  private Decompressor decompressor(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, CHUNK);
    in.mark(8);
    byte[] magic = in.readNBytes(6);
    in.reset();
    String start = new String(magic, StandardCharsets.ISO_8859_1);
    if (start.isEmpty()) {
      throw bad("it is empty");
    }
    if (start.startsWith("\u00fd7zXZ")) {
      return new Decompressor(new XZInputStream(in, XZ_MEMORY_LIMIT_KIB), null);
    }
    if (start.startsWith("\u001f\u008b")) {
      return new Decompressor(new GZIPInputStream(in, CHUNK), null);
    }
    if (start.startsWith("BZh")) {
      if (Commands.find("bzip2") == null) {
        throw missing("bzip2");
      }
      Process process =
          new ProcessBuilder("bzip2", "-dc")
              .redirectInput(file.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new Decompressor(process.getInputStream(), process);
    }
    throw bad("neither a directory nor a .tar.xz, .tar.gz or .tar.bz2");
  }

  private void write(
      Decompressor unpacked, Path directory, CountingStream raw, long size, BuildListener listener)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "tar", "-x", "-v", "-f", "-", "--no-same-owner", "--no-same-permissions");
    builder.directory(directory.toFile());
    builder.environment().put("LC_ALL", "C");
    builder.environment().remove("TAR_OPTIONS");
    Process tar = builder.start();
    AtomicInteger entries = new AtomicInteger();
    AtomicReference<List<String>> complaints = new AtomicReference<>(List.of());
    Thread counting =
        Thread.ofPlatform().daemon().start(() -> count(tar.getInputStream(), entries));
    Thread listening =
        Thread.ofPlatform().daemon().start(() -> complaints(tar.getErrorStream(), complaints));
    try {
      IOException broken = copy(unpacked, tar.getOutputStream(), entries, raw, size, listener);
      int status = tar.waitFor();
      counting.join();
      listening.join();
      List<String> all = Objects.requireNonNull(complaints.get());
      String said = all.isEmpty() ? "" : all.getFirst();
      if (said.toLowerCase(Locale.ROOT).contains("removing leading")
          || said.contains("contains '..'")) {
        throw outside(said);
      }
      if (status != 0) {
        requireInside(directory, all);
      }
      if (FileErrors.isFull(said)) {
        throw LibcBuildFailure.build(BuildDirectories.full(directory));
      }
      if (status != 0 && REFUSED.matcher(said).matches()) {
        throw LibcBuildFailure.input(directory + ": cannot be written: " + said);
      }
      if (status != 0 || broken != null || !unpacked.isGood()) {
        throw bad("it is damaged or cut off" + (said.isEmpty() ? "" : " (" + said + ")"));
      }
    } catch (InterruptedException e) {
      throw LibcBuildFailure.interrupted();
    } finally {
      tar.destroyForcibly();
    }
  }

  /// Refuses an archive that has files behind a link that leads out of the directory.
  private void requireInside(Path directory, List<String> complaints) throws IOException {
    for (String each : complaints) {
      if (each.endsWith(": Not a directory") && hasLinkOut(directory)) {
        throw outside(each.substring(0, each.indexOf(": ")) + ", through a symbolic link");
      }
    }
  }

  private static boolean hasLinkOut(Path directory) throws IOException {
    Path inside = directory.toAbsolutePath().normalize();
    try (Stream<Path> tree = Files.walk(inside)) {
      for (Path link : tree.filter(Files::isSymbolicLink).toList()) {
        if (!link.resolveSibling(Files.readSymbolicLink(link)).normalize().startsWith(inside)) {
          return true;
        }
      }
      return false;
    }
  }

  /// @return why tar took no more; `null` when it took all
  private @Nullable IOException copy(
      Decompressor unpacked,
      OutputStream out,
      AtomicInteger entries,
      CountingStream raw,
      long size,
      BuildListener listener)
      throws IOException {
    byte[] buffer = new byte[CHUNK];
    long total = 0;
    while (true) {
      int got = unpacked.in().read(buffer);
      if (Thread.interrupted()) {
        throw LibcBuildFailure.interrupted();
      }
      try {
        if (got < 0) {
          out.close();
          return null;
        }
        out.write(buffer, 0, got);
      } catch (IOException e) {
        return e;
      }
      total += got;
      String exceeded = limit.exceeded(unpacked.process() == null ? raw.count() : size, total);
      if (exceeded == null && entries.get() > maxEntries) {
        exceeded = "it unpacks to more than " + maxEntries + " files";
      }
      if (exceeded != null) {
        throw bad(exceeded + ": no source of a C library");
      }
      listener.bytes("unpacking " + file.getFileName(), raw.count(), Math.max(1, size));
    }
  }

  private static void count(InputStream names, AtomicInteger entries) {
    byte[] buffer = new byte[CHUNK];
    try {
      for (int got = names.read(buffer); got >= 0; got = names.read(buffer)) {
        for (int i = 0; i < got; i++) {
          if (buffer[i] == '\n') {
            entries.incrementAndGet();
          }
        }
      }
    } catch (IOException e) {
      // tar has ended.
    }
  }

  private static void complaints(InputStream errors, AtomicReference<List<String>> complaints) {
    try {
      byte[] said = errors.readNBytes(CHUNK);
      errors.transferTo(OutputStream.nullOutputStream());
      String text = new String(said, StandardCharsets.ISO_8859_1);
      complaints.set(text.lines().map(each -> each.replaceFirst("^tar: ", "")).toList());
    } catch (IOException e) {
      // tar has ended.
    }
  }

  /// A command that Debian has in a package of the same name.
  private LibcBuildFailure missing(String command) {
    return LibcBuildFailure.build(
        command + " is not installed, which unpacks " + file + ": apt-get install " + command);
  }

  private LibcBuildFailure outside(String which) {
    return bad("it has files outside of its own directory (" + which + "); nothing of it was kept");
  }

  private LibcBuildFailure bad(String what) {
    return LibcBuildFailure.input(file + ": " + what);
  }

  /// Counts what was read of the archive.
  private static final class CountingStream extends java.io.FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    long count() {
      return count;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count += one < 0 ? 0 : 1;
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      count += Math.max(0, got);
      return got;
    }
  }
}
