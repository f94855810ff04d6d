package trapline.linux.debuginfod;

import java.nio.file.Path;

/// What came of asking debuginfod's servers for a file.
public sealed interface Fetch {
  /// It is there.
  ///
  /// @param file where it is kept in the cache
  record Found(Path file) implements Fetch {}

  /// Nobody was asked: no servers are named, or what is wanted cannot be asked for.
  record NotAsked() implements Fetch {}

  /// All servers say that they do not have it.
  record Absent() implements Fetch {}

  /// A server failed, and no other had it.
  ///
  /// @param reason what happened, as a clause that names the server
  /// @param remedy what the user can do; empty when there is nothing
  record Failed(String reason, String remedy) implements Fetch {}
}
