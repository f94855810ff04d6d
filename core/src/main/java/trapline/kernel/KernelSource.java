package trapline.kernel;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import trapline.bytes.Bytes;

/// A kernel's source: a directory, or a tarball that is read without being unpacked.
///
/// Paths are relative to the tree's top and use `/`, such as `net/socket.c`.
public interface KernelSource {
  /// What the user named: the directory's or the tarball's path.
  String origin();

  /// Hands every wanted regular file to `reader`, in no particular order. `wanted` is asked for
  /// directories too, as `drivers/net/`: what lies below one that is not wanted is not looked at.
  /// Files larger than 64 MiB are passed over.
  ///
  /// `reader` may be called from several threads at once. It returns whether the file will be asked
  /// for again with [#file]: a tarball keeps those in memory.
  ///
  /// @throws IOException when the source cannot be read
  /// @throws trapline.model.MalformedBinary when the tarball does not follow its format
  void read(Predicate<String> wanted, Reader reader, Progress progress) throws IOException;

  /// One file. In a tarball this is fast only for the files that were kept by [#read].
  Optional<Bytes> file(String path) throws IOException;

  /// Whether the whole source must be read to find one file, as in a tarball.
  default boolean isStreamed() {
    return false;
  }

  /// What the last [#read] could not read, and why: files without permission, or that vanished.
  default List<Gap> gaps() {
    return List.of();
  }

  /// The SHA-256 of the tarball, in hexadecimal digits, which [#read] finds on its way; empty for a
  /// directory.
  default String sha256() {
    return "";
  }

  /// Takes a file of the tree.
  @FunctionalInterface
  interface Reader {
    /// @return whether the file will be asked for again
    boolean read(String path, Bytes content);

    /// The same for a file in an array. It is the source's own: neither changed nor kept.
    ///
    /// @param text the file, in the first `length` bytes; something else after the call
    default boolean read(String path, byte[] text, int length) {
      return read(path, Bytes.of(path, Arrays.copyOf(text, length)));
    }
  }

  /// Is told how far the reading is.
  @FunctionalInterface
  interface Progress {
    Progress NONE = (done, total) -> {};

    /// @param done bytes of an unpacked tarball, or files of a directory, that have been read
    /// @param total how many there are; -1 when that is not known
    void at(long done, long total);
  }
}
