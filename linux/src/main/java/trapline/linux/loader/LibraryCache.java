package trapline.linux.loader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.linux.files.UntrustedFile;
import trapline.model.MalformedBinary;

/// `ld.so.cache`, where ldconfig notes which libraries lie where (`dl-cache.h` of glibc): the
/// format of glibc 2.2 and later, alone or behind the older one.
final class LibraryCache {
  /// Of a machine that has none.
  static final LibraryCache EMPTY = new LibraryCache(Map.of());

  private static final String OLD = "ld.so-1.7.0";
  private static final String NEW = "glibc-ld.so.cache1.1";
  private static final int OLD_HEADER = 16;
  private static final int OLD_ENTRY = 12;
  private static final int HEADER = 48;
  private static final int ENTRY = 24;

  /// `FLAG_ELF_LIBC6 | FLAG_X8664_LIB64`.
  private static final int LIBRARY_X86_64 = 0x0303;

  /// Of an entry's `hwcap`: the lower half is a number of a name in the extension.
  private static final long NAMED_LEVEL = 1L << 62;

  private static final long EXTENSION = 0xeaa42174L;
  private static final int LEVEL_NAMES = 1;
  private static final long LARGEST = 64L << 20;

  /// @param level the name of a subdirectory of `glibc-hwcaps`; empty for none
  /// @param needs bits of what the processor must have, as versions before 2.37 have them
  private record Entry(String level, long needs, String path) {}

  private final Map<String, List<Entry>> entries;

  private LibraryCache(Map<String, List<Entry>> entries) {
    this.entries = entries;
  }

  /// Reads it from a file; a file that is damaged or not there is as good as none.
  static LibraryCache read(Path file) {
    try (UntrustedFile open = UntrustedFile.open(file)) {
      if (open.size() <= LARGEST) {
        return parse(Bytes.of(file.toString(), open.read((int) LARGEST)));
      }
    } catch (IOException | MalformedBinary e) {
      // The dynamic linker looks into its directories then.
    }
    return EMPTY;
  }

  /// @throws MalformedBinary when it is no such cache, or a damaged one
  static LibraryCache parse(Bytes whole) {
    Bytes file = whole;
    if (begins(file, OLD)) {
      long end = OLD_HEADER + file.u32(12) * OLD_ENTRY;
      file = file.from(end + 7 & ~7L);
    }
    if (!begins(file, NEW)) {
      throw whole.malformed(0, "not a cache of libraries");
    }
    long count = file.u32(20);
    file.slice(HEADER, count * ENTRY);
    List<String> levels = levels(file);
    // A file's strings may overlap, but in a good one hardly do.
    long budget = (1 << 20) + 4L * file.size();
    Map<String, List<Entry>> entries = new HashMap<>();
    for (long i = 0; i < count; i++) {
      long at = HEADER + i * ENTRY;
      long level = file.u64(at + 16);
      boolean named = (level & NAMED_LEVEL) != 0;
      long number = level & 0xffff_ffffL;
      if (file.u32(at) != LIBRARY_X86_64 || (named && number >= levels.size())) {
        continue; // of another architecture
      }
      String name = file.cString(file.u32(at + 4));
      String path = file.cString(file.u32(at + 8));
      budget -= name.length() + path.length();
      if (budget < 0) {
        throw file.malformed(at, "a cache of libraries with too much text");
      }
      entries
          .computeIfAbsent(name, each -> new ArrayList<>())
          .add(named ? new Entry(levels.get((int) number), 0, path) : new Entry("", level, path));
    }
    return new LibraryCache(entries);
  }

  private static List<String> levels(Bytes file) {
    long extension = file.u32(32);
    List<String> levels = new ArrayList<>();
    if (extension == 0 || file.u32(extension) != EXTENSION) {
      return levels;
    }
    long sections = Math.min(64, file.u32(extension + 4));
    for (long i = 0; i < sections; i++) {
      long at = extension + 8 + i * 16;
      if (file.u32(at) == LEVEL_NAMES) {
        long names = Math.min(64, file.u32(at + 12) / 4);
        for (long name = 0; name < names; name++) {
          levels.add(file.cString(file.u32(file.u32(at + 8) + name * 4)));
        }
      }
    }
    return levels;
  }

  private static boolean begins(Bytes file, String magic) {
    byte[] wanted = magic.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < wanted.length; i++) {
      if (i >= file.size() || file.u8(i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /// Where a library lies. Those for a level come first, then the first of the others that the
  /// processor can use.
  ///
  /// @param levels the processor's, best first
  /// @param has what the processor has, in bits
  /// @return `null` when it is not noted
  @Nullable String find(String name, List<String> levels, LegacyCapabilities has) {
    String found = null;
    int best = levels.size();
    String plain = null;
    for (Entry each : entries.getOrDefault(name, List.of())) {
      int rank = levels.indexOf(each.level());
      if (rank >= 0 && rank < best) {
        best = rank;
        found = each.path();
      } else if (plain == null && each.level().isEmpty() && has.meets(each.needs())) {
        plain = each.path();
      }
    }
    return found == null ? plain : found;
  }
}
