package trapline.linux.debuginfod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the user's environment says about debuginfod (debuginfod_find_debuginfo(3)).
///
/// @param servers the addresses to ask, in this order
/// @param cache the directory of what was fetched; `null` when the user has no home
/// @param timeoutSeconds in which a server has to send 100 KB, again and again; 0 for no limit
/// @param mostSeconds that one download may take; 0 for no limit
/// @param mostBytes that one file may have; 0 for no limit of the user's
/// @param retries how often a download is tried again that broke off
/// @param headers lines to send with each request: `Name: value`
/// @param environment for proxies
record DebuginfodSettings(
    List<String> servers,
    @Nullable Path cache,
    long timeoutSeconds,
    long mostSeconds,
    long mostBytes,
    int retries,
    List<String> headers,
    Map<String, String> environment) {
  private static final long TIMEOUT = 90;
  private static final int RETRIES = 2;
  private static final int MOST_RETRIES = 10;
  private static final long LARGEST_HEADERS = 64 << 10;

  static DebuginfodSettings of(Map<String, String> environment) {
    List<String> servers = new ArrayList<>();
    for (String word : value(environment, "DEBUGINFOD_URLS").split("\\s+")) {
      if (!word.isEmpty() && !servers.contains(word)) {
        servers.add(word);
      }
    }
    return new DebuginfodSettings(
        List.copyOf(servers),
        cache(environment),
        Math.max(0, number(environment, "DEBUGINFOD_TIMEOUT", TIMEOUT)),
        Math.max(0, number(environment, "DEBUGINFOD_MAXTIME", 0)),
        Math.max(0, number(environment, "DEBUGINFOD_MAXSIZE", 0)),
        (int) Math.clamp(number(environment, "DEBUGINFOD_RETRY_LIMIT", RETRIES), 0L, MOST_RETRIES),
        servers.isEmpty() ? List.of() : headers(value(environment, "DEBUGINFOD_HEADERS_FILE")),
        environment);
  }

  private static String value(Map<String, String> environment, String name) {
    return Objects.requireNonNullElse(environment.get(name), "");
  }

  private static long number(Map<String, String> environment, String name, long otherwise) {
    try {
      String value = value(environment, name).strip();
      return value.isEmpty() ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static List<String> headers(String file) {
    List<String> headers = new ArrayList<>();
    try {
      Path path = Path.of(file);
      if (!file.isEmpty() && Files.isRegularFile(path) && Files.size(path) <= LARGEST_HEADERS) {
        for (String line : Files.readAllLines(path)) {
          if (line.indexOf(':') > 0) {
            headers.add(line.strip());
          }
        }
      }
    } catch (IOException | InvalidPathException e) {
      return List.of();
    }
    return List.copyOf(headers);
  }

  /// The directory that elfutils' client uses: DEBUGINFOD_CACHE_PATH; else
  /// `~/.debuginfod_client_cache`, when an old client has made it; else `debuginfod_client` in the
  /// user's cache (XDG Base Directory Specification).
  private static @Nullable Path cache(Map<String, String> environment) {
    try {
      String given = value(environment, "DEBUGINFOD_CACHE_PATH");
      if (!given.isEmpty()) {
        return Path.of(given);
      }
      String home = value(environment, "HOME");
      if (home.isEmpty()) {
        home = Objects.requireNonNullElse(System.getProperty("user.home"), "");
      }
      Path old = home.isEmpty() ? null : Path.of(home, ".debuginfod_client_cache");
      if (old != null && Files.exists(old)) {
        return old;
      }
      String caches = value(environment, "XDG_CACHE_HOME");
      if (!caches.isEmpty()) {
        return Path.of(caches, "debuginfod_client");
      }
      return home.isEmpty() ? null : Path.of(home, ".cache", "debuginfod_client");
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
