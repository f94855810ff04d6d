package trapline.libc.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.HeldLock;
import trapline.linux.files.WholeFile;

/// The directory that one library is built in, `libc-builds/NAME`, held by one run at a time. It
/// stays when a build is interrupted or fails, so that the same command goes on with it; without a
/// build that has begun it goes when it is closed.
final class BuildDirectory implements AutoCloseable {
  private static final Pattern OBJECT = Pattern.compile(".*\\.(o|os|oS|op|lo)");

  private final Path root;
  private final HeldLock lock;
  private final Traces traces;

  private BuildDirectory(Path root, HeldLock lock, Traces traces) {
    this.root = root;
    this.lock = lock;
    this.traces = traces;
  }

  /// Takes the directory of a name.
  ///
  /// @param traces of the run, which are kept once the build begins
  /// @throws LibcBuildFailure when another run has it
  static BuildDirectory take(Path builds, String name, Traces traces) {
    Path root = traces.directory(builds.resolve(name));
    try {
      HeldLock lock = HeldLock.tryTake(root.resolve("lock"));
      if (lock == null) {
        throw LibcBuildFailure.build(name + " is being built by another run of Trapline");
      }
      return new BuildDirectory(root, lock, traces);
    } catch (IOException e) {
      throw BuildDirectories.failure(root, e);
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
    BuildDirectories.delete(build());
    Files.deleteIfExists(configured());
    Files.deleteIfExists(log());
    return false;
  }

  /// Begins the build, or goes on with it: from now on it stays.
  void begin(String request) throws IOException {
    BuildDirectories.made(build());
    WholeFile.write(request(), request.getBytes(StandardCharsets.UTF_8));
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
    WholeFile.write(configured());
  }

  /// How many object files there are.
  long objects() throws IOException {
    try (Stream<Path> tree = Files.walk(build())) {
      return tree.filter(each -> OBJECT.matcher(each.toString()).matches()).count();
    }
  }

  /// Whether a directory holds an unfinished build.
  static boolean isUnfinished(@Nullable Path root) {
    return root != null && Files.isDirectory(root.resolve("build"));
  }

  /// Removes it all.
  void remove() {
    BuildDirectories.delete(root);
  }

  @Override
  public void close() {
    if (!isUnfinished(root)) {
      remove();
    }
    lock.close();
  }
}
