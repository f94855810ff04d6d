package trapline.linux.proc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mappings of a process, from `/proc/PID/maps` (proc_pid_maps(5)), by rising address.
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"})
public final class Maps {
  /// One mapping.
  ///
  /// @param start the first address
  /// @param end the address behind the last one
  /// @param permissions such as `r-xp`
  /// @param fileOffset where in the file it starts, in bytes
  /// @param device major number shifted left by 32, or minor
  /// @param inode 0 when no file is mapped
  /// @param path the file, or a name such as `[stack]`; empty when it has none. ` (deleted)` is cut
  ///     off and escaped newlines are restored
  /// @param deleted whether the file has no name any more
  public record Mapping(
      long start,
      long end,
      String permissions,
      long fileOffset,
      long device,
      long inode,
      String path,
      boolean deleted) {
    public boolean isReadable() {
      return permissions.charAt(0) == 'r';
    }

    public boolean isWritable() {
      return permissions.charAt(1) == 'w';
    }

    public boolean isExecutable() {
      return permissions.charAt(2) == 'x';
    }

    /// Whether a file is mapped (not the stack, the heap, the vDSO or nameless memory).
    public boolean isFile() {
      return inode != 0;
    }
  }

  private final List<Mapping> mappings;

  private Maps(List<Mapping> mappings) {
    this.mappings = List.copyOf(mappings);
  }

  /// Reads the mappings; empty when the process is gone or may not be looked at.
  public static Maps of(int threadId) {
    throw new UnsupportedOperationException();
  }

  /// Parses the text of a maps file; lines that do not follow the format are left out.
  public static Maps parse(byte[] text) {
    throw new UnsupportedOperationException();
  }

  public List<Mapping> mappings() {
    return mappings;
  }

  /// The mapping that holds `address`, by binary search.
  public @Nullable Mapping find(long address) {
    throw new UnsupportedOperationException();
  }
}
