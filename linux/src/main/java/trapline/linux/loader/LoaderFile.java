package trapline.linux.loader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import trapline.bytes.BytePattern;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.linux.files.Patience;
import trapline.linux.files.UntrustedFile;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// What a dynamic linker's file says of where it looks: glibc's holds its directories and its
/// cache's name as text, musl's reads a file that lies beside it.
final class LoaderFile {
  private static final long LARGEST_LOADER = 64L << 20;
  private static final long LARGEST_LIST = 1 << 20;
  private static final int LONGEST_NAME = 4096;

  /// What `ldso/dynlink.c` has where no file names others.
  private static final String MUSL_FOLDERS = "/lib:/usr/local/lib:/usr/lib";

  /// What separates names in `ld.so.preload`, once what follows a `#` is gone.
  private static final Pattern BETWEEN_PRELOADS = Pattern.compile("[: \\t\\n]+");

  private static final List<String> LEVELS = List.of("x86-64-v4", "x86-64-v3", "x86-64-v2");

  private final boolean musl;
  private final String soname;
  private final List<String> folders;
  private final LibraryCache cache;
  private final List<String> levels;
  private final LegacyCapabilities legacy;
  private final String platform;
  private final List<String> preloads;

  private LoaderFile(
      boolean musl,
      String soname,
      List<String> folders,
      LibraryCache cache,
      List<String> levels,
      LegacyCapabilities legacy,
      String platform,
      List<String> preloads) {
    this.musl = musl;
    this.soname = soname;
    this.folders = folders;
    this.cache = cache;
    this.levels = levels;
    this.legacy = legacy;
    this.platform = platform;
    this.preloads = preloads;
  }

  /// Reads it; of a file that is no dynamic linker the answer is the usual directories.
  ///
  /// @param etc the directory of the files that it reads: `/etc`
  static LoaderFile read(Path path, Path etc) {
    byte[] bytes = new byte[0];
    String soname = "";
    try {
      bytes = read(path, LARGEST_LOADER);
      if (bytes.length > 0) {
        soname = ElfFile.of(Bytes.of(path.toString(), bytes)).dynamic().soname();
      }
    } catch (IOException | MalformedBinary | Unsupported e) {
      // As when it is not there.
    }
    if (holds(bytes, "/etc/ld-musl-") || path.toString().contains("/ld-musl-")) {
      return new LoaderFile(
          true,
          soname,
          muslFolders(path),
          LibraryCache.EMPTY,
          List.of(),
          LegacyCapabilities.NONE,
          "",
          List.of());
    }
    Processor processor = Processor.ofThisMachine();
    List<String> levels = new ArrayList<>();
    if (holds(bytes, "glibc-hwcaps")) {
      for (String each : LEVELS) {
        if (processor.hasLevel(each)) {
          levels.add(each);
        }
      }
    }
    // Versions before 2.26 know one platform, x86_64, which the later ones have for a capability.
    String platform = holds(bytes, "haswell\0") ? processor.platform() : "";
    boolean legacy = !holds(bytes, "glibc-hwcaps") || holds(bytes, "Legacy HWCAP");
    return new LoaderFile(
        false,
        soname,
        glibcFolders(bytes),
        LibraryCache.read(named(bytes, "/ld.so.cache", etc)),
        List.copyOf(levels),
        legacy
            ? new LegacyCapabilities(
                platform, holds(bytes, "avx512_1\0") && processor.hasFirstAvx512(), true)
            : LegacyCapabilities.NONE,
        platform.isEmpty() ? "x86_64" : platform,
        preloads(named(bytes, "/ld.so.preload", etc)));
  }

