package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;

/// A signal that comes with a call's result: the way back is shown where the program takes it.
@Tag("host")
class SignalsOnTheWayBackTest {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <signal.h>
      #include <sys/wait.h>
      #include <unistd.h>
      #include <errno.h>
      #include <setjmp.h>
      #include <sys/syscall.h>
      static sigjmp_buf place;
      static void handler(int s) { errno = getppid() ? 0 : 1; }
      static void nested(int s) { kill(getpid(), SIGUSR2); raise(SIGALRM); close(-1); errno = 7; }
      static void leave(int s) { siglongjmp(place, 1); }
      static void leaveAndEnd(int s) { _exit(0); }
      static void runAnother(int s) { execl("/bin/true", "true", (char *) 0); }
      int main(void) {
        int p[2];
        pipe(p);
        BEFORE;
        int result = CALL;
        return 0;
      }
      """;

  @TempDir Path folder;

  private String wayBack(String before, String call, String name) {
    Programs.compile(
        folder, "program", SOURCE.replace("BEFORE", before).replace("CALL", call), "-g", "-w");
    Command run = Cli.run(folder, "follow", "--call", name, "./program");
    assertThat(run.status()).as(run.err()).isZero();
    return run.out().substring(run.out().indexOf("BACK"));
  }

  @ParameterizedTest
  @CsvSource({"SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT"})
  void aSignalThatNothingComesOf(String signal) {
    assertThat(wayBack("", "kill(getpid(), " + signal + ")", "kill"))
        .contains("errno untouched → result = 0")
        .doesNotContain(" arrived");
  }

  @ParameterizedTest
  @CsvSource({"SIGUSR1", "SIGTERM", "SIGALRM", "SIGSEGV", "SIGRTMIN + 3"})
  void aSignalThatIsIgnored(String signal) {
    assertThat(wayBack("signal(" + signal + ", SIG_IGN)", "kill(getpid(), " + signal + ")", "kill"))
        .contains("errno untouched → result = 0")
        .doesNotContain(" arrived");
  }

  @Test
  void aFailedCallSetsErrnoThoughASignalComes() {
    assertThat(
            wayBack(
                "fcntl(p[0], F_SETOWN, getpid()); fcntl(p[0], F_SETSIG, SIGURG);"
                    + " fcntl(p[0], F_SETFL, O_ASYNC)",
                // the signal of the first write comes with its own result
                "write(p[1], \"x\", 1) == 1 ? write(77, \"x\", 1) : 0",
                "write"))
        .doesNotContain("the program's code raised");
  }

  @ParameterizedTest
  @CsvSource({"SIGUSR1", "SIGCHLD", "SIGIO", "SIGRTMIN + 1"})
  void theWayBackGoesOnBehindAHandler(String signal) {
    assertThat(wayBack("signal(" + signal + ", handler)", "kill(getpid(), " + signal + ")", "kill"))
        .contains("errno untouched → result = 0", "the program handled SIG")
        .doesNotContain("raised", " arrived");
  }

  /// The handlers make system calls, are interrupted themselves, and set errno.
  @Test
  void errnoAndAssignmentAreShownBehindHandlersThatDoMuch() {
    String back =
        wayBack(
            "signal(SIGPIPE, nested); signal(SIGUSR2, handler); signal(SIGALRM, handler);"
                + " close(p[0])",
            "write(p[1], \"x\", 1)",
            "write");
    assertThat(back)
        .contains("errno = 32 at %fs:", "the program handled SIGPIPE on the", "result = -1")
        .doesNotContain(" arrived");
  }

  @ParameterizedTest
  @CsvSource({"pause(), pause", "'read(p[0], p, 1)', read", "'usleep(9000000)', clock_nanosleep"})
  void aCallThatAHandlerHasEndedIsNotStartedAgain(String call, String name) {
    String before =
        "struct sigaction a = {.sa_handler = handler}; sigaction(SIGALRM, &a, 0);"
            + " ualarm(50000, 50000)";
    Programs.compile(
        folder, "program", SOURCE.replace("BEFORE", before).replace("CALL", call), "-g", "-w");
    for (String all : List.of("--steps", "--all")) {
      Command run = Cli.run(folder, "follow", all, "--call", name, "./program");
      String out = "\n" + run.out();
      assertThat(out.substring(out.lastIndexOf("\n" + name + "(")))
          .contains(" = -1 EINTR", "result = -1")
          .doesNotContain("ERESTART", "starts it again");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "leave, did not return there",
    "leaveAndEnd, did not return",
    "runAnother, ran another program",
  })
  void aHandlerThatDoesNotReturn(String handler, String what) {
    assertThat(
            wayBack(
                "signal(SIGUSR1, " + handler + ")",
                "sigsetjmp(place, 1) ? kill(getpid(), 0) : kill(getpid(), SIGUSR1)",
                "kill"))
        .contains("SIGUSR1 arrived, and its handler " + what);
  }

  @Test
  void theEndOfAChildIsNoFault() {
    String back =
        wayBack(
            "siginfo_t i; sigset_t s; sigemptyset(&s); sigaddset(&s, SIGCHLD);"
                + " signal(SIGCHLD, handler); sigprocmask(SIG_BLOCK, &s, 0);"
                + " if (fork() == 0) _exit(0); waitid(P_ALL, 0, &i, WEXITED)",
            "sigprocmask(SIG_UNBLOCK, &s, 0)",
            "rt_sigprocmask");
    assertThat(back).doesNotContain("raised");
  }

  @Test
  void aFaultOfTheCodeIsOne() {
    Programs.compile(
        folder,
        "program",
        SOURCE
            .replace("BEFORE", "volatile int *nowhere = 0")
            .replace("CALL", "*nowhere + getppid()"),
        "-g",
        "-w");
    Command run = Cli.run(folder, "follow", "--call", "getpgrp,getppid", "./program");
    assertThat(run.status()).isEqualTo(5);
    assertThat(run.err()).contains("was ended by SIGSEGV");
  }
}
