package trapline.linux.objects;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trapline.elf.ElfFile;
import trapline.model.Diagnostic;

/// The answer to the question where an object file's debug information is.
public sealed interface DebugFile {
  /// Candidates that were found and do not belong to the file.
  List<Diagnostic> rejected();

  /// How a debug file was found.
  enum How {
    /// The object file holds its own debug information.
    OWN,
    /// By its build-id, in a directory of debug files.
    BUILD_ID,
    /// By its name (`.gnu_debuglink`), and build-id or checksum are right.
    DEBUG_LINK,
    /// In the cache that debuginfod's client keeps.
    DEBUGINFOD_CACHE,
    /// Fetched from a debuginfod server just now, into that cache.
    DEBUGINFOD_SERVER
  }

  /// The debug information is there.
  ///
  /// @param file where it is; the object file itself for [How#OWN]
  /// @param path that file's path, as the traced process has it
  /// @param alternate what dwz(1) moved to a common file (`.gnu_debugaltlink`); `null` when `file`
  ///     names none, and when it is missing ([#rejected] says so)
  record Found(
      ElfFile file, String path, How how, @Nullable ElfFile alternate, List<Diagnostic> rejected)
      implements DebugFile {
    public Found {
      rejected = List.copyOf(rejected);
    }
  }

  /// There is none on this machine.
  final class Missing implements DebugFile {
    private final String why;
    private final List<Diagnostic> rejected;
    private final Supplier<String> findRemedy;
    private @Nullable String remedy;

    Missing(String why, List<Diagnostic> rejected, Supplier<String> findRemedy) {
      this.why = why;
      this.rejected = List.copyOf(rejected);
      this.findRemedy = findRemedy;
    }

    /// A sentence without its full stop: `no debug information for libc.so.6`.
    public String why() {
      return why;
    }

    /// What brings it, such as `install libc6-dbg`. Looked up when it is first asked for, which
    /// reads the package manager's file lists.
    public synchronized String remedy() {
      String known = remedy;
      if (known == null) {
        known = findRemedy.get();
        remedy = known;
      }
      return known;
    }

    @Override
    public List<Diagnostic> rejected() {
      return rejected;
    }
  }
}
