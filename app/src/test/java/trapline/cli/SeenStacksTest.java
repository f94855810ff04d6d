package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Programs;

/// Stacks that are recognised are those that they are taken for.
@Tag("host")
class SeenStacksTest {
  /// Each call says by its descriptor how deep it is, and of which function it is the caller's.
  private static final String DEPTHS =
      """
      #include <pthread.h>
      #include <sys/wait.h>
      #include <unistd.h>

      static volatile int made;
      __attribute__((noinline)) static void even(int depth);
      __attribute__((noinline)) static void odd(int depth) {
        char room[40 + 8 * (depth & 3)]; /* found by rbp */
        room[depth & 7] = 1;
        if (depth) even(depth - 1); else lseek(made, 0, 0);
        made = made + 0 * room[1];
      }
      __attribute__((noinline)) static void even(int depth) {
        if (depth) odd(depth - 1); else lseek(made, 0, 0);
        made = made + 0;
      }
      static void all(int from) {
        static const int depths[] = {0, 5, 3, 5, 0, 17, 3, 4, 17, 60, 4, 60, 200, 200};
        for (unsigned i = 0; i < sizeof depths / sizeof *depths; i++) {
          made = from + depths[i];
          even(depths[i]);
        }
      }
      static void *thread(void *from) { all((long) from); return 0; }

      int main(void) {
        pthread_t other;
        all(1000);
        pthread_create(&other, 0, thread, (void *) 2000);
        pthread_join(other, 0);
        if (!fork()) { all(3000); _exit(0); }
        wait(0);
        all(4000);
        return 0;
      }
      """;

  private static final String LIBRARY =
      """
      #include <unistd.h>
      int NAME(void) { int r = fchdir(DESCRIPTOR); return r + 1; }
      """;

  /// Calls the same number of times into two libraries, of which one takes the other's place.
  private static final String SWAPS =
      """
      #include <dlfcn.h>
      #include <stdio.h>

      int main(int count, char **arguments) {
        void *places[2];
        for (int round = 0; round < 4; round++) {
          void *library = dlopen(arguments[1 + round % 2], RTLD_NOW);
          int (*ask)(void) = (int (*)(void)) dlsym(library, round % 2 ? "ask_b" : "ask_a");
          places[round % 2] = (void *) ask;
          for (int i = 0; i < 3; i++) ask();
          dlclose(library);
        }
        puts(places[0] == places[1] ? "same" : "other");
        return 0;
      }
      """;

  @TempDir Path folder;

  @Test
  void hasAsManyLevelsAsTheProgramMade() throws Exception {
    for (List<String> flags : List.of(List.of("-O0"), List.of("-O2"))) {
      List<String> all = new ArrayList<>(List.of("-g", "-w", "-pthread"));
      all.addAll(flags);
      Path program =
          Programs.compile(folder, "depths" + flags.getFirst(), DEPTHS, all.toArray(new String[0]));
      Follow run =
          Follow.json(List.of("--all", "--call", "lseek"), List.of(program.toString())).orFail();
      int calls = 0;
      for (JsonNode journey : run.journeys()) {
        int descriptor = Integer.decode(journey.at("/arguments/0/raw").asText());
        JsonNode stack = Follow.hop(journey, "source-line").get("stack");
        int levels = 0;
        for (JsonNode level : stack) {
          String function = level.get("function").asText();
          levels += function.equals("even") || function.equals("odd") ? 1 : 0;
        }
        calls++;
        assertThat(levels)
            .as("%s: lseek(%d) has %s", flags, descriptor, stack)
            .isEqualTo(descriptor % 1000 + 1);
        String bottom = descriptor / 1000 == 2 ? "thread" : "main";
        assertThat(stack.toString()).contains("\"" + bottom + "\"");
      }
      assertThat(calls).isEqualTo(4 * 14);
    }
  }

  @Test
  void isForgottenWhenOtherCodeTakesItsPlace() throws Exception {
    Path a = library("a", "70");
    Path b = library("b", "80");
    Path program = Programs.compile(folder, "swaps", SWAPS, "-g", "-w", "-ldl");
    Follow run =
        Follow.json(
                List.of("--all", "--call", "fchdir"),
                List.of(program.toString(), a.toString(), b.toString()))
            .orFail();
    assumeThat(run.out()).as("both libraries get the same addresses").contains("same");
    assertThat(run.journeys()).hasSize(12);
    for (JsonNode journey : run.journeys()) {
      boolean first = Integer.decode(journey.at("/arguments/0/raw").asText()) == 70;
      JsonNode level = Follow.hop(journey, "source-line").at("/stack/1");
      assertThat(level.get("function").asText()).isEqualTo(first ? "ask_a" : "ask_b");
      assertThat(level.get("module").asText()).isEqualTo((first ? a : b).toString());
    }
  }

  private Path library(String name, String descriptor) throws Exception {
    return Programs.compile(
        folder,
        "lib" + name + ".so",
        LIBRARY,
        "-g",
        "-O1",
        "-shared",
        "-fPIC",
        "-DNAME=ask_" + name,
        "-DDESCRIPTOR=" + descriptor);
  }
}