  /// The names in `ld.so.preload`: separated by blanks or colons, with comments behind `#`.
  private static List<String> preloads(Path file) {
    try {
      String text = new String(read(file, LARGEST_LIST), StandardCharsets.ISO_8859_1);
      String plain = text.replaceAll("#[^\n]*", " ");
      return BETWEEN_PRELOADS.splitAsStream(plain).filter(each -> !each.isEmpty()).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// Opens an object file, mapped.
  static ElfFile elf(Path path) throws IOException {
    return Patience.look(path, LoaderFile::mapped);
  }

  /// The same for a file that may not be there.
  static Optional<ElfFile> elfIfThere(Path path) throws IOException {
    return Patience.look(
        path, at -> Files.isRegularFile(at) ? Optional.of(mapped(at)) : Optional.empty());
  }

  private static ElfFile mapped(Path path) throws IOException {
    try (UntrustedFile named = UntrustedFile.open(path);
        FileChannel file = FileChannel.open(named.path())) {
      ByteBuffer mapped =
          file.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(file.size(), 1 << 30));
      return ElfFile.of(Bytes.of(path.toString(), mapped));
    }
  }

  /// The contents of a file that another one names; empty when it is larger.
  private static byte[] read(Path path, long largest) throws IOException {
    return Patience.look(
        path,
        at -> {
          try (UntrustedFile file = UntrustedFile.open(at)) {
            return file.size() <= largest ? file.read((int) largest) : new byte[0];
          }
        });
  }

  boolean isMusl() {
    return musl;
  }

  /// Its `DT_SONAME`; empty when it has none.
  String soname() {
    return soname;
  }

  /// Where it looks last.
  List<String> folders() {
    return folders;
  }

  /// Where it looks before that; empty when it has none.
  LibraryCache cache() {
    return cache;
  }

  /// The subdirectories of `glibc-hwcaps` that this machine's processor may use, best first.
  List<String> levels() {
    return levels;
  }

  /// What it chooses libraries by besides.
  LegacyCapabilities legacy() {
    return legacy;
  }

  /// All subdirectories that it looks into before a directory itself, in their order.
  List<String> subdirectories() {
    List<String> all = new ArrayList<>();
    levels.forEach(each -> all.add("glibc-hwcaps/" + each));
    all.addAll(legacy.subdirectories());
    return all;
  }

  /// What it loads before anything that a program needs, whatever the program.
  List<String> preloads() {
    return preloads;
  }

  /// What `$LIB` stands for: a part of the directories' names.
  String lib() {
    String first = folders.isEmpty() ? "/lib64/" : folders.getFirst();
    int at = Math.max(0, first.lastIndexOf("/lib"));
    String lib = first.substring(at);
    return lib.replaceAll("^/|/$", "");
  }

  /// What `$PLATFORM` stands for.
  String platform() {
    return platform;
  }

  /// A file that the dynamic linker's own text names.
  private static Path named(byte[] loader, String end, Path etc) {
    int at = indexOf(loader, end + "\0", 0);
    String name = at < 0 ? "/etc" + end : stringAround(loader, at);
    return name.startsWith("/etc/") ? etc.resolve(name.substring(5)) : Path.of(name);
  }

  /// Several strings one after the other, each a directory with its `/`, such as
  /// `/lib/x86_64-linux-gnu/`, `/usr/lib/x86_64-linux-gnu/`, `/lib/` and `/usr/lib/`.
  private static List<String> glibcFolders(byte[] loader) {
    for (int at = indexOf(loader, "/\0", 0); at >= 0; at = indexOf(loader, "/\0", at + 1)) {
      String first = stringAround(loader, at);
      if (first.startsWith("/") && first.contains("/lib")) {
        List<String> folders = new ArrayList<>();
        int next = at + 2;
        for (String each = first; each.startsWith("/") && each.endsWith("/"); ) {
          folders.add(each);
          each = next < loader.length ? stringFrom(loader, next) : "";
          next += each.length() + 1;
        }
        return folders;
      }
    }
    return List.of("/lib64/", "/usr/lib64/", "/lib/", "/usr/lib/");
  }

  /// musl's are named in a file below the directory above its own, when there is one.
  private static List<String> muslFolders(Path loader) {
    Path folder = loader.getParent();
    Path above = folder == null ? null : folder.getParent();
    Path root = above == null ? Path.of("/") : above;
    String list = MUSL_FOLDERS;
    try {
      Path file = root.resolve("etc/ld-musl-x86_64.path");
      byte[] text = read(file, LARGEST_LIST);
      if (text.length > 0) {
        list = new String(text, StandardCharsets.ISO_8859_1);
      }
    } catch (NoSuchFileException e) {
      // Then it is the usual list.
    } catch (IOException e) {
      list = "";
    }
    List<String> folders = new ArrayList<>();
    for (String each : list.split("[:\n]")) {
      if (!each.isEmpty()) {
        folders.add(each);
      }
    }
    return folders;
  }

  private static boolean holds(byte[] bytes, String text) {
    return indexOf(bytes, text, 0) >= 0;
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    return new BytePattern(text).indexIn(bytes, from, bytes.length);
  }

  /// The string with an end of zero that holds a place.
  private static String stringAround(byte[] bytes, int at) {
    int start = at;
    while (start > 0 && bytes[start - 1] != 0 && at - start < LONGEST_NAME) {
      start--;
    }
    return stringFrom(bytes, start);
  }

  private static String stringFrom(byte[] bytes, int start) {
    int end = start;
    while (end < bytes.length && bytes[end] != 0 && end - start < LONGEST_NAME) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }
}
