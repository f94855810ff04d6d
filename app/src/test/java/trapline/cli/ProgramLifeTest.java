package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Programs that live and die in unusual ways.
@Tag("host")
class ProgramLifeTest {
  @TempDir Path folder;

  private Command follow(String source, String... options) {
    Programs.compile(folder, "program", source, "-g", "-pthread", "-w");
    String[] arguments = new String[options.length + 2];
    arguments[0] = "follow";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[arguments.length - 1] = "./program";
    return Cli.run(folder, arguments);
  }

  @Test
  void aSignalEndsTheProgramAndNothingIsLost() {
    Command run =
        follow(
            "#include <unistd.h>\n"
                + "int main(void) { write(1, \"seen\\n\", 5); return *(volatile int *) 0; }",
            "--call",
            "write,socket");
    assertThat(run.out()).contains("seen", "write(fd: 1");
    assertThat(run.err())
        .isEqualTo(
            "trapline: ./program was ended by SIGSEGV\n"
                + "trapline: ./program ended without making socket\n");
    assertThat(run.status()).isEqualTo(5);
  }

  /// A call that comes at the start only is shown there in JSON, and at the end in words.
  @Test
  void aCallOfTheStartIsPrintedOnce() {
    String source = "int main(void) { return 0; }";
    Command json = follow(source, "--json", "--call", "set_tid_address");
    assertThat(json.out().lines().filter(each -> each.contains("\"set_tid_address\""))).hasSize(1);
    assertThat(json.status()).as(json.err()).isZero();
    Command words = follow(source, "--call", "set_tid_address");
    assertThat(words.out().lines().filter(each -> each.startsWith("set_tid_address("))).hasSize(1);
  }

  @Test
  void oneHundredThreads() {
    Command run =
        follow(
            """
            #include <fcntl.h>
            #include <pthread.h>
            #include <unistd.h>
            void *body(void *a) { close(open("/dev/null", O_RDONLY)); return a; }
            int main(void) {
              pthread_t t[100];
              for (int i = 0; i < 100; i++) pthread_create(t + i, 0, body, 0);
              for (int i = 0; i < 100; i++) pthread_join(t[i], 0);
              write(1, "done\\n", 5);
            }
            """,
            "--all",
            "--call",
            "close");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(
            run.out()
                .lines()
                .filter(each -> each.startsWith("close(fd: ") && each.contains("/dev/null")))
        .hasSize(100);
    assertThat(run.out()).contains("\ndone\n");
  }

  @Test
  void twoHundredChildren() {
    Command run =
        follow(
            """
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) {
              for (int i = 0; i < 200; i++) if (fork() == 0) _exit(0);
              while (wait(0) > 0) ;
              write(1, "end\\n", 4);
            }
            """,
            "--json",
            "--all",
            "--call",
            "exit_group");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines().filter(each -> each.contains("\"never-returned\""))).hasSize(201);
  }

  @Test
  void aThreadThatIsNotTheLeaderRunsAnotherProgram() {
    Command run =
        follow(
            """
            #include <pthread.h>
            #include <unistd.h>
            void *body(void *a) { execl("/bin/echo", "echo", "from echo", (char *) 0); return 0; }
            int main(void) { pthread_t t; pthread_create(&t, 0, body, 0); for (;;) pause(); }
            """,
            "--call",
            "execve,write");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("from echo", "execve(filename: \"/bin/echo\"");
  }

  @Test
  void aProgramThatTracesIsRefusedByTheKernelAndGoesOn() {
    Command run =
        follow(
            """
            #include <signal.h>
            #include <sys/ptrace.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) {
              int status;
              pid_t child = fork();
              if (child == 0) {
                if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) _exit(1);
                raise(SIGSTOP);
                _exit(3);
              }
              waitpid(child, &status, WUNTRACED);
              if (!WIFSTOPPED(status)) return 1;
              kill(child, SIGCONT);
              waitpid(child, &status, 0);
              write(1, WEXITSTATUS(status) == 3 ? "as it should\\n" : "otherwise\\n", 13);
            }
            """,
            "--call",
            "ptrace,write");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("as it should", "EPERM");
  }

  @Test
  void noControlCharactersReachTheOutput() {
    Command run =
        follow(
            """
            #include <fcntl.h>
            int main(void) {
              open("/tmp/\\033[31m\\001\\377\\303(\\n\\342\\200\\256", O_RDONLY);
              return 0;
            }
            """,
            "--call",
            "openat,open");
    assertThat(run.out()).contains("ENOENT");
    assertThat(run.out().chars().filter(c -> c < 32 && c != '\n' || c == 0x202e)).isEmpty();
  }

  @Test
  void processesThatMayNotBeTracedAreExplained() {
    Tools.require("strace");
    Command kernel = Cli.run(folder, "follow", "-p", "2");
    assertThat(kernel.err()).hasLineCount(1);
    assertThat(kernel.status()).isEqualTo(4);
    Command own = Cli.shell(folder, "exec \"$@\" -p $$", "follow");
    assertThat(own.err()).contains("a process cannot trace its own threads").hasLineCount(1);
    assertThat(own.status()).isEqualTo(4);
    Command traced =
        Cli.shell(
            folder,
            "strace -o /dev/null sleep 62 & while ! p=$(pgrep -x -P $! sleep); do :; done;"
                + " until grep -q 'TracerPid:.[1-9]' /proc/$p/status; do :; done;"
                + " \"$@\" -p $p; s=$?; kill $p; exit $s",
            "follow");
    assertThat(traced.err()).contains("traces it already").hasLineCount(1);
    assertThat(traced.status()).isEqualTo(4);
  }
}
