package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;

/// Programs with shared libraries of their own.
@Tag("host")
class OwnLibraryTest {
  private static final String LIBRARY =
      """
      #include <unistd.h>
      long raw(long number) {
        long result;
        __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
        return result + 1;
      }
      int through(void) {
        return getegid() + 1;
      }
      """;

  private static final String PROGRAM =
      """
      long raw(long number);
      int through(void);
      int main(void) {
        long sum = raw(102);
        sum += through();
        return sum == -1;
      }
      """;

  @TempDir Path folder;

  private Path program(String... libraryOptions) {
    String[] options = new String[libraryOptions.length + 3];
    System.arraycopy(libraryOptions, 0, options, 0, libraryOptions.length);
    options[libraryOptions.length] = "-fPIC";
    options[libraryOptions.length + 1] = "-shared";
    options[libraryOptions.length + 2] = "-Wl,-soname,libown.so";
    Path library = Programs.compile(folder, "libown.so", LIBRARY, options);
    return Programs.compile(
        folder, "program", PROGRAM, "-g", "-O1", library.toString(), "-Wl,-rpath," + folder);
  }

  @Test
  void everyFrameKeepsItsLine() {
    Follow run = Follow.json(List.of("--call", "getegid"), List.of(program("-g").toString()));
    JsonNode line = Follow.hop(run.orFail().first("getegid"), "source-line");
    assertThat(line.get("file").asText()).endsWith("/libown.so.c");
    assertThat(line.get("line").asInt()).isEqualTo(8);
    JsonNode caller = line.get("stack").get(line.get("user").asInt() + 1);
    assertThat(caller.get("function").asText()).isEqualTo("main");
    assertThat(caller.get("line").asInt()).isEqualTo(5);
    String text = Follow.text(List.of("--call", "getegid"), program("-g").toString()).out();
    assertThat(text).containsPattern("called from main +\\S+program\\.c:5 ");
  }

  /// Its constructors are called by the dynamic linker's start code, which no unwind table
  /// describes.
  @Test
  void theStackOfAConstructorHasAnEnd() {
    Path library =
        Programs.compile(
            folder,
            "libearly.so",
            """
            #include <unistd.h>
            __attribute__((constructor)) static void early(void) { getpgrp(); }
            int late(void) { return 0; }
            """,
            "-g",
            "-fPIC",
            "-shared");
    Path program =
        Programs.compile(
            folder,
            "early",
            "int late(void); int main(void) { return late(); }",
            library.toString(),
            "-Wl,-rpath," + folder);
    JsonNode line =
        Follow.hop(
            Follow.json(List.of("--call", "getpgrp"), List.of(program.toString()))
                .orFail()
                .first("getpgrp"),
            "source-line");
    assertThat(line.has("stackEnd")).as(line.toString()).isFalse();
    JsonNode outermost = line.get("stack").get(line.get("stack").size() - 1);
    assertThat(outermost.get("module").asText()).contains("ld-linux");
  }

  @Test
  void aLibraryThatTrapsIsOne() {
    Follow run = Follow.json(List.of("--call", "getuid"), List.of(program("-g").toString()));
    JsonNode journey = run.orFail().first("getuid");
    assertThat(Follow.hop(journey, "source-line").get("line").asInt()).isEqualTo(4);
    JsonNode site = Follow.hop(journey, "call-site");
    assertThat(site.get("function").asText()).isEqualTo("main");
    assertThat(site.get("module").asText()).endsWith("/program");
    JsonNode plt = Follow.hop(journey, "plt");
    assertThat(plt.get("stub").asText()).isEqualTo("raw@plt");
    assertThat(plt.get("library").asText()).endsWith("/libown.so");
    JsonNode wrapper = Follow.hop(journey, "wrapper");
    assertThat(wrapper.get("module").asText()).endsWith("/libown.so");
    assertThat(wrapper.get("function").asText()).isEqualTo("raw");
  }

  @Test
  void theLineIsTheProgramsWhereTheLibraryHasNone() {
    Follow run = Follow.json(List.of("--call", "getuid"), List.of(program("-s").toString()));
    JsonNode line = Follow.hop(run.orFail().first("getuid"), "source-line");
    assertThat(line.get("file").asText()).endsWith("/program.c");
    assertThat(line.get("line").asInt()).isEqualTo(4);
  }

  @Test
  void preloadedFunctionsAreOnTheWay() {
    Path preloaded =
        Programs.compile(
            folder,
            "preloaded.so",
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <unistd.h>
            gid_t getegid(void) {
              gid_t (*next)(void) = (gid_t (*)(void)) dlsym(RTLD_NEXT, "getegid");
              return next() + 1;
            }
            """,
            "-g",
            "-O1",
            "-fPIC",
            "-shared");
    Follow run =
        Follow.run(
            true,
            List.of("--call", "getegid"),
            List.of(program("-g").toString()),
            Map.of("LD_PRELOAD", preloaded.toString()));
    JsonNode line = Follow.hop(run.orFail().first("getegid"), "source-line");
    assertThat(line.get("function").asText()).isEqualTo("getegid");
    assertThat(line.get("file").asText()).endsWith("/preloaded.so.c");
    int user = line.get("user").asInt();
    assertThat(line.get("stack").get(user + 1).get("line").asInt()).isEqualTo(8);
    assertThat(line.get("stack").get(user + 2).get("line").asInt()).isEqualTo(5);
  }

  @Test
  void whatTheUserNamesIsHis() {
    String program = program("-g").toString();
    Follow run =
        Follow.json(
            List.of("--call", "getegid", "--mine", folder.resolve("program.c").toString()),
            List.of(program));
    JsonNode line = Follow.hop(run.orFail().first("getegid"), "source-line");
    assertThat(line.get("function").asText()).isEqualTo("main");
    assertThat(line.get("line").asInt()).isEqualTo(5);
    Follow elsewhere =
        Follow.json(List.of("--call", "getegid", "--mine", "/nowhere"), List.of(program));
    line = Follow.hop(elsewhere.orFail().first("getegid"), "source-line");
    assertThat(line.get("function").asText()).isEqualTo("through");
  }

  @Test
  void aProgramIsCalledAsItWasStarted() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("other-name"), program("-g"));
    JsonNode journey =
        Follow.json(List.of("--call", "getegid"), List.of(link.toString()))
            .orFail()
            .first("getegid");
    assertThat(journey.at("/program/name").asText()).isEqualTo("other-name");
    assertThat(journey.at("/program/file").asText()).endsWith("/program");
    String text = Follow.text(List.of("--call", "getegid"), link.toString()).out();
    assertThat(text).containsPattern("YOUR PROGRAM  other-name +\\S*/program\n");
  }
}
