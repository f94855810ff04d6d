package trapline.linux.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import trapline.bytes.ByteText;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.FileSystemStatus;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// A file whose name somebody else wrote, such as debug information. It is first opened for its
/// name alone (O_PATH), which does nothing to it, and really opened only when it turns out to be a
/// regular file on a file system that keeps files: reading `/proc/kmsg` takes messages away, a
/// pipe makes
/// wait, a device may do anything.
public final class UntrustedFile implements Closeable {
  /// File systems whose files are the kernel's own interfaces: name and magic number.
  private static final Map<Long, String> INTERFACES = interfaces();

  private final Kernel kernel;
  private final int descriptor;
  private final FileStatus status;

  private UntrustedFile(Kernel kernel, int descriptor, FileStatus status) {
    this.kernel = kernel;
    this.descriptor = descriptor;
    this.status = status;
  }

  /// Without streams and patterns, whose first use costs milliseconds at every start.
  private static Map<Long, String> interfaces() {
    String table = "interface-file-systems.txt";
    Map<Long, String> kinds = new HashMap<>();
    try (InputStream in = UntrustedFile.class.getResourceAsStream(table)) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      String text = new String(bytes, StandardCharsets.US_ASCII);
      for (int start = 0, end; start < text.length(); start = end + 1) {
        end = text.indexOf('\n', start);
        int space = text.indexOf(' ', start);
        if (text.charAt(start) != '#') {
          kinds.put(Long.decode(text.substring(space, end).strip()), text.substring(start, space));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + table + " cannot be read", e);
    }
    return kinds;
  }

  /// Opens it; links are followed.
  ///
  /// @throws FileSystemException when there is none, or it is nothing that may be read
  public static UntrustedFile open(Path path) throws IOException {
    Kernel kernel = new Kernel();
    int descriptor = kernel.openAt(Numbers.AT_FDCWD, path.toString(), Numbers.O_PATH, 0);
    if (descriptor < 0) {
      throw FileErrors.of(path, kernel, descriptor);
    }
    UntrustedFile file = new UntrustedFile(kernel, descriptor, FileStatus.of(descriptor));
    String why = file.whyNotRead();
    if (!why.isEmpty()) {
      file.close();
      throw new FileSystemException(path.toString(), null, why);
    }
    return file;
  }

  private String whyNotRead() {
    if (!status.isRegular()) {
      return "not a regular file";
    }
    FileSystemStatus system = FileSystemStatus.of(path().toString());
    String kind = system == null ? null : INTERFACES.get(system.type());
    return kind == null ? "" : "no file that is kept, but part of the kernel's " + kind;
  }

  /// Opens it to be read.
  ///
  /// @throws FileSystemException as [#open] does
  public static InputStream newInputStream(Path path) throws IOException {
    try (UntrustedFile file = open(path)) {
      return Files.newInputStream(file.path());
    }
  }

  /// The way to this very file, as long as it is open here.
  public Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  public long size() {
    return status.size();
  }

  /// Its contents, up to the size that it had when it was opened.
  ///
  /// @param most more is not read
  public byte[] read(int most) throws IOException {
    try (InputStream in = Files.newInputStream(path())) {
      return in.readNBytes((int) Math.min(most, size()));
    }
  }

  /// Copies it, with its owner, mode and times as far as that is possible.
  ///
  /// @param target in a [PrivateDirectory]
  public void copyTo(Path target) throws IOException {
    Files.copy(path(), target, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /// Whether a part of it may be shown to whoever reads Trapline's output: when everybody on this
  /// machine may read it, or it lies in one of the directories.
  ///
  /// @param directories that the user has chosen by working in them or naming them
  public boolean mayBeQuoted(Set<Path> directories) {
    if ((status.mode() & 0004) != 0) {
      return true;
    }
    byte[] link = kernel.readLink(path().toString());
    Path real;
    try {
      real = link == null ? null : Path.of(ByteText.decode(link));
    } catch (InvalidPathException e) {
      real = null;
    }
    // A second name may have been given to it from where it may not be quoted.
    return real != null && status.links() == 1 && directories.stream().anyMatch(real::startsWith);
  }

  @Override
  public void close() {
    kernel.close(descriptor);
  }
}
