package trapline.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trapline.elf.ElfFile;
import trapline.linux.files.FileErrors;
import trapline.linux.loader.LibrarySearch;
import trapline.linux.objects.ObjectFiles;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Decides whether a program can run on a C library that it was not linked for, and how.
public final class LibcFit {
  private static final byte[] NAME_OPTION = "argv0".getBytes(StandardCharsets.US_ASCII);

  private final Libc libc;
  private final Map<String, String> environment;
  private final ObjectFiles objects = new ObjectFiles();

  /// @param environment the program's, for its LD_LIBRARY_PATH
  public LibcFit(Libc libc, Map<String, String> environment) {
    this.libc = libc;
    this.environment = environment;
  }

  /// How to run the program on the library.
  ///
  /// @param name as the user typed it
  /// @param program a file that can be executed
  /// @throws LibcFailure when it cannot, with the reason
  public LoaderRun run(String name, Path program) {
    ElfFile loader = open(libc.loader());
    ElfFile elf = program(name, program);
    checkKind(name, elf);
    String path = libraryPath(name, elf, program);
    Map<String, String> variables = new HashMap<>(preloads());
    variables.put("LD_LIBRARY_PATH", path);
    LibrarySearch.Found loaded = find(libc.loader(), program, variables);
    checkLibrary(name, loaded);
    new NeededOfLibc(libc, name, elf, loaded, this::open).check();
    return new LoaderRun(libc.loader(), path, holds(loader, NAME_OPTION), program);
  }

  private ElfFile program(String name, Path program) {
    try (var in = Files.newInputStream(program)) {
      byte[] start = in.readNBytes(2);
      if (start.length == 2 && start[0] == '#' && start[1] == '!') {
        throw new LibcFailure(
            name + ": a script, which has no C library of its own; name its interpreter before it");
      }
    } catch (IOException e) {
      throw new LibcFailure(name + ": cannot be read: " + FileErrors.reason(e), e);
    }
    ElfFile elf = open(program);
    if (elf.interpreter().isEmpty()) {
      throw new LibcFailure(
          name + ": statically linked: the C library is in it, and another cannot take its place");
    }
    return elf;
  }

  /// glibc and musl cannot stand in for each other.
  private void checkKind(String name, ElfFile elf) {
    String sign = "";
    Libc.Kind kind = null;
    for (String needed : elf.dynamic().needed()) {
      if (needed.equals("libc.so.6")) {
        kind = Libc.Kind.GLIBC;
        sign = needed;
      } else if (needed.equals("libc.so") || needed.startsWith("libc.musl-")) {
        kind = Libc.Kind.MUSL;
        sign = needed;
      }
    }
    if (kind == null) {
      sign = elf.interpreter();
      kind =
          sign.contains("/ld-musl")
              ? Libc.Kind.MUSL
              : sign.contains("/ld-linux") ? Libc.Kind.GLIBC : libc.kind();
    }
    if (kind != libc.kind()) {
      throw new LibcFailure(
          name
              + ": linked for "
              + kind.text()
              + " ("
              + sign
              + "), and "
              + libc.prefix()
              + " has "
              + libc.title()
              + "; to compile it for that: trapline libc cc "
              + libc.prefix());
    }
  }

  /// First the library's own directory, then what the user says, then where the system has the
  /// other libraries that the program needs and its own C library, beside which plug-ins may lie.
  private String libraryPath(String name, ElfFile elf, Path program) {
    Set<Path> directories = new LinkedHashSet<>();
    directories.add(libc.directory());
    for (String each : environment.getOrDefault("LD_LIBRARY_PATH", "").split("[:;]")) {
      if (!each.isEmpty()) {
        directories.add(Path.of(each));
      }
    }
    Path interpreter = Path.of(elf.interpreter());
    if (Files.isRegularFile(interpreter)) {
      LibrarySearch.Found here = find(interpreter, program, caller());
      for (String needed : here.files().keySet()) {
        Path directory = folderOf(here, needed);
        boolean isLoader = interpreter.endsWith(needed);
        if (directory != null && !isLoader && !Files.exists(libc.directory().resolve(needed))) {
          directories.add(directory);
        }
      }
      Path own = libc.kind() == Libc.Kind.GLIBC ? folderOf(here, "libc.so.6") : null;
      if (own != null) {
        directories.add(own);
      }
    }
    List<String> texts = new ArrayList<>();
    for (Path directory : directories) {
      String text = directory.toString();
      if (text.indexOf(':') >= 0 || text.indexOf(';') >= 0) {
        throw new LibcFailure(
            name + ": cannot be run with libraries of " + text + ": : and ; separate directories");
      }
      texts.add(text);
    }
    return String.join(":", texts);
  }

  /// What a dynamic linker would load, without running it.
  private static LibrarySearch.Found find(
      Path loader, Path program, Map<String, String> environment) {
    try {
      return new LibrarySearch(loader, environment).of(program);
    } catch (IOException e) {
      throw new LibcFailure(program + ": cannot be read: " + e.getMessage(), e);
    } catch (MalformedBinary e) {
      throw new LibcFailure("damaged ELF file: " + e.getMessage(), e);
    }
  }

  /// @return `null` when it was not found
  private static @Nullable Path folderOf(LibrarySearch.Found found, String name) {
    Path file = found.files().get(name);
    return file == null ? null : file.getParent();
  }

  private Map<String, String> caller() {
    String path = environment.get("LD_LIBRARY_PATH");
    return path == null ? Map.of() : Map.of("LD_LIBRARY_PATH", path);
  }

  private Map<String, String> preloads() {
    String preload = environment.get("LD_PRELOAD");
    return preload == null ? Map.of() : Map.of("LD_PRELOAD", preload);
  }

  private void checkLibrary(String name, LibrarySearch.Found loaded) {
    if (!loaded.absent().isEmpty()) {
      throw new LibcFailure(
          name
              + ": needs "
              + String.join(", ", loaded.absent().keySet())
              + ", which is neither under "
              + libc.prefix()
              + " nor where the system's libraries are; LD_LIBRARY_PATH may name its directory");
    }
    Path used = loaded.files().get("libc.so.6");
    if (libc.kind() == Libc.Kind.GLIBC && used != null && !isSame(used, libc.library())) {
      throw new LibcFailure(
          name
              + ": its run path (RPATH) leads to "
              + used
              + ", before any other place; chrpath -d or relinking removes that");
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  private ElfFile open(Path file) {
    try {
      return objects.open(file).elf();
    } catch (IOException e) {
      throw new LibcFailure(file + ": cannot be read: " + FileErrors.reason(e), e);
    } catch (MalformedBinary e) {
      throw new LibcFailure("damaged ELF file: " + e.getMessage(), e);
    } catch (Unsupported e) {
      throw new LibcFailure(file + ": " + e.getMessage(), e);
    }
  }

  private static boolean holds(@Nullable ElfFile elf, byte[] text) {
    if (elf == null) {
      return false;
    }
    byte[] all = elf.bytes().copy(0, elf.bytes().size());
    for (int i = 0; i + text.length <= all.length; i++) {
      int same = 0;
      while (same < text.length && all[i + same] == text[same]) {
        same++;
      }
      if (same == text.length) {
        return true;
      }
    }
    return false;
  }
}
