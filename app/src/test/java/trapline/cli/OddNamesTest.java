package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Names of files, directories, threads and arguments that are not UTF-8 are handed on byte by
/// byte, and shown with their bytes.
@Tag("host")
class OddNamesTest {
  /// Makes a directory named `d\xff`, with the program and its source in it.
  private static final String SETUP =
      """
      d=$(printf 'd\\377'); mkdir -p "$d"; cp source.c "$d/a.c"
      (cd "$d" && cc -g -o p a.c) || exit 9
      """;

  private static final String SOURCE =
      """
      #include <fcntl.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/prctl.h>
      #include <unistd.h>
      int main(int n, char **a) {
        prctl(PR_SET_NAME, "t\\351x");
        int f = open(a[1], O_CREAT | O_WRONLY, 0600);
        if (write(f, "a   b", 5) != 5) return 7;
        const char *variable = getenv("ODD");
        return (unsigned char) a[1][0] == 0xfe && variable && (unsigned char) variable[0] == 0xfc
            ? 0 : 8;
      }
      """;

  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Files.writeString(folder.resolve("source.c"), SOURCE);
    Tools.require("cc");
    Command made = Command.runIn(folder, List.of("bash", "-c", SETUP));
    assertThat(made.status()).as(made.err()).isZero();
  }

  private static final String RUN =
      "export ODD=$(printf '\\374'); \"$@\" \"$(printf 'd\\377')/p\" \"$(printf '\\376x')\"";

  @Test
  void everythingIsShownWithItsBytes() {
    Command run = Cli.shell(folder, RUN, "follow", "--all", "--call", "openat,write");
    assertThat(run.out())
        .contains("/d\\xff/p")
        .contains("filename: \"\\376x\"")
        .contains("/\\xfex>, buf: \"a   b\", count: 5")
        .contains("d\\xff/a.c:8  main")
        .contains("int f = open(a[1], O_CREAT | O_WRONLY, 0600);")
        .contains("(t\\xe9x)");
    // The program got its argument and its environment as they were given.
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  /// The compiler finds the source, and the debug information names it.
  @Test
  void aSourceMayHaveAnyName() {
    String script = "n=\"$(printf 'd\\377/s \\351').c\"; cp source.c \"$n\"; \"$@\" \"$n\" here";
    Command run = Cli.shell(folder, script, "follow", "--call", "write");
    assertThat(run.out()).contains("d\\xff/s \\xe9.c:9  main").contains("!= 5) return 7;");
  }

  @Test
  void theProgramGetsItsBytes() {
    Command run = Cli.shell(folder, RUN, "follow", "--call", "exit_group");
    assertThat(run.out()).contains("exit_group(error_code: 0)");
  }

  @Test
  void jsonSaysTheSame() {
    Command run = Cli.shell(folder, RUN, "follow", "--json", "--call", "write");
    assertThat(run.out())
        .contains("d\\\\xff/p\"")
        .contains("/\\\\xfex>\"")
        .contains("\"name\":\"t\\\\xe9x\"")
        .doesNotContain("\\ufffd")
        .doesNotContain("\\udc");
  }

  @Test
  void whatIsNotThereIsSaid() {
    Command run = Cli.shell(folder, "\"$@\" \"./$(printf '\\377')\"", "follow");
    assertThat(run.err()).isEqualTo("trapline: ./\\xff: no such file\n");
    assertThat(run.status()).isEqualTo(3);
    Command path = Cli.shell(folder, "\"$@\" \"$(printf '\\377')\"", "follow");
    assertThat(path.err()).isEqualTo("trapline: \\xff: no such program in PATH\n");
  }

  @Test
  void optionsTakeSuchNames() throws IOException {
    String script = "\"$@\" \"$(printf 'd\\377')/out\" true; cp d*/out plain-copy";
    Command run = Cli.shell(folder, script, "follow", "--call", "brk", "-o");
    assertThat(run.err()).isEmpty();
    assertThat(Files.readString(folder.resolve("plain-copy"))).contains("brk(");
    Command index = Cli.shell(folder, "\"$@\" \"$(printf 'd\\377')\"", "index");
    assertThat(index.err())
        .isEqualTo("trapline: d\\xff: no kernel source: it has no top Makefile\n");
  }

  @Test
  void aWorkingDirectoryMayHaveAnyName() {
    List<String> command = Cli.command("follow", "--call", "write", "./p", "plain");
    List<String> all = new ArrayList<>();
    all.addAll(List.of("bash", "-c", "cd \"$(printf 'd\\377')\" && \"$@\"", "bash"));
    all.add(command.getFirst());
    // As tools/run starts it there.
    all.add("-Duser.dir=/proc/self/cwd");
    all.addAll(command.subList(1, command.size()));
    Command run = Command.runIn(folder, all);
    assertThat(run.out()).contains("/d\\xff/plain>, buf: \"a   b\"").contains(" a.c:9  main");
  }

  @Test
  void theLauncherSaysWhereItIs() throws IOException {
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
    Path java = Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    String run = Path.of("../tools/run").toAbsolutePath().normalize().toString();
    String script = "export LC_ALL=C.UTF-8; cd \"$(printf \"$1\")\" && \"$2\" \"$3\" /h follow x";
    for (String place : List.of("d\\377", ".")) {
      Command started =
          Command.runIn(folder, List.of("bash", "-c", script, "bash", place, run, jdk.toString()));
      assertThat(started.orFail().contains("-Duser.dir=/proc/self/cwd"))
          .isEqualTo(!place.equals("."));
    }
  }
}
