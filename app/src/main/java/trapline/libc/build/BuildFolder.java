package trapline.libc.build;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder that one library is built in, `libc-builds/NAME`, held by one run at a time. It stays
/// when a build is interrupted or fails, so that the same command goes on with it; without a build
/// that has begun it goes when it is closed.
final class BuildFolder implements AutoCloseable {
  private static final Pattern OBJECT = Pattern.compile(".*\\.(o|os|oS|op|lo)");

  private final Path root;
  private final FileChannel lock;
  private final Traces traces;

  private BuildFolder(Path root, FileChannel lock, Traces traces) {
    this.root = root;
    this.lock = lock;
    this.traces = traces;
  }

  /// Takes the folder of a name.
  ///
  /// @param traces of the run, which are kept once the build begins
  /// @throws LibcBuildFailure when another run has it
  static BuildFolder take(Path builds, String name, Traces traces) {
    Path root = traces.folder(builds.resolve(name));
    try {
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        throw LibcBuildFailure.build(name + " is being built by another run of Trapline");
      }
      return new BuildFolder(root, channel, traces);
    } catch (IOException e) {
      throw Folders.failure(root, e);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /// Empties it unless it holds an unfinished build of just this.
  ///
  /// @param request everything that the build depends on
  /// @return whether it goes on with one
  boolean prepare(String request) throws IOException {
    boolean same = Files.isRegularFile(request()) && Files.readString(request()).equals(request);
    if (same && Files.exists(configured())) {
      return true;
    }
    Folders.delete(build());
    Files.deleteIfExists(configured());
    Files.deleteIfExists(log());
    return false;
  }

  /// Begins the build, or goes on with it: from now on it stays.
  void begin(String request) throws IOException {
    Files.createDirectories(build());
    Files.writeString(request(), request, StandardCharsets.UTF_8);
    traces.keep();
  }

  /// Where `configure` and `make` work.
  Path build() {
    return root.resolve("build");
  }

  Path log() {
    return root.resolve("log");
  }

  private Path request() {
    return root.resolve("request");
  }

  private Path configured() {
    return root.resolve("configured");
  }

  void noteConfigured() throws IOException {
    Files.writeString(configured(), "");
  }

  /// How many object files there are.
  long objects() throws IOException {
    try (Stream<Path> tree = Files.walk(build())) {
      return tree.filter(each -> OBJECT.matcher(each.toString()).matches()).count();
    }
  }

  /// Whether a folder holds an unfinished build.
  static boolean isUnfinished(@Nullable Path root) {
    return root != null && Files.isDirectory(root.resolve("build"));
  }

  /// Removes it all.
  void remove() {
    Folders.delete(root);
  }

  @Override
  public void close() {
    if (!isUnfinished(root)) {
      remove();
    }
    try {
      lock.close();
    } catch (IOException e) {
      // The lock ends with this process.
    }
  }
}
