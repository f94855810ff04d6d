package trapline.libc.build;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trapline.libc.Libc;
import trapline.linux.files.FileErrors;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.TemporaryDirectory;
import trapline.linux.files.WholeFile;

/// Finds the source that the user names: a directory, a tarball, or a version.
///
/// What is unpacked stays under [BuildDirectories#sources], with a file `.trapline-source` that
/// tells where it came from: debug information names the files there.
final class SourceFinder {
  private static final Pattern VERSION =
      Pattern.compile("(?:(glibc|musl)[- ])?([0-9]{1,3}(?:\\.[0-9]{1,3}){1,3})");
  private static final String STAMP = ".trapline-source";

  private final BuildDirectories directories;
  private final BuildListener listener;
  private final Traces traces;
  private final String sha256;

  /// @param traces takes up what is made on the way
  /// @param sha256 what the tarball must have; empty when the user named none
  SourceFinder(BuildDirectories directories, BuildListener listener, Traces traces, String sha256) {
    this.directories = directories;
    this.listener = listener;
    this.traces = traces;
    this.sha256 = sha256;
  }

  /// A version that was named.
  record Named(Libc.Kind kind, String version) {
    /// Such as `glibc-2.36`.
    String name() {
      return kind.text() + "-" + version;
    }

    String title() {
      return kind.text() + " " + version;
    }
  }

  /// The version that a text names, when it does: `glibc-2.36`, or `2.36` alone: musl's have three
  /// numbers and begin with 0 or 1.
  static Optional<Named> version(String text) {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String version = matcher.group(2);
    boolean musl =
        matcher.group(1) == null
            ? version.startsWith("1.") || version.startsWith("0.")
            : matcher.group(1).equals("musl");
    return Optional.of(new Named(musl ? Libc.Kind.MUSL : Libc.Kind.GLIBC, version));
  }

  /// Finds a source.
  ///
  /// @param name what it will be registered as; empty for what the source says
  SourceTree find(String source, String name) {
    Path path = path(source);
    if (path != null && Files.isDirectory(path)) {
      if (!sha256.isEmpty()) {
        throw LibcBuildFailure.input(
            source + ": a directory has no SHA-256; --sha256 is for tarballs");
      }
      return SourceTree.require(path, path.toAbsolutePath().normalize().toString());
    }
    if (path != null && Files.isRegularFile(path)) {
      return ofTarball(path, name);
    }
    if (path != null && Files.exists(path)) {
      throw LibcBuildFailure.input(source + ": neither a directory nor a tarball");
    }
    Named named =
        version(source)
            .orElseThrow(
                () ->
                    LibcBuildFailure.input(
                        source
                            + ": no such file or directory, and no version such as glibc-2.36 or"
                            + " musl-1.2.3"));
    return ofVersion(named, name);
  }

  static @Nullable Path path(String source) {
    try {
      return Path.of(source);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private SourceTree ofTarball(Path file, String name) {
    try {
      Path real = file.toRealPath();
      if (!sha256.isEmpty()) {
        Release.requireHash(real, sha256);
      }
      String stamp = real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real);
      SourceTree kept = kept(stamp, file.toString());
      if (kept != null) {
        return kept;
      }
      return unpack(
          name, stamp, file.toString(), part -> new SourceTarball(file).unpack(part, listener));
    } catch (IOException e) {
      throw LibcBuildFailure.input(file + ": cannot be read: " + FileErrors.reason(e));
    }
  }

  private SourceTree ofVersion(Named named, String name) {
    String title = named.title();
    try {
      String why = sha256.isEmpty() ? "there is no apt here" : "with --sha256";
      if (sha256.isEmpty() && DebianSource.isAvailable()) {
        DebianSource debian =
            new DebianSource(traces.directory(directories.cache().resolve("libc-apt")), listener);
        DebianSource.SourcePackage found = find(debian, named);
        if (found != null) {
          String origin = "Debian's source package " + found.name() + " " + found.version();
          SourceTree kept = kept(origin, origin);
          return kept != null
              ? kept
              : unpack(name, origin, origin, part -> debian.fetch(found, part));
        }
        why = debian.why();
      }
      URI location = Release.location(named.kind(), named.version());
      listener.say(why + "; the release " + title + " is at " + location);
      String hash = sha256.isEmpty() ? Release.hash(named.kind(), named.version()) : sha256;
      if (hash.isEmpty()) {
        throw LibcBuildFailure.input(
            title
                + ": Trapline does not know this release's SHA-256, and what is built of it runs;"
                + " name the hash that the project announced: --sha256 HEX");
      }
      Path downloads = traces.directory(directories.downloads());
      return ofRelease(Release.fetch(location, hash, downloads, listener), name);
    } catch (IOException e) {
      throw LibcBuildFailure.build(title + ": cannot be fetched: " + FileErrors.line(e));
    }
  }

  private SourceTree ofRelease(Path file, String name) throws IOException {
    try {
      return ofTarball(file, name);
    } catch (LibcBuildFailure e) {
      if (e.kind() == LibcBuildFailure.Kind.INPUT) {
        Files.deleteIfExists(file); // or it would be used again
      }
      throw e;
    }
  }

  private static DebianSource.@Nullable SourcePackage find(DebianSource debian, Named named)
      throws IOException {
    return debian.find(named.kind().text(), named.version());
  }

  /// How a source comes into an empty directory.
  private interface Unpacking {
    Path into(Path part) throws IOException;
  }

  private SourceTree unpack(String name, String stamp, String origin, Unpacking unpacking)
      throws IOException {
    Path sources = traces.directory(directories.sources());
    try (TemporaryDirectory part = TemporaryDirectory.in(sources)) {
      Path inner = unpacking.into(part.path());
      SourceTree tree = SourceTree.look(inner, origin);
      if (tree == null) {
        throw LibcBuildFailure.input(origin + ": not the source of glibc or musl");
      }
      Path home = free(sources, name.isEmpty() ? tree.name() : name);
      Path file = inner.resolve(STAMP);
      WholeFile.write(file, (stamp + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(inner, home);
      traces.tree(home);
      return new SourceTree(tree.kind(), tree.version(), home, origin);
    }
  }

  /// A directory's name that is not taken.
  private static Path free(Path sources, String name) {
    Path home = sources.resolve(name);
    for (int i = 2; Files.exists(home); i++) {
      home = sources.resolve(name + "-" + i);
    }
    return home;
  }

  /// What was unpacked of the same origin before.
  private @Nullable SourceTree kept(String stamp, String origin) throws IOException {
    if (PrivateDirectory.existing(directories.sources()).isEmpty()) {
      return null;
    }
    try (Stream<Path> all = Files.list(directories.sources())) {
      for (Path each : all.sorted().toList()) {
        Path file = each.resolve(STAMP);
        if (Files.isRegularFile(file) && Files.readString(file).strip().equals(stamp)) {
          return SourceTree.look(each, origin);
        }
      }
    }
    return null;
  }

  /// Whether a directory is one that was unpacked here, which may be removed.
  static boolean isOurs(Path directory, BuildDirectories directories) {
    return directories.sources().equals(directory.getParent())
        && Files.isRegularFile(directory.resolve(STAMP));
  }
}
