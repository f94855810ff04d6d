package trapline.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trapline.linux.files.FileErrors;
import trapline.linux.files.PrivateDirectory;
import trapline.linux.files.UnsafePlace;
import trapline.linux.files.UserDirectories;

/// The C libraries that Trapline has built, by name: one file each under
/// `$XDG_DATA_HOME/trapline/libcs`, or `~/.local/share/trapline/libcs` (XDG Base Directory
/// Specification), whose only line is the prefix.
public final class LibcRegistry {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");
  private static final long LONGEST = 4096;

  private final UserDirectories data;
  private final Path directory;

  private LibcRegistry(UserDirectories data) {
    this.data = data;
    this.directory = data.path().resolve("libcs");
  }

  /// The user's, by an environment with XDG_DATA_HOME and HOME.
  ///
  /// @throws LibcFailure when neither names a directory
  public static LibcRegistry of(Map<String, String> environment) {
    return new LibcRegistry(
        UserDirectories.data(environment)
            .orElseThrow(
                () ->
                    new LibcFailure(
                        "neither XDG_DATA_HOME nor HOME names a directory, where libcs are kept")));
  }

  /// A library that was built.
  ///
  /// @param name such as `glibc-2.36`
  public record Entry(String name, Path prefix) {}

  /// The directory of the registered names; a library without `--prefix` is installed beside it.
  public Path directory() {
    return directory;
  }

  /// What is registered, by name.
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    requireOwn();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (NAME.matcher(name).matches() && Files.isRegularFile(file)) {
          entries.add(new Entry(name, prefix(file)));
        }
      }
    } catch (IOException e) {
      return List.of(); // there is none yet
    }
    return entries;
  }

  /// What others could have written would be built from, run, or removed.
  private void requireOwn() {
    try {
      PrivateDirectory.existingBelow(data.base(), directory);
    } catch (UnsafePlace e) {
      throw new LibcFailure(FileErrors.line(e), e);
    } catch (IOException e) {
      return; // it is not there, or is said when it is read
    }
  }

  /// Registers a library that is whole: the last step of its installation.
  ///
  /// @throws LibcFailure when it cannot be written
  public void add(String name, Path prefix) {
    if (!NAME.matcher(name).matches()) {
      throw new LibcFailure(name + ": a name has letters, digits, and . _ + - only");
    }
    try {
      PrivateDirectory.makeBelow(data.base(), directory)
          .write(name, (prefix.toAbsolutePath() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new LibcFailure(
          directory.resolve(name) + ": cannot be written: " + FileErrors.line(e), e);
    }
  }

  /// Forgets a name; its library stays where it is.
  ///
  /// @throws LibcFailure when it cannot be removed
  public void remove(String name) {
    try {
      Files.deleteIfExists(directory.resolve(name));
    } catch (IOException e) {
      throw new LibcFailure(
          directory.resolve(name) + ": cannot be removed: " + FileErrors.reason(e), e);
    }
  }

  /// The library that the user names, by its registered name or its prefix.
  ///
  /// @throws LibcFailure when there is none
  public Libc find(String nameOrPrefix) {
    if (NAME.matcher(nameOrPrefix).matches() && !nameOrPrefix.equals(".")) {
      requireOwn();
      Path file = directory.resolve(nameOrPrefix);
      if (Files.isRegularFile(file)) {
        return Libc.at(prefix(file));
      }
      if (!Files.isDirectory(Path.of(nameOrPrefix))) {
        throw new LibcFailure(
            nameOrPrefix + ": no such C library; trapline libc lists those that there are");
      }
    }
    try {
      return Libc.at(Path.of(nameOrPrefix));
    } catch (InvalidPathException e) {
      throw new LibcFailure(nameOrPrefix + ": not a file name", e);
    }
  }

  private static Path prefix(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new LibcFailure(file + ": damaged: it should hold one path; remove it");
      }
      return Path.of(Files.readString(file, StandardCharsets.UTF_8).strip());
    } catch (InvalidPathException e) {
      throw new LibcFailure(file + ": damaged: it should hold one path; remove it", e);
    } catch (IOException e) {
      throw new LibcFailure(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
