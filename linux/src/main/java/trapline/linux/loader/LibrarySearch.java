package trapline.linux.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trapline.elf.DynamicSection;
import trapline.elf.ElfFile;
import trapline.linux.files.Patience;
import trapline.model.MalformedBinary;

/// What a dynamic linker would load for a program, by the rules of ld.so(8) for glibc's and of
/// `ldso/dynlink.c` for musl's. A dynamic linker tells that, too, when it is run; but which one is
/// run, a program says itself, and a program that is only looked at must not choose what runs.
///
/// Not looked at is what a program loads while it runs.
public final class LibrarySearch {
  private static final int MAX_LIBRARIES = 4096;

  /// `DF_1_NODEFLIB`.
  private static final long NO_DEFAULT_FOLDERS = 0x800;

  /// The names by which musl's C library stands for others that it holds (`ldso/dynlink.c`).
  private static final List<String> IN_MUSL =
      List.of("libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.");

  private final Path loaderPath;
  private final LoaderFile loader;
  private final String libraryPath;
  private final String preloads;

  /// @param loader the dynamic linker
  /// @param environment the program's, of which `LD_LIBRARY_PATH` and `LD_PRELOAD` count
  public LibrarySearch(Path loader, Map<String, String> environment) {
    this(loader, environment, Path.of("/etc"));
  }

  /// @param etc where the dynamic linker's own files lie
  LibrarySearch(Path loader, Map<String, String> environment, Path etc) {
    this.loaderPath = loader;
    this.loader = LoaderFile.read(loader, etc);
    this.libraryPath = environment.getOrDefault("LD_LIBRARY_PATH", "");
    this.preloads = environment.getOrDefault("LD_PRELOAD", "");
  }

  /// What would be loaded.
  ///
  /// @param files where each library lies, by the name that it was needed by, in the order of
  ///     loading; one whose name is a path is there by its file's name
  /// @param absent the needed libraries that are found nowhere, by the file that needs them first
  public record Found(Map<String, Path> files, Map<String, Path> absent) {}

  /// Looks for all that a program needs.
  ///
  /// @throws MalformedBinary when the program's own tables are damaged; a library with damaged
  ///     tables counts as one that needs nothing
  /// @throws IOException when the program cannot be read
  public Found of(Path program) throws IOException {
    Path real = program.toRealPath();
    Search search = new Search();
    Loaded first = new Loaded(real, null, LoaderFile.elf(real));
    first.readTables(loader);
    search.run(first);
    return new Found(search.files, search.absent);
  }

  /// A file that is loaded, and the one that it is loaded for.
  private static final class Loaded {
    final Path file;
    final @Nullable Loaded by;
    private final ElfFile elf;
    List<DynamicSection.Dependency> dependencies = List.of();
    String soname = "";
    List<String> rpath = List.of();
    List<String> runpath = List.of();
    boolean defaultFolders = true;

    Loaded(Path file, @Nullable Loaded by, ElfFile elf) {
      this.file = file;
      this.by = by;
      this.elf = elf;
    }

    void readTables(LoaderFile loader) {
      DynamicSection dynamic = elf.dynamic();
      RunPath paths = new RunPath(file, loader);
      runpath = paths.split(dynamic.runpath());
      // A file with both has only the second.
      rpath = dynamic.runpath().isEmpty() ? paths.split(dynamic.rpath()) : List.of();
      soname = dynamic.soname();
      defaultFolders = (dynamic.flags1() & NO_DEFAULT_FOLDERS) == 0;
      dependencies = dynamic.dependencies();
    }
  }

  /// One search: breadth first, as the dynamic linker goes.
  private final class Search {
    final Map<String, Path> files = new LinkedHashMap<>();
    final Map<String, Path> absent = new LinkedHashMap<>();
    private final Map<String, Path> byName = new HashMap<>();
    private final Map<Object, Path> byIdentity = new HashMap<>();
    private final Map<Path, Loaded> loaded = new HashMap<>();
    private final Map<String, List<String>> subdirectories = new HashMap<>();

    /// What was loaded and not yet asked what it needs.
    private final Deque<Loaded> pending = new ArrayDeque<>();

    private List<String> fromEnvironment = List.of();

    void run(Loaded program) {
      fromEnvironment = new RunPath(program.file, loader).split(libraryPath.replace(';', ':'));
      byName.put(nameOf(loaderPath.toString()), loaderPath);
      byName.put(loader.soname(), loaderPath);
      byIdentity.put(identity(loaderPath), loaderPath);
      pending.add(program);
      for (String each : preloads.split("[: ]")) {
        need(each, program, true);
      }
      for (String each : loader.preloads()) {
        need(each, program, true);
      }
      for (Loaded by = pending.poll(); by != null; by = pending.poll()) {
        if (loaded.size() > MAX_LIBRARIES || absent.size() > MAX_LIBRARIES) {
          return;
        }
        ask(by);
      }
    }

