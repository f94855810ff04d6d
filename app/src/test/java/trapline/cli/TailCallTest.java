package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Functions that have left the stack by a jump are levels of it, and the hops are theirs. What the
/// levels must be is what gdb sees when the same program is compiled without such jumps.
@Tag("host")
class TailCallTest {
  /// How the program is built. Each function of it makes one call.
  enum Build {
    O2("gcc", "-g -O2"),
    O3("gcc", "-g -O3"),
    DWARF_4("gcc", "-gdwarf-4 -O2"),
    NO_DEBUG("gcc", "-O2"),
    STRIPPED("gcc", "-O2 -s"),
    NO_PIE("gcc", "-g -O2 -no-pie"),
    NO_PLT("gcc", "-g -O2 -fno-plt"),
    BRANCH_TRACKING("gcc", "-g -O2 -fcf-protection=full -Wl,-z,ibtplt"),
    THUNK("gcc", "-g -O2 -mindirect-branch=thunk"),
    THUNK_NO_PLT("gcc", "-g -O2 -fno-plt -mindirect-branch=thunk"),
    THUNK_INLINE("gcc", "-g -O2 -fno-plt -mindirect-branch=thunk-inline"),
    THUNK_EXTERN("gcc", "-g -O2 -fno-plt -mindirect-branch=thunk-extern -DTHUNKS"),
    STATIC("gcc", "-g -O2 -static"),
    CLANG("clang", "-g -O2"),
    CLANG_STRIPPED("clang", "-O2 -s"),
    CLANG_RETPOLINE("clang", "-g -O2 -fno-plt -mretpoline");

    private final String compiler;
    private final List<String> options;

    Build(String compiler, String options) {
      this.compiler = compiler;
      this.options = List.of(options.split(" "));
    }

    boolean hasSymbols() {
      return !options.contains("-s");
    }

    boolean hasLines() {
      return options.stream().anyMatch(each -> each.startsWith("-g"));
    }

    boolean isStatic() {
      return this == STATIC;
    }
  }

  /// The library function that the source calls, by the system call that it makes.
  private static final Map<String, String> ASKED =
      Map.of(
          "close", "close",
          "fsync", "fsync",
          "fdatasync", "fdatasync",
          "fchdir", "fchdir",
          "newfstatat", "stat",
          "getsid", "getsid",
          "ftruncate", "ftruncate",
          "getegid", "getegid");

  /// The calls that are made through pointers.
  private static final List<String> POINTED = List.of("dup", "umask");

  private static final String CALLS =
      "close,fsync,fdatasync,fchdir,getpgid,dup,umask,newfstatat,getsid,ftruncate,getegid,epoll_create";

  /// Functions that have several jumps to where they went on: which one was made, is not known.
  private static final Set<String> OPEN = Set.of("either", "ways");

  @TempDir static Path folder;

  /// The levels in the program, innermost first, by the name of the call.
  private static Map<String, List<String>> expected = Map.of();

  @BeforeAll
  static void stacksWithoutTailCalls() {
    Tools.require("gdb", "clang");
    Path program =
        Programs.compile(
            folder,
            "whole",
            Matrix.source("tailcalls.c"),
            "-g",
            "-O2",
            "-fno-optimize-sibling-calls");
    Map<String, List<String>> found = new HashMap<>();
    for (JsonNode stop : GdbStops.of(program, "set confirm off", "").getFirst()) {
      String name = name(stop.get("call").asInt());
      List<String> levels = new ArrayList<>();
      for (JsonNode level : stop.get("frames")) {
        if (level.get("module").asText().isEmpty()
            && level.path("file").asText().contains("whole")) {
          levels.add(level.get("function").asText() + ":" + level.get("line").asInt());
        }
      }
      if (!levels.isEmpty()) {
        found.put(name, levels);
      }
    }
    assertThat(found.keySet())
        .containsAll(ASKED.keySet())
        .containsAll(POINTED)
        .contains("epoll_create");
    expected = found;
  }

