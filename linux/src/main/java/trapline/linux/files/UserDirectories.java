package trapline.linux.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a user's files are kept (XDG Base Directory Specification, by which a variable with a
/// relative path counts as none): below a base that programs share, a directory `trapline`.
///
/// @param base such as `~/.cache`
public record UserDirectories(Path base) {
  private static final String OWN = "trapline";

  /// What can be made again: `$XDG_CACHE_HOME`, or `~/.cache`.
  ///
  /// @return empty when the environment names no directory
  public static Optional<UserDirectories> cache(Map<String, String> environment) {
    return of(environment, "XDG_CACHE_HOME", ".cache");
  }

  /// What has to last: `$XDG_DATA_HOME`, or `~/.local/share`.
  ///
  /// @return empty when the environment names no directory
  public static Optional<UserDirectories> data(Map<String, String> environment) {
    return of(environment, "XDG_DATA_HOME", ".local/share");
  }

  private static Optional<UserDirectories> of(
      Map<String, String> environment, String variable, String inHome) {
    String named = environment.getOrDefault(variable, "");
    String home = environment.getOrDefault("HOME", "");
    if (named.startsWith("/")) {
      return Optional.of(new UserDirectories(Path.of(named)));
    }
    return home.startsWith("/")
        ? Optional.of(new UserDirectories(Path.of(home, inHome)))
        : Optional.empty();
  }

  /// The directory `trapline` in it, whether it is there or not.
  public Path path() {
    return base.resolve(OWN);
  }

  /// The directory `trapline` in it, made when it is not there.
  ///
  /// @throws UnsafePlace when others could change what is there
  public PrivateDirectory make() throws IOException {
    return PrivateDirectory.make(base, OWN);
  }

  /// The directory `trapline` in it, when it is there.
  ///
  /// @throws UnsafePlace when others could change what is there
  public Optional<PrivateDirectory> existing() throws IOException {
    return PrivateDirectory.existing(base, OWN);
  }
}
