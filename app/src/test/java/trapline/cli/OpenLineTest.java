package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// What a program writes, by whichever call and descriptor, is never followed on its line by
/// Trapline's own words, and a line that it has ended is not followed by an empty one.
@Tag("host")
class OpenLineTest {
  /// Writes `TEXT` by the call that is named, then makes a call that is followed.
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <signal.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mman.h>
      #include <sys/sendfile.h>
      #include <sys/uio.h>
      #include <sys/wait.h>
      #include <unistd.h>
      static int from(const char *s) {
        int f = open("from", O_RDWR | O_CREAT | O_TRUNC, 0600);
        write(f, s, strlen(s));
        lseek(f, 0, SEEK_SET);
        return f;
      }
      int main(int n, char **v) {
        const char *s = v[2];
        size_t l = strlen(s);
        struct iovec i[3] = {{(void *) s, 1}, {0, 0}, {(void *) (s + 1), l - 1}};
        int p[2];
        loff_t o = 0;
        pipe(p);
        if (!strcmp(v[1], "write")) write(1, s, l);
        if (!strcmp(v[1], "error")) write(2, s, l);
        if (!strcmp(v[1], "other")) write(dup2(1, 60), s, l);
        if (!strcmp(v[1], "reopened")) write(open("/proc/self/fd/1", O_WRONLY | O_APPEND), s, l);
        if (!strcmp(v[1], "terminal")) write(open("/dev/tty", O_WRONLY), s, l);
        if (!strcmp(v[1], "pwrite")) pwrite(1, s, l, lseek(1, 0, SEEK_CUR)), lseek(1, l, SEEK_CUR);
        if (!strcmp(v[1], "writev")) writev(1, i, 3);
        if (!strcmp(v[1], "pwritev2")) pwritev2(1, i, 3, -1, 0);
        if (!strcmp(v[1], "sendfile")) sendfile(1, from(s), 0, l);
        if (!strcmp(v[1], "sendfile-at")) sendfile(1, from(s), &o, l);
        if (!strcmp(v[1], "copy")) copy_file_range(from(s), &o, 1, 0, l, 0);
        if (!strcmp(v[1], "splice")) write(p[1], s, l), splice(p[0], 0, 1, 0, l, 0);
        if (!strcmp(v[1], "tee")) write(p[1], s, l), tee(p[0], 1, l, 0);
        if (!strcmp(v[1], "vmsplice")) vmsplice(1, i, 3, 0);
        if (!strcmp(v[1], "child")) {
          int child = fork();
          if (!child) { writev(1, i, 3); _exit(0); }
          waitpid(child, 0, 0);
        }
        if (!strcmp(v[1], "elsewhere")) write(from("x"), s, l);
        if (!strcmp(v[1], "killed")) { writev(1, i, 3); raise(SIGKILL); }
        getppid();
      }
      """;

  @TempDir Path folder;

  private void compile() {
    Programs.compile(folder, "program", SOURCE, "-w");
  }

  private String toFile(String call, String text) throws IOException {
    Cli.shell(
        folder,
        "rm -f out; \"$@\" " + (call.equals("reopened") ? ">>" : ">") + "out 2>err",
        "follow",
        "--call",
        "getppid,socket",
        "./program",
        call,
        text);
    return Files.readString(folder.resolve("out"));
  }

  private String toPipe(String call, String text) {
    return Cli.shell(
            folder, "\"$@\" 2>err | cat", "follow", "--call", "getppid", "./program", call, text)
        .out();
  }

  private static void check(String out, String text) {
    String head = out.substring(0, out.indexOf("getppid()"));
    assertThat(head).as(out).startsWith(text).endsWith("\n");
    assertThat(head).doesNotContain("\n\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "write",
        "other",
        "pwrite",
        "writev",
        "pwritev2",
        "sendfile",
        "sendfile-at",
        "copy",
        "splice",
        "reopened",
        "child"
      })
  void inAFile(String call) throws IOException {
    compile();
    check(toFile(call, "part"), "part\n");
    check(toFile(call, "line\n"), "line\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "write",
        "other",
        "writev",
        "pwritev2",
        "sendfile",
        "sendfile-at",
        "vmsplice",
        "reopened",
        "child"
      })
  void inAPipe(String call) {
    compile();
    check(toPipe(call, "part"), "part\n");
    check(toPipe(call, "line\n"), "line\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"splice", "tee"})
  void whatCannotBeKnownEndsTheLine(String call) {
    compile();
    check(toPipe(call, "part"), "part\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"writev", "error", "terminal", "sendfile", "child"})
  void onATerminal(String call) {
    Tools.require("script");
    compile();
    StringBuilder line = new StringBuilder("exec");
    for (String word : Cli.command("follow", "--call", "getppid", "./program", call, "part")) {
      line.append(" '").append(word).append('\'');
    }
    Command run = Command.runIn(folder, List.of("script", "-qec", line.toString(), "out"));
    assertThat(run.out().replaceAll("\u001b\\[[0-9;]*m", "").replace("\r", ""))
        .contains("part\ngetppid() = ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"elsewhere", "error"})
  void whatGoesElsewhereOpensNoLine(String call) throws IOException {
    compile();
    assertThat(toPipe(call, "part")).startsWith("getppid() = ");
    assertThat(toFile(call, "part")).startsWith("getppid() = ");
  }

  @Test
  void messagesBeginOnALineOfTheirOwn() {
    compile();
    Command run =
        Cli.shell(
            folder,
            "\"$@\" 2>&1 | cat",
            "follow",
            "--call",
            "socket",
            "./program",
            "killed",
            "part");
    assertThat(run.out()).contains("part\ntrapline: ./program was ended by SIGKILL\n");
    Command why = Cli.shell(folder, "\"$@\" 2>&1 | cat", "why", "./program", "writev", "part");
    assertThat(why.out()).contains("part\ntrapline: ");
  }
}
