package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// musl, built by the command from the distribution's source package, and looked into.
@Tag("libc")
@TestMethodOrder(OrderAnnotation.class)
class LibcBuildTest {
  private static final int BAD_FILE = 6;
  private static final int NOT_BUILT = 8;
  private static final String NAME = "musl-1.2.3";

  /// Calls that musl makes in different ways: through inlined functions, in assembly, as a point of
  /// cancellation, and with an error.
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <sys/mman.h>
      #include <sys/socket.h>
      #include <unistd.h>
      int main(void) {
        char c;
        getppid();
        close(socket(AF_INET, SOCK_STREAM, 0));
        open("/missing", O_RDONLY);
        read(-1, &c, 1);
        lseek(-1, 0, SEEK_SET);
        if (vfork() == 0) _exit(0);
        return 0;
      }
      """;

  private static final Pattern FRAME =
      Pattern.compile("^#\\d+ +(?:0x[0-9a-f]+ in )?(\\S+) .* at (\\S+):(\\d+)$");

  @TempDir static Path folder;
  private static Path program;
  private static Path library;

  private static Command libc(String... words) {
    return libc(Map.of(), words);
  }

  private static Command libc(Map<String, String> variables, String... words) {
    return new LibcCli(folder).run(variables, words);
  }

  @BeforeAll
  static void build() throws IOException {
    Tools.require("make", "gcc", "gdb");
    Command built = libc("build", NAME);
    Tools.requireHost(
        !built.err().contains("cannot be fetched"),
        "the source package of " + NAME + " (apt, deb-src): " + built.err());
    assertThat(built.status()).as(built.err()).isZero();
    assertThat(built.err())
        .contains(
            "Debian's source package musl 1.2.3-", "CFLAGS -g -g3 -ggdb -gdwarf-4 -Og", "log");
    assertThat(built.out()).startsWith(NAME + " built in ");
    library = folder.resolve("data/trapline/libc-prefixes/" + NAME + "/lib/libc.so");
    Files.writeString(folder.resolve("calls.c"), PROGRAM);
    program = folder.resolve("calls");
    Command compiled = libc("cc", NAME, "-g", "-o", program.toString(), "calls.c");
    assertThat(compiled.status()).as(compiled.err()).isZero();
    assertThat(compiled.err()).startsWith("$ cc -nostdinc ").contains("calls.c");
  }

  /// The frames of gdb, where it stands on the instruction that traps.
  private static List<String> gdb(String at) {
    Command run =
        Command.run(
            "gdb",
            "-nx",
            "-batch",
            "-ex",
            "set debuginfod enabled off",
            "-ex",
            "set breakpoint pending off",
            "-ex",
            "starti",
            "-ex",
            "break *(" + at + ")",
            "-ex",
            "continue",
            "-ex",
            "bt",
            program.toString());
    List<String> frames = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      Matcher frame = FRAME.matcher(line);
      if (frame.matches() && !frame.group(1).equals("main")) {
        frames.add(frame.group(1) + " " + frame.group(2) + ":" + frame.group(3));
      }
    }
    return frames;
  }

  @Test
  @Order(1)
  void theRoadThroughItIsThatOfGdb() {
    Follow run = Follow.json(List.of("--all"), List.of(program.toString())).orFail();
    int compared = 0;
    for (String call : List.of("getppid", "socket", "open", "read", "lseek", "vfork")) {
      JsonNode wrapper = Follow.hop(run.first(call), "wrapper");
      String at = "";
      for (JsonNode step : wrapper.get("code")) {
        if (step.path("here").asBoolean()) {
          at = step.get("symbol").asText();
        }
      }
      List<String> road = new ArrayList<>();
      String innermost = "";
      for (JsonNode each : wrapper.path("inlined")) {
        road.addFirst(place(each));
        innermost = each.get("callee").asText() + " ";
      }
      road.addFirst(place(wrapper));
      // Of the names that one address has gdb takes another; inlined functions have one.
      List<String> frames = gdb(at);
      assertThat(frames.getFirst()).as(call + " at " + at).startsWith(innermost);
      assertThat(frames.stream().map(each -> each.substring(each.indexOf(' ') + 1)))
          .as(call + " at " + at)
          .startsWith(road.toArray(new String[0]));
      assertThat(wrapper.get("text").asText()).as(call).isNotBlank();
      compared++;
    }
    assertThat(compared).isEqualTo(6);
    // Behind the trap of musl's points of cancellation stands a label, which is no function.
    JsonNode path = Follow.hop(run.first("read"), "wrapper").get("path");
    assertThat(path).extracting(JsonNode::asText).startsWith("read").endsWith("__syscall_cp_asm");
  }

  @Test
  @Order(1)
  void theMacrosOfItsLinesAreThoseOfGdb() {
    Follow run =
        Follow.json(List.of("--call", "socket,lseek"), List.of(program.toString())).orFail();
    int compared = 0;
    for (String call : List.of("socket", "lseek")) {
      JsonNode wrapper = Follow.hop(run.first(call), "wrapper");
      JsonNode outermost = wrapper.path("inlined").path(0);
      String line = place(outermost.isMissingNode() ? wrapper : outermost);
      String text = (outermost.isMissingNode() ? wrapper : outermost).get("text").asText();
      String known =
          Command.run("gdb", "-nx", "-batch", "-ex", "info macros " + line, library.toString())
              .out()
              .replaceAll("(?m)^  included at .*\n", "")
              .replace(", ", ",");
      for (JsonNode macro : wrapper.path("macros")) {
        String definition = macro.get("text").asText().replace(", ", ",");
        if (text.contains(definition.split("[ (]")[0] + "(")) {
          assertThat(known).contains("Defined at " + place(macro) + "\n#define " + definition);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(2);
  }

  private static String place(JsonNode node) {
    return node.get("file").asText() + ":" + node.get("line").asInt();
  }

  @Test
  @Order(2)
  void itIsListedWithWhatIsAtHand() throws IOException {
    JsonNode listed = listed(NAME);
    assertThat(listed.get("path").asText()).isEqualTo(library.toString());
    assertThat(listed.at("/debug/how").asText()).isEqualTo("in the library itself");
    assertThat(Path.of(listed.at("/source/at").asText())).isDirectory();
    assertThat(listed.get("origin").asText()).startsWith("Debian's source package musl 1.2.3-");
    String notes = Command.run("readelf", "-n", library.toString()).orFail();
    assertThat(notes).contains("Build ID: " + listed.get("buildId").asText());
    assertThat(libc().out()).contains(NAME + "   musl 1.2.3", "system   glibc");
  }

  private static JsonNode listed(String name) throws IOException {
    JsonNode found = null;
    for (String line : libc("--json").orFail().lines().toList()) {
      JsonNode each = Follow.parse(line);
      found = each.path("name").asText().equals(name) ? each : found;
    }
    if (found == null) {
      throw new AssertionError(name + " is not listed");
    }
    return found;
  }

  @Test
  @Order(3)
  void whatIsThereIsNotBuiltAgainNorOverwritten() throws IOException {
    assertThat(libc("build", NAME).out()).startsWith(NAME + " was built before");
    refused(BAD_FILE, "built with CFLAGS -g -g3", Map.of(), "build", NAME, "--cflags", "-O2");
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.writeString(full.resolve("file"), "");
    String source = source().toString();
    refused(
        BAD_FILE,
        "not empty, and no C library",
        Map.of(),
        "build",
        source,
        "--name",
        "second",
        "--prefix",
        "full");
    refused(
        BAD_FILE, "is the name of the library under", Map.of(), "build", source, "--prefix", "new");
  }

  private static Path source() {
    return folder.resolve("data/trapline/libc-sources/" + NAME);
  }

  private static void refused(
      int status, String reason, Map<String, String> variables, String... words) {
    new LibcCli(folder).refused(status, reason, variables, words);
  }

  @Test
  @Order(4)
  void whatIsNoSourceIsRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refused(BAD_FILE, "not the source of glibc", Map.of(), "build", empty.toString());
    refused(BAD_FILE, "no such file or directory", Map.of(), "build", "./gone.tar.xz");
    Path bare = Files.createDirectories(folder.resolve("bare/csu")).getParent();
    Files.writeString(bare.resolve("csu/libc-start.c"), "");
    Files.writeString(bare.resolve("configure"), "");
    Files.writeString(bare.resolve("version.h"), "#define VERSION \"2.27\"\n");
    refused(BAD_FILE, "has no manual/", Map.of(), "build", bare.toString());
    Path text = Files.writeString(folder.resolve("text.tar.gz"), "no archive");
    refused(BAD_FILE, "neither a directory nor a .tar.xz", Map.of(), "build", text.toString());
    Path whole = folder.resolve("whole.tar.gz");
    Command.run("tar", "-czf", whole.toString(), "-C", source().toString(), ".").orFail();
    Path cut = folder.resolve("cut.tar.gz");
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    refused(BAD_FILE, "cut off", Map.of(), "build", cut.toString(), "--name", "cut");
    Path outside = folder.resolve("outside.tar");
    Command.run("tar", "-cPf", outside.toString(), "-C", empty.toString(), "../text.tar.gz")
        .orFail();
    Command.run("gzip", outside.toString()).orFail();
    refused(
        BAD_FILE,
        "outside of its own directory",
        Map.of(),
        "build",
        outside + ".gz",
        "--name",
        "outside");
    assertThat(libc("--json").out()).doesNotContain("\"cut\"", "\"outside\"");
    try (var left = Files.list(folder.resolve("data/trapline/libc-sources"))) {
      assertThat(left).containsExactly(source());
    }
  }

  @Test
  @Order(5)
  void aCompilerThatCannotIsToldWithWhatItSaid() throws IOException {
    String[] words = {"build", source().toString(), "--name", "other"};
    refused(NOT_BUILT, "apt-get install gcc", Map.of("CC", "no-such-cc"), words);
    Path bad = Files.writeString(folder.resolve("bad-cc"), "#!/bin/sh\nexit 1\n");
    assertThat(bad.toFile().setExecutable(true)).isTrue();
    refused(NOT_BUILT, "C compiler works... no", Map.of("CC", bad.toString()), words);
    assertThat(libc().out()).contains("other   unfinished");
    assertThat(libc("remove", "other").status()).isZero();
    assertThat(libc().out()).doesNotContain("other");
  }

  @Test
  @Order(6)
  void anInterruptedBuildIsGoneOnWith() throws Exception {
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
    String[] words = {"build", source().toString(), "--name", "again", "--jobs", "1"};
    command.addAll(new LibcCli(folder).command(Map.of(), words));
    Path err = folder.resolve("err");
    Process run =
        new ProcessBuilder(command)
            .redirectError(err.toFile())
            .redirectOutput(err.toFile())
            .start();
    try {
      Path objects = folder.resolve("cache/trapline/libc-builds/again/build/obj/src/complex");
      for (int i = 0; i < 60_000 && run.isAlive() && !Files.exists(objects); i++) {
        Thread.sleep(10);
      }
      Command.run("kill", "-INT", "--", "-" + run.pid())
          .orFail(); // as a terminal does: to all of them
      assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      run.destroyForcibly();
    }
    assertThat(Files.readString(err)).contains("interrupted; nothing was registered");
    assertThat(run.exitValue()).isEqualTo(130);
    assertThat(libc().out()).contains("again   unfinished");
    Command again = libc(words);
    assertThat(again.err()).contains("continuing an earlier build");
    assertThat(again.status()).as(again.err()).isZero();
  }

  @Test
  @Order(7)
  void whatWasBuiltIsRemoved() {
    assertThat(libc("remove", "again").status()).isZero();
    assertThat(folder.resolve("data/trapline/libc-prefixes/again")).doesNotExist();
    assertThat(source()).isDirectory(); // the other one's debug information names it
    assertThat(libc("remove", NAME).status()).isZero();
    assertThat(library).doesNotExist();
    assertThat(libc("--json").out()).doesNotContain("\"name\":\"" + NAME + "\"");
    refused(BAD_FILE, "no library that Trapline built", Map.of(), "remove", NAME);
  }
}
