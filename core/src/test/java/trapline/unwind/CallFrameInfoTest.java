package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.model.LinkAddress;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Every row of every entry, as `readelf` works them out.
@Tag("host")
final class CallFrameInfoTest {
  private static final String[] REGISTERS = {
    "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15", "ra"
  };

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/lib/x86_64-linux-gnu/libc.so.6",
        "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
        "/lib64/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libstdc++.so.6"
      })
  void ehFrameOfLibraries(String library) {
    Tools.require("readelf", library);
    compare(Path.of(library), ".eh_frame");
  }

  private static final String CPLUSPLUS =
      """
      #include <cstdio>
      #include <stdexcept>
      #include <string>
      struct Guard { std::string s; ~Guard() { std::puts(s.c_str()); } };
      static int deep(int n, char *p) {
        Guard g{std::string(p) + std::to_string(n)};
        if (n == 0) throw std::runtime_error("end");
        char vla[n + 1];
        std::snprintf(vla, n + 1, "%s", p);
        return deep(n - 1, vla) + vla[0];
      }
      int main(int argc, char **argv) {
        try { return deep(argc + 3, argv[0]); } catch (std::exception &e) { std::puts(e.what()); }
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"-O0", "-O2", "-O2 -fno-asynchronous-unwind-tables -fno-exceptions"})
  void programs(String options) {
    Tools.require("readelf", "g++");
    boolean exceptions = !options.contains("-fno-exceptions");
    Path program =
        exceptions
            ? Programs.compileWith("g++", folder, "p", CPLUSPLUS, ("-g " + options).split(" "))
            : Programs.compile(
                folder,
                "p",
                "#include <unistd.h>\nint f(int n){char b[n];return read(0,b,n)+b[0];}"
                    + "int main(int c,char**v){return f(c)+c;}",
                ("-g -static " + options).split(" "));
    compare(program, ".eh_frame");
    if (!exceptions) {
      compare(program, ".debug_frame");
    }
  }

  @Test
  void searchTableAndSectionAgree() {
    Tools.require("/lib/x86_64-linux-gnu/libc.so.6");
    ObjectFile libc = ObjectFile.read(Path.of("/lib/x86_64-linux-gnu/libc.so.6"), 0);
    CallFrameInfo withTable = libc.tables().get(0);
    ObjectFile.Section frames = libc.section(".eh_frame");
    CallFrameInfo alone = CallFrameInfo.ofEhFrame(frames.bytes(), frames.address(), null, 0);
    for (FrameDescription description : withTable.descriptions()) {
      for (long pc : new long[] {description.start(), description.end() - 1}) {
        assertThat(text(withTable.rowAt(new LinkAddress(pc)).orElseThrow(), List.of(REGISTERS)))
            .isEqualTo(text(alone.rowAt(new LinkAddress(pc)).orElseThrow(), List.of(REGISTERS)));
      }
    }
    assertThat(withTable.rowAt(new LinkAddress(0))).isEmpty();
    assertThat(withTable.rowAt(new LinkAddress(-1))).isEmpty();
    assertThat(alone.rowAt(new LinkAddress(0))).isEmpty();
    assertThat(alone.rowAt(new LinkAddress(-1))).isEmpty();
  }

  private static void compare(Path file, String section) {
    ObjectFile object = ObjectFile.read(file, 0);
    CallFrameInfo info =
        object.tables().stream()
            .filter(table -> table.sectionName().equals(section))
            .findFirst()
            .orElseThrow();
    List<Entry> expected = readelf(file, section);
    List<FrameDescription> descriptions = info.descriptions();
    assertThat(descriptions).hasSameSizeAs(expected);
    int rows = 0;
    for (int i = 0; i < expected.size(); i++) {
      Entry entry = expected.get(i);
      FrameDescription description = descriptions.get(i);
      assertThat(description.start()).isEqualTo(entry.start());
      assertThat(description.end()).isEqualTo(entry.end());
      Map<Long, String> ours = new HashMap<>();
      for (FrameRow row : info.rows(description)) {
        ours.put(row.start(), text(row, entry.columns()));
      }
      if (entry.rows().isEmpty()) { // readelf prints no row when the entry has no instructions
        assertThat(ours).containsOnlyKeys(entry.start());
        rows++;
        continue;
      }
      assertThat(ours).as("entry at 0x%x", entry.start()).isEqualTo(entry.rows());
      for (Map.Entry<Long, String> row : entry.rows().entrySet()) {
        assertThat(info.rowAt(new LinkAddress(row.getKey())))
            .hasValueSatisfying(
                found -> assertThat(text(found, entry.columns())).isEqualTo(row.getValue()));
      }
      rows += entry.rows().size();
    }
    assertThat(rows).isGreaterThanOrEqualTo(expected.size()).isPositive();
    System.err.printf(
        "%s %s: %d entries, %d rows as readelf%n", file, section, expected.size(), rows);
  }

  /// One entry as readelf prints it: the columns, and the row at each address.
  private record Entry(long start, long end, List<String> columns, Map<Long, String> rows) {}

  private static List<Entry> readelf(Path file, String section) {
    List<Entry> entries = new ArrayList<>();
    // The exit status is 1 when a debug file that the library names is not installed.
    String text = Command.run("readelf", "-W", "--debug-dump=frames-interp", file.toString()).out();
    boolean wanted = false;
    Entry entry = null;
    for (String line : text.split("\n", -1)) {
      String[] words = line.trim().split("\\s+");
      if (line.startsWith("Contents of the ")) {
        wanted = line.contains(" " + section + " ");
      } else if (!wanted) {
        continue;
      } else if (line.contains(" FDE ")) {
        String[] range = words[words.length - 1].substring("pc=".length()).split("\\.\\.");
        entry =
            new Entry(
                Long.parseUnsignedLong(range[0], 16),
                Long.parseUnsignedLong(range[1], 16),
                new ArrayList<>(),
                new HashMap<>());
        entries.add(entry);
      } else if (line.contains(" CIE ")) {
        entry = null;
      } else if (entry != null && words[0].equals("LOC")) {
        entry.columns().addAll(List.of(words).subList(2, words.length));
      } else if (entry != null && words.length >= 2 && words[0].length() == 16) {
        long address = Long.parseUnsignedLong(words[0], 16);
        if (address < entry.end()) { // readelf also prints a row for the end, when one is made
          entry
              .rows()
              .put(
                  address,
                  registerNames(String.join(" ", List.of(words).subList(1, words.length))));
        }
      }
    }
    return entries;
  }

  /// readelf writes a register that holds another one as `r1 (rdx)`.
  private static String registerNames(String row) {
    return row.replaceAll("r\\d+ \\((\\w+)\\)", "$1");
  }

  private static String text(FrameRow row, List<String> columns) {
    StringBuilder text = new StringBuilder();
    text.append(
        switch (row.cfa()) {
          case CfaRule.RegisterOffset(int register, long offset) ->
              REGISTERS[register] + (offset < 0 ? "" : "+") + offset;
          case CfaRule.Expression _ -> "exp";
          case CfaRule.Unspecified _ -> "none";
        });
    for (String column : columns) {
      int number = List.of(REGISTERS).indexOf(column);
      assertThat(number).as(column).isNotNegative();
      text.append(' ')
          .append(
              switch (row.rule(number)) {
                case RegisterRule.Unspecified _, RegisterRule.Undefined _ -> "u";
                case RegisterRule.SameValue _ -> "s";
                case RegisterRule.Offset(long offset) -> "c" + (offset < 0 ? "" : "+") + offset;
                case RegisterRule.ValueOffset(long offset) ->
                    "v" + (offset < 0 ? "" : "+") + offset;
                case RegisterRule.InRegister(int other) -> REGISTERS[other];
                case RegisterRule.Expression _ -> "exp";
                case RegisterRule.ValueExpression _ -> "vexp";
              });
    }
    return text.toString();
  }
}
