package trapline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.elf.Symbol;
import trapline.model.LinkAddress;
import trapline.model.Place;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The macros that each line of code sees, as gdb lists them.
@Tag("host")
class MacrosTest {
  private static final String HEADER =
      """
      #ifndef TWICE
      #define TWICE(x) ((x) + (x))
      #define BEFORE 1
      #endif
      static __attribute__ ((noinline)) int in_header(int a)
      {
        return TWICE (a) + BEFORE;
      }
      #define BEHIND(...) in_header (__VA_ARGS__)
      """;

  private static final String AGAIN =
      """
      #undef LEVEL
      #define LEVEL NUMBER
      """;

  private static final String SOURCE =
      """
      #include "header.h"
      #define LEVEL 1
      #define LONG_ONE(a, b) do { a = b; \\
          b = 0; } while (0)
      #define EMPTY
      static __attribute__ ((noinline)) int first(int a)
      {
        int b = LEVEL;
        LONG_ONE (b, a);
        return b EMPTY;
      }
      #undef LEVEL
      static __attribute__ ((noinline)) int second(int a)
      {
        return a * 2;
      }
      #define LEVEL 3
      static __attribute__ ((noinline)) int third(int a)
      {
        return a * LEVEL;
      }
      #define NUMBER 7
      #include "again.h"
      #undef EMPTY
      int main(int argc, char **argv)
      {
        return first (argc) + second (argc) + third (argc) + BEHIND (argc) + LEVEL;
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void headers() throws IOException {
    Tools.require("gdb");
    Files.writeString(folder.resolve("header.h"), HEADER);
    Files.writeString(folder.resolve("again.h"), AGAIN);
  }

  private Path compile(String compiler, String options) {
    return Programs.compileWith(compiler, folder, "macros", SOURCE, options.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "gcc, -g3 -gdwarf-4",
    "gcc, -g3 -gdwarf-5",
    "gcc, -g3 -ggdb -gdwarf-4 -Og",
    "gcc, -g3 -gdwarf-4 -gstrict-dwarf",
    "gcc, -g3 -gdwarf-5 -gdwarf64",
    "gcc, -g3 -gdwarf-5 -gz",
    "clang, -g -fdebug-macro -gdwarf-4",
    "clang, -g -fdebug-macro -gdwarf-5",
  })
  void areThoseOfGdb(String compiler, String options) {
    Path program = compile(compiler, options + " -DGIVEN=5");
    DebugInfo info = DwarfFiles.open(program);
    Map<Place, LinkAddress> lines = lines(program, info);
    Map<Place, Map<String, String>> expected = new LinkedHashMap<>();
    Set<String> names = new TreeSet<>();
    for (Map.Entry<Place, Map<String, String>> each : gdb(program, lines.keySet()).entrySet()) {
      expected.put(each.getKey(), each.getValue());
      names.addAll(each.getValue().keySet());
    }
    assertThat(names).contains("TWICE", "LEVEL", "LONG_ONE", "EMPTY");
    assertThat(expected).hasSizeGreaterThan(5);
    assertThat(expected.keySet()).anyMatch(line -> line.file().endsWith("header.h"));
    Set<String> levels = new TreeSet<>();
    for (Place line : expected.keySet()) {
      Map<String, String> ours = ours(info, lines.get(line), line, names);
      assertThat(ours).as("%s: %s", options, line).isEqualTo(expected.get(line));
      levels.add(String.valueOf(ours.get("LEVEL")));
    }
    // Other lines see other values, or none.
    assertThat(levels).hasSizeGreaterThan(2);
    assertThat(info.diagnostics()).isEmpty();
  }

  /// gcc 12 writes each split unit's imports with offset 0, so that what they define is not known.
  @ParameterizedTest
  @CsvSource({"-gdwarf-4", "-gdwarf-5"})
  void areNotToldOfSplitUnits(String options) {
    assertThat(found(compile("gcc", "-g3 " + options))).anyMatch(macros -> !macros.isEmpty());
    assertThat(found(compile("gcc", "-g3 -gsplit-dwarf " + options))).allMatch(Map::isEmpty);
  }

  private static List<Map<String, String>> found(Path program) {
    DebugInfo info = DwarfFiles.open(program);
    List<Map<String, String>> found = new ArrayList<>();
    lines(program, info)
        .forEach(
            (line, address) ->
                found.add(
                    ours(info, address, line, Set.of("TWICE", "LEVEL", "BEHIND", "LONG_ONE"))));
    return found;
  }

  @Test
  void areNotThereWithoutG3() {
    Path program = compile("gcc", "-g");
    DebugInfo info = DwarfFiles.open(program);
    lines(program, info)
        .forEach(
            (line, address) ->
                assertThat(info.macrosAt(address, line, List.of("LEVEL", "TWICE"))).isEmpty());
  }

  /// The lines with code, with an address of each.
  private static Map<Place, LinkAddress> lines(Path program, DebugInfo info) {
    Map<Place, LinkAddress> lines = new LinkedHashMap<>();
    for (String function : List.of("in_header", "first", "second", "third", "main")) {
      for (Symbol symbol : DwarfFiles.elf(program).symbols().named(function)) {
        for (long i = 0; i < symbol.size(); i++) {
          LinkAddress address = new LinkAddress(symbol.address().value() + i);
          info.lineAt(address)
              .filter(line -> line.line() > 0)
              .ifPresent(line -> lines.putIfAbsent(line.place(), address));
        }
      }
    }
    return lines;
  }

  private static Map<String, String> ours(
      DebugInfo info, LinkAddress address, Place line, Set<String> names) {
    Map<String, String> macros = new TreeMap<>();
    for (MacroDefinition each : info.macrosAt(address, line, names)) {
      macros.put(each.name(), described(each.text(), each.place()));
    }
    return macros;
  }

  private static String described(String text, @Nullable Place place) {
    String where =
        place == null
            ? ""
            : place.file().substring(place.file().lastIndexOf('/') + 1) + ":" + place.line();
    return text.replaceAll("\\s+", " ").replaceAll(" *, *", ",").strip() + " @" + where;
  }

  /// What gdb says: pairs of `Defined at FILE:LINE` and `#define TEXT`, or `-DNAME=TEXT` for what
  /// stands in no file.
  private Map<Place, Map<String, String>> gdb(Path program, Set<Place> lines) {
    List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "set width 0"));
    for (Place line : lines) {
      command.addAll(List.of("-ex", "echo LINE\\n"));
      command.addAll(List.of("-ex", "info line " + line, "-ex", "info macros " + line));
    }
    command.add(program.toString());
    // It fails when the last line is none of a statement; it has said the others then.
    String[] parts = Command.runIn(folder, command).out().split("LINE\n");
    Map<Place, Map<String, String>> all = new LinkedHashMap<>();
    int next = 1;
    for (Place line : lines) {
      String part = next < parts.length ? parts[next] : "";
      next++;
      if (part.contains("starts at address")) { // else gdb takes a line that begins a statement
        all.put(line, macros(part));
      }
    }
    return all;
  }

  private static Map<String, String> macros(String output) {
    Map<String, String> macros = new TreeMap<>();
    Place place = null;
    for (String row : output.lines().toList()) {
      if (row.startsWith("Defined at ")) {
        int colon = row.lastIndexOf(':');
        place = new Place(row.substring(11, colon), Integer.parseInt(row.substring(colon + 1)));
      } else if (row.startsWith("#define ")) {
        String text = row.substring(8);
        macros.put(text.split("[ (]", 2)[0], described(text, place));
      } else if (row.startsWith("-D")) {
        String[] parts = row.substring(2).split("=", 2);
        macros.put(parts[0].split("\\(", 2)[0], described(parts[0] + " " + parts[1], null));
      }
    }
    macros.keySet().removeAll(List.of("__FILE__", "__LINE__")); // gdb's own
    return macros;
  }
}
