package trapline.kernel.source;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.KernelSource;
import trapline.kernel.KernelSource.Progress;

/// The files of a kernel's source that questions about single functions need. A directory's are
/// read when they are asked for; a tarball is read once, by [#prepare], and what was not named then
/// is not there.
///
/// For use by one thread.
public final class KernelFiles {
  private static final long MAX_BYTES = 256L << 20;

  /// Headers with inlined functions that any file may use.
  private static final Set<String> HEADERS =
      Set.of("include/linux/", "include/net/", "include/asm-generic/", "arch/x86/include/asm/");

  private final KernelSource source;
  private final Map<String, Bytes> files = new ConcurrentHashMap<>();
  private final Map<String, Optional<SourceFile>> parsed = new HashMap<>();
  private final Map<String, Headers> headers = new HashMap<>();
  private boolean prepared;

  /// Nothing is read yet.
  public KernelFiles(KernelSource source) {
    this.source = source;
  }

  /// What the user named, or where it was found.
  public String origin() {
    return source.origin();
  }

  /// Fetches files that will be asked for, and of a tarball also the headers that they may use: it
  /// takes some ten seconds to read one of a whole kernel. May be called again for other files.
  ///
  /// @param paths below the tree's top, such as `net/ipv4/tcp.c`
  /// @throws IOException when the source cannot be read
  /// @throws trapline.model.MalformedBinary when the tarball does not follow its format
  public void prepare(Collection<String> paths, Progress progress) throws IOException {
    if (!source.isStreamed()) {
      return;
    }
    Set<String> wanted = new HashSet<>(paths);
    wanted.add("Makefile");
    wanted.removeAll(files.keySet());
    if (prepared && wanted.isEmpty()) {
      return;
    }
    Set<String> folders = new HashSet<>(HEADERS);
    for (String path : wanted) {
      folders.add(path.substring(0, path.lastIndexOf('/') + 1));
    }
    long[] room = {MAX_BYTES};
    source.read(
        path -> path.endsWith("/") || wanted.contains(path) || isHeaderOf(folders, path),
        (path, content) -> {
          synchronized (room) {
            if (content.size() <= room[0] && files.putIfAbsent(path, content) == null) {
              room[0] -= content.size();
            }
          }
          return false;
        },
        progress);
    prepared = true;
  }

  /// One file; empty when the source has none of that name, or a tarball was not read for it.
  public Optional<Bytes> file(String path) throws IOException {
    Bytes known = files.get(path);
    if (known != null || source.isStreamed()) {
      return Optional.ofNullable(known);
    }
    Optional<Bytes> read = source.file(path);
    read.ifPresent(content -> files.put(path, content));
    return read;
  }

  /// One file with its functions; `null` as [#file] is empty.
  @Nullable SourceFile parsed(String path) throws IOException {
    Optional<SourceFile> known = parsed.get(path);
    if (known == null) {
      known = file(path).map(content -> new SourceFile(path, content.copy(0, content.size())));
      parsed.put(path, known);
    }
    return known.orElse(null);
  }

  /// The headers as files of an architecture see them.
  Headers headers(String architectureFolder) {
    return headers.computeIfAbsent(architectureFolder, each -> new Headers(this, each));
  }

  private static boolean isHeaderOf(Set<String> folders, String path) {
    return path.endsWith(".h") && folders.contains(path.substring(0, path.lastIndexOf('/') + 1));
  }
}