    /// What a file stands for takes its place: it is the next to be asked what it needs.
    private void ask(Loaded by) {
      List<Loaded> next = new ArrayList<>();
      for (DynamicSection.Dependency each : by.dependencies) {
        if (!each.filters()) {
          need(each.name(), by, false);
        } else if (!loader.isMusl()) {
          String name =
              Objects.requireNonNullElse(new RunPath(by.file, loader).expand(each.name()), "");
          need(name, by, each.mayLack());
          Path file = files.get(nameOf(name));
          Loaded filtee = file == null ? null : loaded.get(file);
          if (filtee != null && pending.remove(filtee)) {
            next.add(filtee);
          }
        }
      }
      next.reversed().forEach(pending::addFirst);
    }

    private void need(String name, Loaded by, boolean mayLack) {
      String key = nameOf(name);
      if (name.isEmpty() || files.containsKey(key) || absent.containsKey(key)) {
        return;
      }
      Path known = byName.get(name);
      if (known == null && loader.isMusl() && IN_MUSL.stream().anyMatch(name::startsWith)) {
        known = loaderPath;
      }
      if (known != null) {
        files.put(key, known);
        return;
      }
      Loaded found = find(name, by);
      if (found == null) {
        if (!mayLack) {
          absent.put(key, by.file);
        }
        return;
      }
      Path same = byIdentity.putIfAbsent(identity(found.file), found.file);
      files.put(key, same == null ? found.file : same);
      byName.put(name, files.get(key));
      if (same == null) {
        try {
          found.readTables(loader);
        } catch (MalformedBinary e) {
          // It is brought along as it is: what is wrong with it shows when the program is run.
        }
        if (!loader.isMusl() && !found.soname.isEmpty()) {
          byName.putIfAbsent(found.soname, found.file);
        }
        loaded.put(found.file, found);
        pending.add(found);
      }
    }

    private @Nullable Loaded find(String name, Loaded by) {
      if (name.indexOf('/') >= 0) {
        String path = new RunPath(by.file, loader).expand(name);
        return path == null ? null : open(path, by);
      }
      return loader.isMusl() ? findForMusl(name, by) : findForGlibc(name, by);
    }

    private @Nullable Loaded findForMusl(String name, Loaded by) {
      Loaded found = in(fromEnvironment, name, by, false);
      for (Loaded each = by; found == null && each != null; each = each.by) {
        found = in(each.runpath.isEmpty() ? each.rpath : each.runpath, name, by, false);
      }
      return found != null ? found : in(loader.folders(), name, by, false);
    }

    private @Nullable Loaded findForGlibc(String name, Loaded by) {
      Loaded found = null;
      if (by.runpath.isEmpty()) {
        for (Loaded each = by; found == null && each != null; each = each.by) {
          found = in(each.rpath, name, by, true);
        }
      }
      if (found == null) {
        found = in(fromEnvironment, name, by, true);
      }
      if (found == null) {
        found = in(by.runpath, name, by, true);
      }
      if (found == null) {
        String cached = loader.cache().find(name, loader.levels(), loader.legacy());
        boolean isDefault =
            cached != null && loader.folders().stream().anyMatch(cached::startsWith);
        if (cached != null && (by.defaultFolders || !isDefault)) {
          found = open(cached, by);
        }
      }
      if (found == null && by.defaultFolders) {
        found = in(loader.folders(), name, by, true);
      }
      return found;
    }

    private @Nullable Loaded in(
        List<String> folders, String name, Loaded by, boolean withProcessors) {
      for (String folder : folders) {
        String start = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
        if (withProcessors) {
          for (String each : subdirectories.computeIfAbsent(start, this::subdirectories)) {
            Loaded found = open(each + name, by);
            if (found != null) {
              return found;
            }
          }
        }
        Loaded found = open(start + name, by);
        if (found != null) {
          return found;
        }
      }
      return null;
    }

    /// Those of the directories for processors that are there.
    private List<String> subdirectories(String start) {
      try {
        return Patience.look(
            Path.of(start.isEmpty() ? "." : start),
            at ->
                loader.subdirectories().stream()
                    .filter(each -> Files.isDirectory(at.resolve(each)))
                    .map(each -> start + each + "/")
                    .toList());
      } catch (IOException | InvalidPathException e) {
        return List.of();
      }
    }

    /// A file that cannot be read, is for another machine or is no library is passed over, and the
    /// search goes on.
    private @Nullable Loaded open(String name, Loaded by) {
      try {
        Path file = Path.of(name).toAbsolutePath();
        ElfFile elf = LoaderFile.elfIfThere(file).orElse(null);
        return elf == null || elf.type() != ElfFile.Type.SHARED ? null : new Loaded(file, by, elf);
      } catch (IOException
          | InvalidPathException
          | MalformedBinary
          | trapline.model.Unsupported e) {
        return null;
      }
    }
  }

  private static Object identity(Path file) {
    try {
      Map<String, Object> facts = Files.readAttributes(file, "unix:dev,ino");
      return List.of(
          Objects.requireNonNull(facts.get("dev")), Objects.requireNonNull(facts.get("ino")));
    } catch (IOException e) {
      return file;
    }
  }

  private static String nameOf(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
