package trapline.linux.loader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private static final List<String> LEVELS = List.of("x86-64-v4", "x86-64-v3", "x86-64-v2");

  private final boolean musl;
  private final String soname;
  private final List<String> folders;
  private final LibraryCache cache;
  private final List<String> levels;
  private final String platform;

  private LoaderFile(
      boolean musl,
      String soname,
      List<String> folders,
      LibraryCache cache,
      List<String> levels,
      String platform) {
    this.musl = musl;
    this.soname = soname;
    this.folders = folders;
    this.cache = cache;
    this.levels = levels;
    this.platform = platform;
  }

  /// Reads it; of a file that is no dynamic linker the answer is the usual directories.
  static LoaderFile read(Path path) {
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
      return new LoaderFile(true, soname, muslFolders(path), LibraryCache.EMPTY, List.of(), "");
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
    String platform = holds(bytes, "haswell\0") && processor.isHaswell() ? "haswell" : "x86_64";
    return new LoaderFile(
        false, soname, glibcFolders(bytes), cacheOf(bytes), List.copyOf(levels), platform);
  }

  /// Opens an object file, mapped.
  static ElfFile elf(Path path) throws IOException {
    return Patience.look(path, LoaderFile::mapped);
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

  /// The subfolders of `glibc-hwcaps` that this machine's processor may use, best first.
  List<String> levels() {
    return levels;
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

  private static LibraryCache cacheOf(byte[] loader) {
    int at = indexOf(loader, "/ld.so.cache\0", 0);
    Path file = Path.of(at < 0 ? "/etc/ld.so.cache" : stringAround(loader, at));
    return LibraryCache.read(file);
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
