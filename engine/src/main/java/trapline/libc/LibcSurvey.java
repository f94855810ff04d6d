package trapline.libc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import trapline.bytes.Bytes;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.DwarfSections;
import trapline.dwarf.LineEntry;
import trapline.dwarf.SupplementaryFiles;
import trapline.elf.ElfFile;
import trapline.elf.Symbol;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.objects.SourceFile;
import trapline.linux.objects.SourceFileSearch;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;
import trapline.report.LibcListing.Finding;
import trapline.report.LibcListing.Library;

/// Looks which C libraries a machine has, and what of each is at hand.
public final class LibcSurvey {
  /// Where distributions have the C library and musl beside it.
  private static final List<String> SYSTEM =
      List.of(
          "lib/x86_64-linux-gnu/libc.so.6",
          "lib64/libc.so.6",
          "usr/lib64/libc.so.6",
          "usr/lib/libc.so.6",
          "lib/ld-musl-x86_64.so.1",
          "usr/lib/musl/lib/libc.so",
          "usr/lib/x86_64-linux-musl/libc.so");

  /// Functions whose sources lie in several directories.
  private static final List<String> FUNCTIONS =
      List.of("socket", "open", "getpid", "malloc", "printf", "strtol");

  private final ObjectFiles objects = new ObjectFiles();
  private final SourceFileSearch sources =
      new SourceFileSearch(DebuginfodClient.ofCache(System.getenv()));

  /// With debuginfod's cache, as this process' environment names it.
  public LibcSurvey() {}

  /// The libraries of the system and the registered ones.
  ///
  /// @param root `/`
  public List<Library> look(Path root, LibcRegistry registry) {
    List<Library> found = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (String name : SYSTEM) {
      Path path = root.resolve(name);
      if (Files.isRegularFile(path) && seen.add(real(path))) {
        system(path, found);
      }
    }
    for (LibcRegistry.Entry entry : registry.entries()) {
      found.add(registered(entry));
    }
    return found;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private void system(Path path, List<Library> found) {
    try {
      ObjectFile file = objects.open(real(path));
      String title = LibcVersion.of(file.elf());
      if (!title.isEmpty()) {
        int space = title.indexOf(' ');
        String kind = space < 0 ? title : title.substring(0, space);
        String version = space < 0 ? "" : title.substring(space + 1);
        found.add(library("", kind, version, file, ""));
      }
    } catch (IOException | MalformedBinary | Unsupported e) {
      found.add(problem("", "", path.toString(), String.valueOf(e.getMessage())));
    }
  }

  private Library registered(LibcRegistry.Entry entry) {
    Optional<BuiltMark> mark = BuiltMark.of(entry.prefix());
    String kind = mark.map(BuiltMark::kind).orElse("");
    try {
      Libc libc = Libc.at(entry.prefix());
      String origin = mark.map(each -> each.origin() + ", CFLAGS " + each.cflags()).orElse("");
      ObjectFile file = objects.open(libc.library());
      return library(entry.name(), libc.kind().text(), libc.version(), file, origin);
    } catch (LibcFailure | IOException | MalformedBinary | Unsupported e) {
      return problem(entry.name(), kind, entry.prefix().toString(), String.valueOf(e.getMessage()));
    }
  }

  private static Library problem(String name, String kind, String path, String why) {
    Finding none = new Finding("", "", "");
    return new Library(name, kind, "", path, "", why, none, none, "");
  }

  private Library library(
      String name, String kind, String version, ObjectFile file, String origin) {
    Finding debug;
    Finding source;
    switch (objects.debugFile(file)) {
      case DebugFile.Found found -> {
        debug = new Finding(found.path(), how(found.how()), "");
        source = source(file, found, kind, version);
      }
      case DebugFile.Missing missing -> {
        debug = new Finding("", missing.why(), missing.remedy());
        source =
            new Finding(
                "",
                "debug information tells where it is",
                "trapline libc build " + kind + "-" + version);
      }
    }
    return new Library(
        name, kind, version, file.path(), file.elf().buildId(), "", debug, source, origin);
  }

  private static String how(DebugFile.How how) {
    return switch (how) {
      case OWN -> "in the library itself";
      case BUILD_ID -> "by build-id";
      case DEBUG_LINK -> "by .gnu_debuglink";
      case DEBUGINFOD_CACHE -> "from debuginfod's cache";
      case DEBUGINFOD_SERVER -> "from a debuginfod server";
    };
  }

  /// Looks whether files that the debug information names are there.
  private Finding source(ObjectFile file, DebugFile.Found found, String kind, String version) {
    String remedy =
        version.isEmpty() ? "" : "trapline libc build " + kind + "-" + version + " has both";
    Path common = null;
    try {
      DebugInfo info = DebugInfo.of(sections(found.file()), alternate(found));
      for (String function : FUNCTIONS) {
        for (Symbol symbol : file.elf().dynamicSymbols().named(function)) {
          String named =
              symbol.isDefined()
                  ? info.lineAt(symbol.address()).map(LineEntry::file).orElse("")
                  : "";
          if (named.isEmpty()) {
            continue;
          }
          if (!(sources.find(file.elf(), named) instanceof SourceFile.Found there)
              || there.how() == SourceFile.How.CURRENT_DIRECTORY) {
            return new Finding("", "the file of " + function + " is not at " + named, remedy);
          }
          if (there.how() == SourceFile.How.DEBUGINFOD) {
            return new Finding(there.path().toString(), "from debuginfod's cache", "");
          }
          Path path = there.path().normalize();
          common = common == null ? path.getParent() : common(common, path);
          break;
        }
      }
    } catch (MalformedBinary | InvalidPathException e) {
      return new Finding("", String.valueOf(e.getMessage()), remedy);
    }
    return common == null
        ? new Finding("", "the debug information names no files", remedy)
        : new Finding(common.toString(), "", "");
  }

  private static Path common(Path directory, Path file) {
    Path shared = directory;
    while (!file.startsWith(shared)) {
      Path above = shared.getParent();
      if (above == null) {
        return shared;
      }
      shared = above;
    }
    return shared;
  }

  private static DwarfSections sections(ElfFile elf) {
    return name -> {
      Bytes section = elf.debugSection(name);
      return section == null ? Bytes.empty(elf.bytes().file()) : section;
    };
  }

  private static SupplementaryFiles alternate(DebugFile.Found found) {
    ElfFile shared = found.alternate();
    if (shared == null) {
      return SupplementaryFiles.NONE;
    }
    return new SupplementaryFiles() {
      @Override
      public Optional<DwarfSections> alternate(String name, Bytes buildId) {
        return Optional.of(sections(shared));
      }
    };
  }
}
