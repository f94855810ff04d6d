package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.CloudKernels;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Programs run on another C library than they were linked for: their journeys are as without.
@Tag("libc")
class LibcRunTest {
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <stdio.h>
      #include <unistd.h>
      int main(int n, char **v) {
        int absent = open("/does/not/exist", O_RDONLY); // absent
        int one = getppid();
        int other = getppid();
        printf("%s %d %s %d\\n", v[0], n, n > 1 ? v[n - 1] : "", one == other && absent < 0);
        return 0;
      }
      """;

  /// What differs from run to run: addresses, numbers of processes and of inodes.
  private static final Pattern CHANGING = Pattern.compile("0x[0-9a-f]{6,}|\\b\\d{3,}\\b");

  /// The same of what stands behind a name.
  private static final List<String> RUN_TIME =
      List.of(
          "pc",
          "address",
          "stubAddress",
          "slot",
          "target",
          "registers",
          "result",
          "evidenceFrom",
          "placeMissing");

  @TempDir static Path shared;
  @TempDir Path folder;

  private static synchronized Path glibc() {
    Path prefix = shared.resolve("glibc");
    return Files.exists(prefix) ? prefix : LibcPrefixes.glibc(prefix);
  }

  private static synchronized Path musl() {
    Path prefix = shared.resolve("musl");
    return Files.exists(prefix) ? prefix : LibcPrefixes.musl(prefix);
  }

  /// With a copy of the very library that it was linked for, everything is the same but addresses
  /// and the library's path.
  @ParameterizedTest
  @EnumSource(names = {"O0", "LAZY", "BIND_NOW", "NO_PIE", "NO_PLT", "STRIPPED", "MUSL"})
  void journeysAreThoseOfAPlainRun(Variant variant) {
    Path prefix = variant.isMusl() ? musl() : glibc();
    Follow plain = Matrix.followed(variant);
    Follow run =
        Follow.json(
                List.of("--all", "--libc", prefix.toString()),
                List.of(Matrix.program(variant).toString()))
            .orFail();
    List<String> expected = journeys(plain);
    assertThat(expected.size()).isGreaterThan(15);
    List<String> actual = journeys(run);
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
    assertThat(actual).hasSameSizeAs(expected);
    assertThat(run.journeys().getLast().at("/thread/name").asText()).isEqualTo("matrix");
    String library = Follow.hop(run.first("bind"), "syscall-instruction").get("module").asText();
    assertThat(Path.of(library)).startsWith(prefix);
  }

  /// The program's own calls, what they are known by, without what differs from run to run.
  private static List<String> journeys(Follow run) {
    List<String> found = new ArrayList<>();
    for (JsonNode journey : run.journeys()) {
      String missing = Follow.hop(journey, "source-line").path("textMissing").asText();
      if (found.isEmpty() && missing.startsWith("only the C library's code")) {
        continue; // while the dynamic linker starts the program
      }
      StringBuilder text = new StringBuilder(Follow.name(journey));
      for (JsonNode hop : journey.get("hops")) {
        String kind = hop.get("kind").asText();
        if (List.of("source-line", "call-site", "plt", "wrapper", "return").contains(kind)) {
          text.append("\n  ").append(plain(hop.deepCopy()));
        }
      }
      found.add(CHANGING.matcher(text).replaceAll("#"));
    }
    return found;
  }

  private static JsonNode plain(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(RUN_TIME);
      for (String name : List.of("module", "library")) {
        JsonNode path = object.get(name);
        if (path != null) {
          object.put(name, Stacks.name(path.asText()));
        }
      }
    }
    node.forEach(LibcRunTest::plain);
    return node;
  }

  /// Where a distribution's package lies when it was unpacked.
  @ParameterizedTest
  @ValueSource(strings = {"lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"})
  void anUnpackedPackageIsAPrefix(String place) throws IOException {
    Path root = folder.resolve("root");
    Path libraries = root.resolve(place);
    Files.createDirectories(libraries.getParent());
    Files.move(LibcPrefixes.glibc(folder.resolve("copy")).resolve("lib"), libraries);
    Path program = Programs.compile(folder, "unpacked", PROGRAM, "-g");
    Follow run =
        Follow.json(
                List.of("--libc", root.toString(), "--call", "openat"), List.of(program.toString()))
            .orFail();
    String library =
        Follow.hop(run.journeys().getLast(), "syscall-instruction").get("module").asText();
    assertThat(library).isEqualTo(libraries.resolve("libc.so.6").toString());
  }

  @Test
  void theProgramFindsItsNameAndArguments() {
    Path program = Programs.compile(folder, "names", PROGRAM, "-g");
    Follow run =
        Follow.run(
                true,
                List.of("--libc", glibc().toString()),
                List.of(program.toString(), "--argv0", "-x", "last one"),
                Map.of())
            .orFail();
    assertThat(run.out()).isEqualTo(program + " 4 last one 1\n");
    Path musl = Programs.compileWith("musl-gcc", folder, "namesmusl", PROGRAM, "-g");
    run =
        Follow.json(List.of("--libc", musl().toString()), List.of(musl.toString(), "--list"))
            .orFail();
    assertThat(run.out()).isEqualTo(musl + " 2 --list 1\n");
  }

  /// Without the option, too, when somebody runs the dynamic linker by hand.
  @Test
  void aDynamicLinkerRunByHandIsNotTheProgram() {
    Path program = Programs.compile(folder, "byhand", PROGRAM, "-g", "-Wl,-z,lazy");
    Follow run =
        Follow.json(
                List.of("--all", "--call", "getppid"),
                List.of("/lib64/ld-linux-x86-64.so.2", program.toString()))
            .orFail();
    List<String> bindings = new ArrayList<>();
    for (JsonNode journey : run.all("getppid")) {
      assertThat(journey.at("/thread/name").asText()).isEqualTo("byhand");
      assertThat(Follow.hop(journey, "source-line").get("file").asText()).endsWith("byhand.c");
      bindings.add(Follow.hop(journey, "plt").get("binding").asText());
    }
    assertThat(bindings).containsExactly("on-this-call", "by-earlier-call");
  }

  @Test
  void stepsBeginInTheProgram() {
    Path program = Programs.compile(folder, "steps", PROGRAM, "-g", "-Wl,-z,lazy");
    List<List<String>> roads = new ArrayList<>();
    for (List<String> option : List.of(List.<String>of(), List.of("--libc", glibc().toString()))) {
      List<String> options = new ArrayList<>(List.of("--steps", "--call", "getppid"));
      options.addAll(option);
      List<String> road = new ArrayList<>();
      for (JsonNode step :
          Follow.json(options, List.of(program.toString()))
              .orFail()
              .first("getppid")
              .get("steps")) {
        road.add(
            step.get("kind").asText()
                + step.path("linkAddress").asText()
                + step.path("line").asText()
                + step.path("what").asText());
      }
      roads.add(road);
    }
    assertThat(roads.get(1)).isEqualTo(roads.get(0)).hasSizeGreaterThan(8);
    assertThat(roads.get(0)).contains("source6");
  }

  /// The lines between the steps are those that addr2line has for each instruction, and each stands
  /// there once for the instructions in a row that are of it.
  @Test
  void linesOfStepsAreThoseOfAddr2line() {
    Tools.require("addr2line", "/usr/lib/debug/.build-id");
    Path program = Programs.compile(folder, "lines", PROGRAM, "-g");
    JsonNode journey =
        // Right before the program, which is no value of it.
        Follow.json(List.of("--call", "openat", "--steps"), List.of(program.toString()))
            .orFail()
            .all("openat")
            .getLast();
    String debug = Follow.hop(journey, "wrapper").get("evidenceFrom").asText();
    String line = "";
    int compared = 0;
    int lines = 0;
    for (JsonNode step : journey.get("steps")) {
      switch (step.get("kind").asText()) {
        case "source" -> {
          String next =
              step.get("file").isNull()
                  ? ""
                  : step.get("file").asText() + ":" + step.get("line").asInt();
          assertThat(next).isNotEqualTo(line);
          line = next;
          lines++;
        }
        case "instruction" -> {
          boolean own = step.get("module").asText().equals("lines");
          long address = Long.decode(step.get("linkAddress").asText());
          String told = Addr2line.at(own ? program.toString() : debug, address).getFirst();
          int place = told.indexOf(' ');
          assertThat(line).as(told).isEqualTo(place < 0 ? "" : told.substring(place + 1));
          compared++;
        }
        default -> line = step.get("kind").asText().equals("trap") ? line : "";
      }
    }
    assertThat(compared).isGreaterThan(15);
    assertThat(lines).isGreaterThan(5);
  }

  @Test
  void sourceIsCompiledForTheLibrary() throws Exception {
    Path source = folder.resolve("source.c");
    Files.writeString(source, PROGRAM);
    for (Path prefix : List.of(glibc(), musl())) {
      Follow run =
          Follow.json(
                  List.of("--libc", prefix.toString(), "--call", "getppid"),
                  List.of(source.toString()))
              .orFail();
      JsonNode hop = Follow.hop(run.first("getppid"), "syscall-instruction");
      assertThat(Path.of(hop.get("module").asText())).startsWith(prefix);
      assertThat(run.err()).contains("$ cc -g").contains(prefix.resolve("include").toString());
    }
  }

  /// What the system's other libraries are needed for stays so.
  @Test
  void otherLibrariesAreTheSystems() {
    Tools.require("/usr/bin/python3");
    Follow run =
        Follow.json(
                List.of("--libc", glibc().toString(), "--call", "getppid"),
                List.of("/usr/bin/python3", "-c", "import os; os.getppid()"))
            .orFail();
    JsonNode hop = Follow.hop(run.first("getppid"), "syscall-instruction");
    assertThat(Path.of(hop.get("module").asText())).startsWith(glibc());
  }

  @Test
  void aGuestRunsItOnTheLibraryToo() {
    Path image = CloudKernels.series("6.12");
    Path program = Programs.compile(folder, "guest", PROGRAM, "-g");
    Why why =
        Why.run(
            folder, image, "--call", "openat", "--libc", glibc().toString(), program.toString());
    assertThat(why.status()).as(why.err()).isZero();
    JsonNode answer = why.byComment().get("absent");
    assertThat(answer.at("/outcome/errno/name").asText()).isEqualTo("ENOENT");
    assertThat(answer.at("/error/kind").asText()).isEqualTo("function");
    assertThat(Why.road(answer)).endsWith("do_sys_openat2 < __x64_sys_openat");
    assertThat(answer.at("/error/observed/difference").isMissingNode()).isTrue();
  }

  /// The dynamic linker itself refuses the program with the same version and the same asker.
  @Test
  void newerVersionsAreNamedWithWhoAsks() {
    Path prefix = LibcPrefixes.olderGlibc(folder.resolve("older"));
    Path program = Programs.compile(folder, "newer", PROGRAM, "-g");
    Command loader =
        Command.run(
            prefix + "/lib/ld-linux-x86-64.so.2",
            "--library-path",
            prefix + "/lib",
            program.toString());
    assertThat(loader.status()).isNotZero();
    assertThat(loader.err())
        .contains("version `GLIBC_2.34' not found (required by " + program + ")");
    Follow run = Follow.json(List.of("--libc", prefix.toString()), List.of(program.toString()));
    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains(program + ": needs GLIBC_2.34 (asked for by " + program + ")")
        .contains(" has none newer than GLIBC_2.")
        .doesNotContain("none newer than GLIBC_2.34");
  }

  @Test
  void whatCannotRunOnItIsRefusedInOneLine() throws Exception {
    String name = "refused";
    Path program = Programs.compile(folder, name, PROGRAM, "-g");
    Path muslProgram = Programs.compileWith("musl-gcc", folder, "refusedmusl", PROGRAM);
    Path fixed = Programs.compile(folder, "fixed", PROGRAM, "-static");
    Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\ntrue\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    refused(3, "linked for glibc (libc.so.6), and", musl(), program);
    refused(3, "linked for musl (libc.so), and", glibc(), muslProgram);
    refused(3, "statically linked: the C library is in it", glibc(), fixed);
    refused(3, "a script, which has no C library of its own", glibc(), script);
    refused(6, "no C library there", folder, program);
    refused(6, "no such directory", folder.resolve("gone"), program);

    Path library = folder.resolve("libgone.so");
    Programs.compile(
        folder,
        "libgone.so",
        "int gone(void) { return 1; }",
        "-shared",
        "-fPIC",
        "-Wl,-soname,libgone.so");
    Path needy =
        Programs.compile(
            folder,
            "needy",
            "int gone(void); int main(void) { return gone(); }",
            library.toString());
    Files.delete(library);
    refused(3, "needs libgone.so, which is neither under", glibc(), needy);

    Path other = LibcPrefixes.glibc(folder.resolve("other"));
    byte[] loader = Files.readAllBytes(other.resolve("lib/ld-linux-x86-64.so.2"));
    loader[18] = (byte) 183; // e_machine: EM_AARCH64
    Files.write(other.resolve("lib/ld-linux-x86-64.so.2"), loader);
    refused(3, "aarch64", other, program);

    Path pathed =
        Programs.compile(
            folder,
            "pathed",
            PROGRAM,
            "-Wl,--disable-new-dtags,-rpath,"
                + LibcPrefixes.glibc(folder.resolve("first"))
                + "/lib");
    refused(3, "its run path (RPATH) leads to", glibc(), pathed);
  }

  /// What a program names as its dynamic linker is not run when another is to run it.
  @Test
  void theProgramsOwnDynamicLinkerIsNotRun() throws IOException {
    Path mark = folder.resolve("mark");
    Path evil =
        Programs.compile(
            folder,
            "evil",
            "#include <fcntl.h>\nint main(void) { return open(\"" + mark + "\", O_CREAT, 0600); }",
            "-static");
    Path program = Programs.compile(folder, "named", PROGRAM, "-Wl,--dynamic-linker=" + evil);
    Follow.json(List.of("--libc", glibc().toString()), List.of(program.toString())).orFail();
    assertThat(mark).doesNotExist();
    Command.run(evil.toString(), "--list", program.toString());
    assertThat(mark).exists();
  }

  private static void refused(int status, String reason, Path prefix, Path program) {
    Follow run = Follow.json(List.of("--libc", prefix.toString()), List.of(program.toString()));
    assertThat(run.err()).contains(reason);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.status()).as(run.err()).isEqualTo(status);
  }

  @Test
  void aRunningProcessKeepsItsLibrary() {
    Follow run = Follow.json(List.of("--libc", "/x", "-p", "1"), List.of());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--libc is for programs that are started");
  }
}
