package trapline.linux.objects;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.elf.ElfFile;
import trapline.linux.debuginfod.Artifact;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.debuginfod.Fetch;
import trapline.linux.files.FileErrors;
import trapline.linux.files.Patience;
import trapline.linux.files.UntrustedFile;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Looks for source files: where the debug information has them, in the directories of source
/// packages, then with debuginfod. Not safe for use by several threads.
///
/// Distributions build in directories that are gone (`/build/musl-x1Yz/musl-1.2.3/src/…`) or that
/// they take out of the names (`./signal/../sysdeps/…`). What tells the package is then a directory
/// in the name that ends in a version, or the C library that the object file is.
public final class SourceFileSearch {
  /// Where source packages are unpacked, by themselves or in a directory each.
  private static final Path SOURCE_PACKAGES = Path.of("/usr/src");

  private static final int DEPTH = 2;
  private static final int MOST_FOLDERS = 4096;
  private static final Pattern VERSIONED = Pattern.compile(".+[-_]v?[0-9].*");

  private final Path packages;
  private final DebuginfodClient debuginfod;
  private @Nullable List<Path> folders;

  /// @param debuginfod is asked for what is not on this machine
  public SourceFileSearch(DebuginfodClient debuginfod) {
    this(SOURCE_PACKAGES, debuginfod);
  }

  SourceFileSearch(Path packages, DebuginfodClient debuginfod) {
    this.packages = packages;
    this.debuginfod = debuginfod;
  }

  /// @param elf the object file whose debug information names the file
  /// @param name as it is named there
  public SourceFile find(ElfFile elf, String name) {
    Path path = ObjectFiles.pathOf(name);
    if (path == null) {
      return new SourceFile.Missing("this machine's locale cannot express the source file's name");
    }
    String why = whyNotAt(path, name);
    if (why.isEmpty()) {
      return new SourceFile.Found(
          path, path.isAbsolute() ? SourceFile.How.PLACE : SourceFile.How.CURRENT_DIRECTORY);
    }
    Path unpacked = inPackages(elf, path.normalize());
    if (unpacked != null) {
      return new SourceFile.Found(unpacked, SourceFile.How.SOURCE_PACKAGE);
    }
    return switch (debuginfod.fetch(Artifact.source(elf.buildId(), name))) {
      case Fetch.Found found -> new SourceFile.Found(found.file(), SourceFile.How.DEBUGINFOD);
      case Fetch.Failed failed -> new SourceFile.Missing(why + "; " + failed.reason());
      case Fetch.Absent absent -> new SourceFile.Missing(why + ", and no debuginfod server has it");
      case Fetch.NotAsked notAsked -> new SourceFile.Missing(why);
    };
  }

  /// Why a file cannot be read at its place; empty when it can. The name is the debug
  /// information's, so it is looked at with care.
  private static String whyNotAt(Path path, String name) {
    try {
      Patience.look(path, UntrustedFile::open).close();
      return "";
    } catch (NoSuchFileException | NotDirectoryException e) {
      return "the source file is not at " + name;
    } catch (IOException e) {
      return "the source file " + name + " is not read: " + FileErrors.reason(e);
    }
  }

  private @Nullable Path inPackages(ElfFile elf, Path path) {
    if (!path.isAbsolute()) {
      // Debian's compiler ran in ./malloc, and was given ./malloc/malloc.c of the directory above.
      String folder = libraryFolder(elf);
      Path found = inFolder(folder, path);
      return found == null && path.getNameCount() > 2
          ? inFolder(folder, path.subpath(1, path.getNameCount()))
          : found;
    }
    for (int i = path.getNameCount() - 2; i >= 0; i--) {
      String name = path.getName(i).toString();
      if (VERSIONED.matcher(name).matches()) {
        Path found = inFolder(name, path.subpath(i + 1, path.getNameCount()));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /// The name that a C library's source package has its directory by, such as `glibc-2.36`.
  private static String libraryFolder(ElfFile elf) {
    try {
      return LibcVersion.of(elf).replace(' ', '-');
    } catch (MalformedBinary | Unsupported e) {
      return "";
    }
  }

  /// @param inside what must not lead out of the directory
  private @Nullable Path inFolder(String name, Path inside) {
    if (!VERSIONED.matcher(name).matches()) {
      return null;
    }
    for (Path folder : folders()) {
      if (String.valueOf(folder.getFileName()).equals(name)) {
        Path file = folder.resolve(inside);
        if (Files.isRegularFile(file) && isIn(folder, file)) {
          return file;
        }
      }
    }
    return null;
  }

  private static boolean isIn(Path folder, Path file) {
    try {
      return file.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private List<Path> folders() {
    List<Path> known = folders;
    if (known == null) {
      known = new ArrayList<>();
      list(packages, DEPTH, known);
      folders = known;
    }
    return known;
  }

  private static void list(Path folder, int depth, List<Path> into) {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder, each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))) {
      for (Path entry : entries) {
        if (into.size() >= MOST_FOLDERS) {
          return;
        }
        into.add(entry);
        if (depth > 1) {
          list(entry, depth - 1, into);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Folders that cannot be read have no sources for this user.
    }
  }
}
