package trapline.kernel.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import trapline.bytes.Bytes;
import trapline.kernel.Gap;
import trapline.kernel.SyscallRow;
import trapline.model.Abi;
import trapline.model.Place;

/// Finds the numberings of system calls that a source has, and reads their rows: where each is, and
/// in which form, is data, `tables.txt`.
final class Numberings {
  /// A numbering with its rows by number.
  record Numbering(Abi abi, List<SyscallRow> rows) {
    Numbering {
      rows = List.copyOf(rows);
    }
  }

  /// A line of `tables.txt`.
  private record Location(String label, String form, String path, List<String> detail) {}

  private static final String TABLES = "tables.txt";
  private static final String MANY = "scripts/syscall.tbl";
  private static final String GENERIC = "include/uapi/asm-generic/unistd.h";
  private static final List<Location> LOCATIONS =
      Resource.rows(TABLES).stream()
          .map(f -> new Location(f.get(0), f.get(1), f.get(2), words(f.get(3))))
          .toList();
  private static final Set<String> PATHS = paths();

  private final Map<String, byte[]> files;
  private final List<Numbering> found = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final Map<String, SyscallTable.Contents> tables = new HashMap<>();

  /// @param files the files of [#wanted] by path
  Numberings(Map<String, byte[]> files) {
    this.files = files;
    for (Abi abi : Abi.all()) {
      List<Location> places = LOCATIONS.stream().filter(l -> l.label.equals(abi.label())).toList();
      Optional<Map<Integer, SyscallRow>> rows = Optional.empty();
      for (Location place : places) {
        if (rows.isEmpty() && !place.form.equals("private")) {
          rows = read(place);
        }
      }
      if (rows.isPresent() && !rows.get().isEmpty()) {
        for (Location place : places) {
          if (place.form.equals("private")) {
            readPrivate(place, rows.get());
          }
        }
        found.add(new Numbering(abi, List.copyOf(rows.get().values())));
      }
    }
  }

  /// Whether this class needs the file.
  static boolean wanted(String path) {
    return PATHS.contains(path) || (path.endsWith(".tbl") && path.startsWith("arch/"));
  }

  List<Numbering> found() {
    return found;
  }

  /// What could not be read of the tables that are there.
  List<Gap> gaps() {
    return gaps;
  }

  /// Where a numbering is looked for.
  static List<String> places(Abi abi) {
    return LOCATIONS.stream()
        .filter(place -> place.label.equals(abi.label()) && !place.form.equals("private"))
        .map(Location::path)
        .toList();
  }

  private static Set<String> paths() {
    Set<String> paths = new HashSet<>(Set.of(MANY, GENERIC));
    LOCATIONS.forEach(place -> paths.add(place.path));
    return paths;
  }

  private Optional<Map<Integer, SyscallRow>> read(Location place) {
    byte[] file = files.get(place.path);
    if (file == null) {
      return Optional.empty();
    }
    return switch (place.form) {
      case "table" -> table(place.path, place.detail);
      case "makefile" -> ofMakefile(file, place.detail.getFirst());
      case "header" -> Optional.of(header(place));
      default -> throw new IllegalStateException(TABLES + ": no such form: " + place.form);
    };
  }

  private Optional<Map<Integer, SyscallRow>> table(String path, List<String> wanted) {
    byte[] file = files.get(path);
    if (file == null) {
      return Optional.empty();
    }
    SyscallTable.Contents contents = tables.get(path);
    if (contents == null) {
      contents = SyscallTable.parse(Bytes.of(path, file));
      tables.put(path, contents);
      gaps.addAll(contents.gaps());
    }
    Map<Integer, SyscallRow> rows = new TreeMap<>();
    boolean lacking = false;
    for (String word : wanted) {
      boolean required = word.startsWith("+");
      String column = required ? word.substring(1) : word;
      boolean there = false;
      for (SyscallRow row : contents.rows()) {
        if (row.tableAbi().equals(column)) {
          rows.putIfAbsent(row.number(), row);
          there = true;
        }
      }
      lacking |= required && !there;
    }
    if (rows.isEmpty()) {
      gaps.add(new Gap(new Place(path, 0), "no row of " + String.join(", ", wanted)));
    }
    return lacking ? Optional.empty() : Optional.of(rows);
  }

  /// `syscall_abis_32 += csky time32` names the rows, `syscalltbl` the table when it is another
  /// than that for many architectures (`scripts/Makefile.asm-headers`).
  private Optional<Map<Integer, SyscallRow>> ofMakefile(byte[] makefile, String bits) {
    List<String> abis = new ArrayList<>(List.of("common", bits));
    String table = MANY;
    boolean named = false;
    for (String line : new String(makefile, StandardCharsets.UTF_8).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && line.startsWith("syscall_abis_" + bits)) {
        abis.addAll(words(line.substring(equals + 1)));
        named = true;
      } else if (equals > 0 && line.startsWith("syscalltbl")) {
        table = line.substring(equals + 1).trim().replace("%", bits).replace("$(srctree)/", "");
      }
    }
    if (!named) {
      return Optional.empty();
    }
    if (!files.containsKey(table) && files.containsKey(MANY)) {
      table = MANY; // arm64's is a symbolic link to it
    }
    if (!files.containsKey(table)) {
      gaps.add(new Gap(new Place(table, 0), "the table is missing"));
    }
    return table(table, abis);
  }

  /// A header serves the callers of its own size and, compiled a second time, 32-bit callers of a
  /// 64-bit kernel.
  private Map<Integer, SyscallRow> header(Location place) {
    Map<Integer, SyscallRow> rows = new TreeMap<>();
    for (SyscallRow row : UnistdHeader.read(files, place.path, place.detail)) {
      rows.put(row.number(), row);
    }
    if (place.detail.contains("__BITS_PER_LONG=32")) {
      List<String> compat = new ArrayList<>(place.detail);
      compat.add("__SYSCALL_COMPAT");
      for (SyscallRow other : UnistdHeader.read(files, place.path, compat)) {
        SyscallRow row = rows.get(other.number());
        if (row != null && !row.entry().equals(other.entry())) {
          rows.put(
              row.number(),
              new SyscallRow(
                  row.number(),
                  row.tableAbi(),
                  row.name(),
                  row.entry(),
                  other.entry(),
                  false,
                  row.place()));
        }
      }
    }
    return rows;
  }

  /// `#define __ARM_NR_cacheflush (__ARM_NR_BASE+2)`
  private void readPrivate(Location place, Map<Integer, SyscallRow> rows) {
    byte[] file = files.get(place.path);
    String prefix = place.detail.get(0);
    int base = Integer.decode(place.detail.get(1));
    int line = 0;
    for (String text :
        new String(file == null ? new byte[0] : file, StandardCharsets.UTF_8).split("\n", -1)) {
      line++;
      List<String> words = words(text.replaceAll("[()+]", " "));
      if (words.size() != 4
          || !words.get(0).equals("#define")
          || !words.get(1).startsWith(prefix)) {
        continue;
      }
      String name = words.get(1).substring(prefix.length());
      if (name.equals(name.toLowerCase(java.util.Locale.ROOT)) && words.get(3).matches("[0-9]")) {
        int number = base + Integer.parseInt(words.get(3));
        rows.putIfAbsent(
            number,
            new SyscallRow(
                number,
                "private",
                name,
                place.detail.get(2),
                "",
                false,
                new Place(place.path, line)));
      }
    }
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.trim().split("\\s+", -1)).filter(w -> !w.isEmpty()).toList();
  }
}
