package trapline.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The arguments with which a C compiler makes programs that run on a C library under a prefix: its
/// headers, start files, libraries and dynamic linker in place of the system's.
public final class LibcFlags {
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern PATH = Pattern.compile("(?<![^\\s(])/[^\\s()]+");
  private static final int LONGEST_SCRIPT = 1 << 16;

  private LibcFlags() {}

  /// The arguments, in the order in which they are to stand before all others.
  ///
  /// @throws LibcFailure when the library cannot be compiled for: what its installation lacks
  public static List<String> of(Libc libc, CCompiler compiler) {
    Path headers = folderWith(libc, "include", "stdio.h");
    Path starts = folderWith(libc, "lib", "crt1.o");
    return switch (libc.kind()) {
      case GLIBC -> glibc(libc, headers, starts, compiler);
      case MUSL -> musl(libc, headers, starts, compiler);
    };
  }

  /// The kernel's headers, which glibc does not install, are found in the system's own directories,
  /// which stay behind the library's.
  private static List<String> glibc(Libc libc, Path headers, Path starts, CCompiler compiler) {
    checkScript(libc, starts.resolve("libc.so"));
    List<String> flags = new ArrayList<>(List.of("-isystem", headers.toString()));
    addLibrary(flags, libc, starts);
    // Other libraries, that of the compiler among them, stay where the system has them.
    Path system = compiler.file("libgcc_s.so.1").getParent();
    String fallback = system == null ? "" : ":" + system;
    flags.addAll(linker("-rpath", libc.directory() + fallback));
    flags.addAll(linker("--dynamic-linker", libc.loader().toString()));
    return flags;
  }

  /// No header and no library of the system, which are made for another C library; the compiler's
  /// own headers behind musl's, which replace some of them.
  private static List<String> musl(Libc libc, Path headers, Path starts, CCompiler compiler) {
    List<String> flags = new ArrayList<>(List.of("-nostdinc", "-isystem", headers.toString()));
    flags.addAll(List.of("-isystem", compiler.file("include").toString()));
    addLibrary(flags, libc, starts);
    flags.add("-static-libgcc"); // libgcc_s.so.1 needs glibc
    flags.addAll(linker("-rpath", libc.directory().toString()));
    flags.addAll(linker("--dynamic-linker", libc.loader().toString()));
    return flags;
  }

  private static void addLibrary(List<String> flags, Libc libc, Path starts) {
    flags.addAll(List.of("-B", starts.toString(), "-L", starts.toString()));
    if (!starts.equals(libc.directory())) {
      flags.addAll(List.of("-L", libc.directory().toString()));
    }
  }

  /// `-Wl,` splits what follows at commas.
  private static List<String> linker(String option, String value) {
    if (value.indexOf(',') >= 0) {
      return List.of("-Xlinker", option, "-Xlinker", value);
    }
    return List.of(
        option.startsWith("--") ? "-Wl," + option + "=" + value : "-Wl," + option + "," + value);
  }

  /// The directory of that name that has a file, beside the library's own or under the prefix.
  private static Path folderWith(Libc libc, String name, String file) {
    List<Path> candidates = new ArrayList<>();
    if (name.equals("lib")) {
      candidates.add(libc.directory());
      candidates.add(libc.prefix().resolve("lib64"));
      candidates.add(libc.prefix().resolve("usr/lib64"));
    }
    candidates.add(libc.prefix().resolve(name));
    candidates.add(libc.prefix().resolve("usr").resolve(name));
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate.resolve(file))) {
        return candidate;
      }
    }
    throw new LibcFailure(
        libc.prefix()
            + ": "
            + libc.title()
            + " is not installed whole: it lacks "
            + candidates.getFirst().resolve(file)
            + ", without which nothing can be compiled for it; make install provides it");
  }

  /// glibc's `libc.so` is a linker script that names the library by its absolute path. One that
  /// was moved would quietly link with the system's.
  private static void checkScript(Libc libc, Path script) {
    String text;
    try (var in = Files.newInputStream(script)) {
      text = new String(in.readNBytes(LONGEST_SCRIPT), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new LibcFailure(script + ": cannot be read, and nothing links without it", e);
    }
    Matcher path = PATH.matcher(COMMENT.matcher(text).replaceAll(" "));
    while (!text.startsWith("\u007fELF") && path.find()) {
      if (!isUnder(libc.prefix(), Path.of(path.group()))) {
        throw new LibcFailure(
            script
                + " names "
                + path.group()
                + ", which is not under "
                + libc.prefix()
                + ": programs would be linked with another C library");
      }
    }
  }

  private static boolean isUnder(Path prefix, Path file) {
    try {
      return file.startsWith(prefix) || file.toRealPath().startsWith(prefix.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }
}
