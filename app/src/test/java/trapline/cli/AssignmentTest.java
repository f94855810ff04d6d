package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The variable that received a call's result is the one that the source names, and gdb finds that
/// value in it right behind the call.
@Tag("host")
class AssignmentTest {
  @TempDir Path folder;

  /// One call: what stands before its `=` in the source, and what we say.
  private record Found(String source, String name, String value, long result) {}

  @ParameterizedTest
  @CsvSource({
    "gcc, assigned.c, -g -O0, 20",
    "gcc, assigned.c, -gdwarf-4 -O0 -no-pie, 20",
    "gcc, assigned.c, -gdwarf-5 -O2, 16",
    "gcc, assigned.c, -gdwarf-4 -O2, 16",
    "gcc, assigned.c, -gdwarf-4 -gsplit-dwarf -fdebug-types-section -O0, 20",
    "clang, assigned.c, -gdwarf-5 -O0, 21",
    "clang, assigned.c, -gdwarf-4 -O2, 16",
    "g++, assigned.cc, -gdwarf-5 -O0, 7",
    "g++, assigned.cc, -gdwarf-4 -O2, 7",
    "clang++, assigned.cc, -gdwarf-4 -O0, 7",
    "clang++, assigned.cc, -gdwarf-5 -O2, 7",
  })
  void gdbFindsTheResultThere(String compiler, String source, String options, int least)
      throws IOException {
    Tools.require("gdb");
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    if (source.endsWith(".c")) {
      Path other = folder.resolve("other.c");
      Files.writeString(other, "int before; int other_fd = -1;");
      all.add(other.toString());
    }
    Path program =
        Programs.compileWith(
            compiler, folder, "assigned", Matrix.source(source), all.toArray(new String[0]));
    List<Found> calls = follow(program);
    List<JsonNode> stops = gdb(program, calls);
    assertThat(stops).hasSameSizeAs(calls);
    SoftAssertions softly = new SoftAssertions();
    int compared = 0;
    for (int i = 0; i < calls.size(); i++) {
      Found call = calls.get(i);
      if (call.name().isEmpty()) {
        continue;
      }
      compared++;
      JsonNode values = stops.get(i).get("values");
      long result = stops.get(i).get("result").asLong();
      softly.assertThat(call.source()).as("%d: %s = %s", i, call.name(), call.value()).isNotEmpty();
      softly.assertThat(values.has(call.name())).as("gdb evaluates %s", call.name()).isTrue();
      if (values.has(call.name())) {
        long theirs = values.get(call.name()).asLong();
        softly.assertThat(isPart(theirs, result)).as("gdb: %s is %d", call, theirs).isTrue();
        softly.assertThat(isPart(number(call.value()), call.result())).as(call.toString()).isTrue();
        // The source's own words name the same value, where gdb can evaluate them.
        if (values.has(call.source())) {
          softly.assertThat(values.get(call.source()).asLong()).as(call.source()).isEqualTo(theirs);
        }
      }
    }
    softly.assertAll();
    assertThat(compared).as(calls.toString()).isGreaterThanOrEqualTo(least);
  }

  /// Atomic variables are stored to by an exchange.
  @ParameterizedTest
  @CsvSource({"gcc, -O0", "gcc, -O2", "clang, -O0", "clang, -O2"})
  void atomicVariables(String compiler, String level) {
    Path program =
        Programs.compileWith(
            compiler,
            folder,
            "atomic",
            """
            #include <stdatomic.h>
            #include <unistd.h>
            _Atomic int parent;
            struct { int before; _Atomic long group; } wide;
            int main(void) {
              parent = getppid();
              wide.group = getpgrp();
              return parent == wide.group;
            }
            """,
            "-g",
            level);
    Follow run =
        Follow.json(List.of("--call", "getppid,getpgrp"), List.of(program.toString())).orFail();
    assertThat(Follow.hop(run.first("getppid"), "return").path("assignment").asText())
        .startsWith("parent = ");
    assertThat(Follow.hop(run.first("getpgrp"), "return").path("assignment").asText())
        .startsWith("wide.group = ");
  }

  private static List<Found> follow(Path program) {
    List<Found> found = new ArrayList<>();
    List<String> options = List.of("--all", "--call", "socket,mmap");
    for (JsonNode journey : Follow.json(options, List.of(program.toString())).journeys()) {
      JsonNode line = Follow.hop(journey, "source-line");
      String text = line.path("text").asText("").strip();
      if (!text.contains("socket(") && !text.contains("mmap(")) {
        continue;
      }
      String assignment = Follow.hop(journey, "return").path("assignment").asText("");
      int equals = assignment.indexOf(" = ");
      long outcome = journey.at("/outcome/value").asLong();
      found.add(
          new Found(
              assigned(text),
              equals < 0 ? "" : assignment.substring(0, equals),
              equals < 0 ? "" : assignment.substring(equals + 3),
              outcome < 0 && outcome > -4096 ? -1 : outcome));
    }
    return found;
  }

  /// What a statement assigns a call's result to; empty when it does something else with it.
  private static String assigned(String statement) {
    int equals = statement.indexOf(" = ");
    if (equals < 0 || !statement.endsWith(");")) {
      return "";
    }
    String left = statement.substring(0, equals);
    String name = left.substring(left.lastIndexOf(' ') + 1);
    return statement.startsWith("void *page") ? "page" : name;
  }

  private List<JsonNode> gdb(Path program, List<Found> calls) throws IOException {
    Path script = folder.resolve("assigned.py");
    Path names = folder.resolve("names.json");
    Path out = folder.resolve("values.json");
    try (InputStream in =
        Objects.requireNonNull(AssignmentTest.class.getResourceAsStream("assigned.py"))) {
      Files.write(script, in.readAllBytes());
    }
    List<String> lines = new ArrayList<>();
    for (Found call : calls) {
      lines.add("[\"" + call.source() + "\", \"" + call.name() + "\"]");
    }
    Files.write(names, lines);
    Command run =
        Command.run(
            "env",
            "TRAPLINE_NAMES=" + names,
            "TRAPLINE_OUT=" + out,
            "gdb",
            "-nx",
            "-batch",
            "-x",
            script.toString(),
            program.toString());
    List<JsonNode> stops = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      stops.add(Follow.parse(line));
    }
    assertThat(stops).as(run.out() + run.err()).isNotEmpty();
    return stops;
  }

  private static long number(String value) {
    String first = value.split(" ", -1)[0];
    return switch (first) {
      case "NULL", "false" -> 0;
      case "true" -> 1;
      default ->
          first.startsWith("0x")
              ? Long.parseUnsignedLong(first.substring(2), 16)
              : Long.parseLong(first);
    };
  }

  /// Whether a value is a result as one of C's integer types holds it.
  private static boolean isPart(long value, long result) {
    return value == result
        || value == (int) result
        || value == (result & 0xffff_ffffL)
        || value == (short) result
        || value == (result & 0xff);
  }
}