  private static String name(int number) {
    return trapline.abi.SyscallTable.of(trapline.model.Abi.X86_64).nameOf(number);
  }

  private static final Map<Build, Map<String, JsonNode>> FOLLOWED = new EnumMap<>(Build.class);

  /// The journeys of the program's own calls.
  private static Map<String, JsonNode> followed(Build build) {
    return FOLLOWED.computeIfAbsent(build, each -> own(follow(each)));
  }

  private static Follow follow(Build build) {
    Path program =
        Programs.compileWith(
            build.compiler,
            folder,
            build.name(),
            Matrix.source("tailcalls.c"),
            build.options.toArray(new String[0]));
    return Follow.json(List.of("--call", CALLS), List.of(program.toString()));
  }

  @ParameterizedTest
  @EnumSource(Build.class)
  void levelsAreThoseOfTheProgramWithoutTailCalls(Build build) {
    Map<String, JsonNode> journeys = followed(build);
    assertThat(journeys.keySet()).containsAll(ASKED.keySet()).containsAll(POINTED);
    journeys.forEach(
        (name, journey) -> {
          List<String> levels = new ArrayList<>();
          JsonNode stack = Follow.hop(journey, "source-line").get("stack");
          for (JsonNode level : stack) {
            if (isOwn(level, build) && level != stack.get(stack.size() - 1)) {
              levels.add(
                  level.get("function").asText()
                      + (level.get("line").isNull() ? "" : ":" + level.get("line").asInt()));
            }
          }
          List<String> theirs = expected.get(name);
          if (name.equals("umask")) {
            // What a jump through a pointer has led to, and has left by a jump, too, left no trace.
            theirs = theirs.subList(1, theirs.size());
          }
          if (!build.hasSymbols()) {
            // The inlined level is not known without debug information.
            int inlined = name.equals("fdatasync") ? 1 : 0;
            assertThat(levels).as("%s %s", build, name).hasSize(theirs.size() - inlined);
          } else if (!build.hasLines()) {
            assertThat(levels.stream().map(TailCallTest::function).toList())
                .as("%s %s", build, name)
                .isEqualTo(
                    theirs.stream()
                        .map(TailCallTest::function)
                        .filter(each -> !each.equals("inner"))
                        .toList());
          } else {
            assertThat(levels)
                .as("%s %s", build, name)
                .isEqualTo(
                    theirs.stream()
                        .map(each -> OPEN.contains(function(each)) ? function(each) : each)
                        .toList());
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Build.class)
  void hopsAreThoseOfTheFunctionThatJumps(Build build) {
    Map<String, JsonNode> journeys = followed(build);
    ASKED.forEach(
        (name, asked) -> {
          JsonNode journey = journeys.get(name);
          JsonNode site = Follow.hop(journey, "call-site");
          JsonNode source = Follow.hop(journey, "source-line");
          JsonNode plt = Follow.hop(journey, "plt");
          if (build.hasLines()) {
            JsonNode user = source.get("stack").get(source.get("user").asInt());
            assertThat(user.get("function").asText() + ":" + user.get("line").asInt())
                .as("%s %s", build, name)
                .isEqualTo(expected.get(name).getFirst());
          }
          if (build.isStatic()) {
            assertThat(plt.get("missing").asText()).startsWith("statically linked");
          } else {
            assertThat(plt.path("symbol").asText())
                .as("%s %s: %s", build, name, plt)
                .isEqualTo(asked);
          }
          assertThat(site.has("code")).as("%s %s: %s", build, name, site).isTrue();
          String last = site.get("code").get(site.get("code").size() - 1).get("text").asText();
          boolean call = name.equals("getsid") || build == Build.THUNK_INLINE;
          assertThat(last).as("%s %s", build, name).startsWith(call ? "call" : "j");
          List<String> path = new ArrayList<>();
          Follow.hop(journey, "wrapper").get("path").forEach(each -> path.add(each.asText()));
          if (!build.isStatic()) {
            assertThat(path.getFirst()).as("%s %s", build, name).isEqualTo(asked);
          }
          String changes = Follow.hop(journey, "wrapper").path("changes").toString();
          assertThat(changes.contains("asked for"))
              .as("%s %s: %s", build, name, changes)
              .isEqualTo(name.equals("newfstatat"));
        });
    for (String name : POINTED) {
      JsonNode plt = Follow.hop(journeys.get(name), "plt");
      assertThat(plt.path("missing").asText()).as("%s %s", build, name).contains("pointer");
    }
  }

  /// Each state makes a call after it has put the next one into the pointer that it was called
  /// through.
  private static final String STATES =
      """
      #include <unistd.h>
      static void (*volatile state)(void);
      static long calls;
      static __attribute__((noinline)) void last(void) { getpgrp(); calls++; }
      static __attribute__((noinline)) void second(void) { state = last; getppid(); calls++; }
      static __attribute__((noinline)) void first(void) { state = second; getpid(); calls++; }
      int main(void) {
        state = first;
        for (int i = 0; i < 3; i++) state();
        return calls != 3;
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"-O2", "-g -O2", "-O2 -fno-pie -no-pie", "-O2 -mindirect-branch=thunk"})
  void aPointerThatHasChangedSinceTheCallMakesNoLevel(String options) {
    Path program = Programs.compile(folder, "states", STATES, options.split(" "));
    Map<String, String> running = Map.of("getpid", "first", "getppid", "second", "getpgrp", "last");
    Follow run =
        Follow.json(List.of("--call", "getpid,getppid,getpgrp"), List.of(program.toString()));
    Map<String, JsonNode> journeys = own(run);
    assertThat(journeys.keySet()).containsAll(running.keySet());
    running.forEach(
        (call, function) -> {
          List<String> levels = new ArrayList<>();
          for (JsonNode level : Follow.hop(journeys.get(call), "source-line").get("stack")) {
            if (level.get("module").asText().endsWith("states")) {
              levels.add(level.get("function").asText());
            }
          }
          assertThat(levels).as("%s %s", options, call).startsWith(function, "main");
        });
  }

  /// A library calls `malloc` through the stub of a program that has taken its address: the stub is
  /// no function that has made a tail call.
  @Test
  void theStubOfAProgramIsNoLevel() {
    Path program =
        Programs.compile(
            folder,
            "fixed",
            """
            #include <dirent.h>
            #include <stdlib.h>
            void *(*volatile other)(size_t) = malloc;
            int main(void) { return opendir("/") == 0 || other == 0; }
            """,
            "-no-pie",
            "-fno-pie",
            "-Wl,-z,lazy");
    Follow run = Follow.json(List.of("--call", "brk"), List.of(program.toString())).orFail();
    List<String> levels = new ArrayList<>();
    for (JsonNode level : Follow.hop(own(run).get("brk"), "source-line").get("stack")) {
      levels.add(level.get("function").asText());
      boolean isOwn = level.get("module").asText().equals(program.toString());
      assertThat(isOwn && level.get("tailCall").asBoolean()).as("%s", levels).isFalse();
    }
    assertThat(levels).contains("__libc_malloc", "main");
  }

  /// Steps begin in the function that jumps, also when `main` stands right before `_start`.
  @ParameterizedTest
  @ValueSource(
      strings = {"-O2 -g -Wl,-z,lazy", "-O2 -fno-plt", "-O2 -fcf-protection=full -no-pie -s"})
  void stepsBeginInTheFunctionThatJumps(String options) {
    Path program =
        Programs.compile(
            folder,
            "stepped",
            """
            #include <unistd.h>
            __attribute__((noinline)) int shut(int fd) { return close(fd + 1); }
            __attribute__((noinline)) int maybe(int fd) { if (fd < 5) return 3; return fsync(fd); }
            int main(int count, char **arguments) {
              int sum = shut(count + 50);
              sum += maybe(count);
              sum += maybe(count + 70);
              return sum + getppid() == 99;
            }
            """,
            options.split(" "));
    Follow run =
        Follow.json(
            List.of("--steps", "--call", "close,fsync,getppid"), List.of(program.toString()));
    own(run)
        .forEach(
            (name, journey) -> {
              List<String> texts = new ArrayList<>();
              for (JsonNode step : journey.path("steps")) {
                if (step.get("kind").asText().equals("instruction")
                    && step.get("module").asText().equals("stepped")) {
                  texts.add(step.get("text").asText());
                }
              }
              String first = name.equals("getppid") ? "call " : "jmp ";
              assertThat(texts).as("%s: %s", options, name).isNotEmpty();
              assertThat(texts.stream().limit(2).filter(each -> each.contains(first)).toList())
                  .as("%s %s: %s", options, name, texts)
                  .isNotEmpty();
            });
    assertThat(own(run)).containsKeys("close", "fsync", "getppid");
  }

  private static Map<String, JsonNode> own(Follow run) {
    Map<String, JsonNode> found = new HashMap<>();
    for (JsonNode journey : run.journeys()) {
      if (!journey.get("hops").isEmpty() && !journey.get("hops").toString().contains("/ld-linux")) {
        found.put(Follow.name(journey), journey);
      }
    }
    return found;
  }

  private static boolean isOwn(JsonNode level, Build build) {
    if (!level.get("module").asText().endsWith("/" + build.name())) {
      return false;
    }
    String function = level.get("function").asText();
    return build.isStatic()
        ? level.path("file").asText().endsWith(".c") && !level.get("line").isNull()
            || OPEN.contains(function)
        : !function.equals("_start");
  }

  private static String function(String level) {
    int colon = level.indexOf(':');
    return colon < 0 ? level : level.substring(0, colon);
  }

  /// A library of the user's own that jumps on, and a program that jumps into it.
  @Test
  void throughLibraryOfTheUsers() {
    try {
      Path source = folder.resolve("mine.c");
      Files.writeString(
          source,
          """
          #include <unistd.h>
          int let_go(int fd) { return close(fd + 1); }
          """);
      Path library = folder.resolve("libmine.so");
      Command.run(
              "gcc", "-g", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString())
          .orFail();
      Path program =
          Programs.compile(
              folder,
              "user",
              """
              int let_go(int fd);
              __attribute__((noinline)) int drop(int fd) { return let_go(fd + 1); }
              int main(int count, char **arguments) { return drop(count + 70) == 5; }
              """,
              "-g",
              "-O2",
              library.toString(),
              "-Wl,-rpath," + folder);
      Follow run = Follow.json(List.of("--call", "close"), List.of(program.toString())).orFail();
      JsonNode journey = own(run).get("close");
      List<String> functions = new ArrayList<>();
      for (JsonNode level : Follow.hop(journey, "source-line").get("stack")) {
        functions.add(Stacks.function(level.get("function").asText()));
      }
      assertThat(functions).startsWith("__close", "let_go", "drop", "main");
      assertThat(Follow.hop(journey, "plt").get("symbol").asText()).isEqualTo("close");
      assertThat(Follow.hop(journey, "call-site").get("module").asText())
          .isEqualTo(library.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A handler that is itself a function of the library leaves no room for one of the program.
  @Test
  void handlerIsTheLibrarysFunction() {
    Path program =
        Programs.compile(
            folder,
            "handled",
            """
            #include <signal.h>
            #include <unistd.h>
            int main(void) {
              signal(SIGUSR1, (void (*)(int)) getegid);
              raise(SIGUSR1);
              return 0;
            }
            """,
            "-g",
            "-O2");
    Follow run = Follow.json(List.of("--call", "getegid"), List.of(program.toString())).orFail();
    JsonNode journey = run.first("getegid");
    assertThat(Follow.hop(journey, "call-site").get("missing").asText())
        .contains("handler is a library function");
    assertThat(Follow.hop(journey, "wrapper").get("path")).hasSize(1);
  }
}
