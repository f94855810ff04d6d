package trapline.linux.objects;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.elf.DebugAltLink;
import trapline.elf.DebugLink;
import trapline.elf.ElfFile;
import trapline.linux.debuginfod.Artifact;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.debuginfod.Fetch;
import trapline.linux.files.Patience;
import trapline.model.Diagnostic;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Looks for separate debug information in the order of gdb (its manual, "Debugging Information in
/// Separate Files"): by build-id, then by `.gnu_debuglink`, then from debuginfod's servers.
///
/// A file found by its name belongs to the program when both have the same build-id; when one has
/// none, its checksum decides, which takes reading all of it.
final class DebugFileSearch {
  private static final int CHUNK = 1 << 16;
  private static final int SHORTEST_BUILD_ID = 4;

  /// Whose failure a diagnostic is.
  private static final String DEBUGINFOD = "debuginfod";

  private final ObjectFiles files;
  private final List<Path> directories;
  private final DebuginfodClient debuginfod;

  DebugFileSearch(ObjectFiles files, List<Path> directories, DebuginfodClient debuginfod) {
    this.files = files;
    this.debuginfod = debuginfod;
    this.directories = List.copyOf(directories);
  }

  DebugFile find(ObjectFile object) {
    ElfFile elf = object.elf();
    List<Diagnostic> rejected = new ArrayList<>();
    try {
      if (elf.hasDebugInfo()) {
        return found(object, elf, object.opened(), DebugFile.How.OWN, rejected);
      }
      DebugFile.Found separate = byBuildId(object, rejected);
      if (separate == null) {
        separate = byDebugLink(object, rejected);
      }
      if (separate == null) {
        separate = byDebuginfod(object, rejected);
      }
      if (separate != null) {
        return separate;
      }
    } catch (MalformedBinary e) {
      rejected.add(new Diagnostic(object.path(), textOf(e), ""));
    }
    String name = object.path().substring(object.path().lastIndexOf('/') + 1);
    return missing(object, name, rejected);
  }

  /// What a server did stands in the sentence, because it is why there is none.
  private DebugFile.Missing missing(ObjectFile object, String name, List<Diagnostic> rejected) {
    StringBuilder why = new StringBuilder("no debug information for " + name);
    String remedy = "";
    for (Diagnostic each : rejected) {
      if (each.where().equals(DEBUGINFOD)) {
        why.append("; ").append(each.what());
        remedy = each.remedy();
      }
    }
    String first = remedy;
    List<Diagnostic> others = new ArrayList<>(rejected);
    others.removeIf(each -> each.where().equals(DEBUGINFOD)); // said already
    return new DebugFile.Missing(
        why.toString(),
        others,
        () -> DebugPackages.remedy(object) + (first.isEmpty() ? "" : ", or " + first));
  }

  private DebugFile.@Nullable Found byDebuginfod(ObjectFile object, List<Diagnostic> rejected) {
    Path path = fetch(object.elf().buildId(), rejected);
    ElfFile file = path == null ? null : open(path, rejected);
    if (file == null || path == null || !matches(file, object.elf().buildId(), path, rejected)) {
      return null;
    }
    rejected.removeIf(each -> each.where().equals(DEBUGINFOD)); // what came is in its place now
    return found(object, file, path, DebugFile.How.DEBUGINFOD_SERVER, rejected);
  }

  /// @return `null` when nobody has the file
  private @Nullable Path fetch(String buildId, List<Diagnostic> rejected) {
    return switch (debuginfod.fetch(Artifact.debugInfo(buildId))) {
      case Fetch.Found found -> found.file();
      case Fetch.Absent absent -> null;
      case Fetch.NotAsked notAsked -> null;
      case Fetch.Failed failed -> {
        rejected.add(new Diagnostic(DEBUGINFOD, failed.reason(), failed.remedy()));
        yield null;
      }
    };
  }

  private DebugFile.@Nullable Found byBuildId(ObjectFile object, List<Diagnostic> rejected) {
    String buildId = object.elf().buildId();
    if (buildId.length() < SHORTEST_BUILD_ID) {
      return null;
    }
    for (Path directory : directoriesFor(object)) {
      Path path = underBuildId(directory, buildId);
      ElfFile file = open(path, rejected);
      if (file != null && matches(file, buildId, path, rejected)) {
        return found(object, file, path, DebugFile.How.BUILD_ID, rejected);
      }
    }
    Path path = debuginfod.cached(Artifact.debugInfo(buildId));
    ElfFile file = path == null ? null : open(path, rejected);
    if (file != null && path != null && matches(file, buildId, path, rejected)) {
      return found(object, file, path, DebugFile.How.DEBUGINFOD_CACHE, rejected);
    }
    if (path != null) {
      rejected.add(
          new Diagnostic(DEBUGINFOD, "what its cache has is damaged: " + path, "remove that file"));
    }
    return null;
  }

  private static Path underBuildId(Path directory, String buildId) {
    return directory
        .resolve(".build-id")
        .resolve(buildId.substring(0, 2))
        .resolve(buildId.substring(2) + ".debug");
  }

  private DebugFile.@Nullable Found byDebugLink(ObjectFile object, List<Diagnostic> rejected) {
    DebugLink link = object.elf().debugLink();
    if (link == null || link.fileName().contains("/")) {
      return null;
    }
    if (ObjectFiles.pathOf(link.fileName()) == null) {
      return null;
    }
    for (Path path : linkCandidates(object, link.fileName())) {
      ElfFile file = open(path, rejected);
      if (file != null
          && file != object.elf()
          && isOfLink(object.elf(), link, file, path, rejected)) {
        return found(object, file, path, DebugFile.How.DEBUG_LINK, rejected);
      }
    }
    return null;
  }

  /// The file's directory, `.debug` in it, and its directory under those of debug files, for each
  /// of the names that the directory has: `/lib` and `/usr/lib` are one on merged systems.
  ///
  /// A package may be unpacked anywhere: its own name of the directory may be the end of it.
  private Set<Path> linkCandidates(ObjectFile object, String fileName) {
    Set<Path> parents = new LinkedHashSet<>();
    Path seen = ObjectFiles.pathOf(object.path());
    Path named = seen == null ? null : parent(seen);
    Path opened = parent(object.opened());
    if (opened != null) {
      parents.add(opened);
      try {
        parents.add(opened.toRealPath());
      } catch (IOException e) {
        // The names as they are have to do.
      }
    }
    Set<Path> candidates = new LinkedHashSet<>();
    for (Path directory : parents) {
      candidates.add(directory.resolve(fileName));
      candidates.add(directory.resolve(".debug").resolve(fileName));
    }
    if (named != null) {
      parents.add(named);
    }
    for (Path debug : directoriesFor(object)) {
      for (Path directory : parents) {
        for (String name : mergedNames(directory.toString())) {
          candidates.add(Path.of(debug + name).resolve(fileName));
        }
      }
      candidates.add(debug.resolve(fileName));
    }
    if (opened != null) {
      for (int from = 1; from < opened.getNameCount(); from++) {
        Path end = opened.subpath(from, opened.getNameCount()).resolve(fileName);
        for (Path debug : directoriesFor(object)) {
          candidates.add(debug.resolve(end));
        }
      }
    }
    return candidates;
  }

  private static @Nullable Path parent(Path path) {
    return path.isAbsolute() ? path.getParent() : path.toAbsolutePath().getParent();
  }

  /// A path with and without the `/usr` that merged systems put before it.
  static List<String> mergedNames(String path) {
    return path.startsWith("/usr/")
        ? List.of(path, path.substring("/usr".length()))
        : List.of(path, "/usr" + path);
  }

  /// The directories of debug files, of this machine and of the process's own root.
  private List<Path> directoriesFor(ObjectFile object) {
    Path system = Path.of("/");
    if (object.root().equals(system)) {
      return directories;
    }
    List<Path> all = new ArrayList<>(directories);
    for (Path directory : directories) {
      if (directory.isAbsolute()) {
        all.add(ObjectFiles.under(object.root(), directory));
      }
    }
    return all;
  }

  private boolean isOfLink(
      ElfFile elf, DebugLink link, ElfFile file, Path path, List<Diagnostic> rejected) {
    String wanted = elf.buildId();
    if (!wanted.isEmpty() && !file.buildId().isEmpty()) {
      return matches(file, wanted, path, rejected);
    }
    if (crc32(file.bytes()) == link.crc32()) {
      return true;
    }
    rejected.add(
        new Diagnostic(
            path.toString(),
            "it is not the debug file of " + elf.bytes().file() + ": its checksum differs",
            "build or install both again, from one build"));
    return false;
  }

  private static boolean matches(
      ElfFile file, String buildId, Path path, List<Diagnostic> rejected) {
    if (file.buildId().equals(buildId)) {
      return true;
    }
    rejected.add(
        new Diagnostic(
            path.toString(),
            "its build-id is "
                + (file.buildId().isEmpty() ? "missing" : file.buildId())
                + ", not "
                + buildId,
            "build or install program and debug file again, from one build"));
    return false;
  }

  /// The checksum of `.gnu_debuglink`, which is zlib's.
  static long crc32(Bytes bytes) {
    CRC32 crc = new CRC32();
    for (long at = 0; at < bytes.size(); at += CHUNK) {
      byte[] part = bytes.copy(at, Math.min(CHUNK, bytes.size() - at));
      crc.update(part, 0, part.length);
    }
    return crc.getValue();
  }

  private DebugFile.Found found(
      ObjectFile object, ElfFile file, Path path, DebugFile.How how, List<Diagnostic> rejected) {
    ElfFile alternate = null;
    DebugAltLink link = file.debugAltLink();
    if (link != null) {
      alternate = alternate(object, link, path, rejected);
    }
    String name = how == DebugFile.How.OWN ? object.path() : seenBy(object, path);
    return new DebugFile.Found(file, name, how, alternate, rejected);
  }

  /// A file's name as the process has it, without the way into the process's root.
  private static String seenBy(ObjectFile object, Path path) {
    Path root = object.root();
    return path.startsWith(root) ? "/" + root.relativize(path) : path.toString();
  }

  private @Nullable ElfFile alternate(
      ObjectFile object, DebugAltLink link, Path from, List<Diagnostic> rejected) {
    Set<Path> candidates = new LinkedHashSet<>();
    Path named = ObjectFiles.pathOf(link.fileName());
    if (named != null && named.isAbsolute()) {
      candidates.add(ObjectFiles.under(object.root(), named));
      candidates.add(named);
    } else if (named != null) {
      candidates.add(from.resolveSibling(named));
      try {
        // Debian reaches debug files through links by build-id; the name is relative to the file.
        candidates.add(from.toRealPath().resolveSibling(named));
      } catch (IOException e) {
        // The name as it is has to do.
      }
    }
    if (link.buildId().length() >= SHORTEST_BUILD_ID) {
      for (Path directory : directoriesFor(object)) {
        candidates.add(underBuildId(directory, link.buildId()));
      }
    }
    for (Path path : candidates) {
      ElfFile file = open(path, rejected);
      if (file != null && matches(file, link.buildId(), path, rejected)) {
        return file;
      }
    }
    Path fetched = fetch(link.buildId(), rejected);
    ElfFile file = fetched == null ? null : open(fetched, rejected);
    if (file != null && fetched != null && matches(file, link.buildId(), fetched, rejected)) {
      return file;
    }
    rejected.add(
        new Diagnostic(
            from.toString(),
            "the debug information that it shares with other files is missing: " + link.fileName(),
            "install the package of the debug file again"));
    return null;
  }

  /// @return `null` when there is no such file, or it is of no use
  private @Nullable ElfFile open(Path path, List<Diagnostic> rejected) {
    try {
      return Patience.look(path, each -> files.elf(each, path.toString()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    } catch (IOException e) {
      rejected.add(new Diagnostic(path.toString(), "cannot be read: " + ObjectFiles.reason(e), ""));
    } catch (Unsupported e) {
      rejected.add(new Diagnostic(path.toString(), textOf(e), e.remedy()));
    } catch (MalformedBinary e) {
      rejected.add(new Diagnostic(path.toString(), textOf(e), ""));
    }
    return null;
  }

  private static String textOf(RuntimeException e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }
}
