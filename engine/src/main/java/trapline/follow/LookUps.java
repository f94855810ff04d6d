package trapline.follow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.model.CallKey;

/// Which failed calls only looked for a file in one of several directories, as programs do along
/// PATH, in the directories of libraries and of message catalogs, and whether they found it in the
/// end.
public final class LookUps {
  private static final int MOST = 100_000;

  /// Calls with which a program finds out whether a file is there.
  private static final Set<String> CALLS =
      Set.of(
          "open",
          "openat",
          "openat2",
          "stat",
          "lstat",
          "newfstatat",
          "statx",
          "access",
          "faccessat",
          "faccessat2",
          "readlink",
          "readlinkat",
          "execve",
          "execveat");

  private static final Set<String> NOT_THERE = Set.of("ENOENT", "ENOTDIR");

  /// Directories of message catalogs and locales, which no program needs.
  private static final List<String> OPTIONAL =
      List.of("/locale/", "/locale-langpack/", "/locale-archive", "/gconv/");

  /// Those that have failed and not been found since.
  private final Map<Sought, List<LookUp>> failed = new HashMap<>();

  private final Set<LookUp> found = Collections.newSetFromMap(new IdentityHashMap<>());
  private int kept;

  /// Nothing was looked up yet.
  public LookUps() {}

  /// A file that a process looks for under this name.
  ///
  /// @param name the last component of the paths
  public record Sought(int process, String name) {}

  /// A path that was not there.
  ///
  /// @param isOptional whether it is of a kind that programs do without
  public record LookUp(Sought sought, String path, boolean isOptional) {}

  /// A call failed.
  ///
  /// @return `null` when it did not look for a file
  @Nullable LookUp failed(int process, String name, String errno, CallKey key) {
    if (!CALLS.contains(name) || !NOT_THERE.contains(errno) || key.paths().size() != 1) {
      return null;
    }
    String path = key.paths().getFirst();
    Sought sought = sought(process, path);
    if (sought.name().isEmpty()) {
      return null;
    }
    LookUp lookUp = new LookUp(sought, path, isOptional(path));
    if (kept < MOST) {
      kept++;
      failed.computeIfAbsent(sought, each -> new ArrayList<>()).add(lookUp);
    }
    return lookUp;
  }

  /// A call succeeded.
  ///
  /// @param name the call's
  void succeeded(int process, String name, CallKey key) {
    if (!failed.isEmpty() && CALLS.contains(name) && key.paths().size() == 1) {
      List<LookUp> before = failed.remove(sought(process, key.paths().getFirst()));
      if (before != null) {
        found.addAll(before);
      }
    }
  }

  /// Whether the file was found after this look-up failed.
  boolean isFound(LookUp lookUp) {
    return found.contains(lookUp);
  }

  private static boolean isOptional(String path) {
    for (String each : OPTIONAL) {
      if (path.contains(each)) {
        return true;
      }
    }
    return false;
  }

  private static Sought sought(int process, String path) {
    return new Sought(process, path.substring(path.lastIndexOf('/') + 1));
  }
}
