package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Calls that a seccomp filter answers in the kernel function's place.
@Tag("host")
class SeccompTest {
  /// The filter's value for `getpgrp` is the argument; with another one SIGSYS is handled.
  private static final String SOURCE =
      """
      #include <linux/filter.h>
      #include <linux/seccomp.h>
      #include <pthread.h>
      #include <signal.h>
      #include <stddef.h>
      #include <stdlib.h>
      #include <sys/prctl.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      static void handler(int s) { }
      int main(int n, char **v) {
        struct sock_filter code[] = {
          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgrp, 0, 1),
          BPF_STMT(BPF_RET | BPF_K, strtoul(v[1], 0, 16)),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog filter = {4, code};
        if (n > 2) signal(SIGSYS, handler);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 9;
        int group = getpgrp();
        getppid();
        return 0;
      }
      """;

  @TempDir Path folder;

  private Command follow(String... words) {
    Programs.compile(folder, "program", SOURCE, "-g", "-w");
    String[] command = new String[words.length + 4];
    System.arraycopy(
        new String[] {"follow", "--call", "getpgrp,getppid", "./program"}, 0, command, 0, 4);
    System.arraycopy(words, 0, command, 4, words.length);
    return Cli.run(folder, command);
  }

  @ParameterizedTest
  @CsvSource({"80000000", "0", "30000", "1230000"})
  void aKilledProgramIsToldAndTheCallNeverRan(String action) {
    Command run = follow(action);
    assertThat(run.out())
        .contains("getpgrp() = ? (never ran: a seccomp filter sent SIGSYS instead)")
        .doesNotContain("rax = ");
    assertThat(run.err()).startsWith("trapline: ./program was ended by SIGSYS\n");
    assertThat(run.status()).isEqualTo(5);
  }

  /// The thread that a filter kills is the first one, or another; the other of the two lives on.
  @ParameterizedTest
  @CsvSource({"first", "second"})
  void aThreadIsKilledAndItsProcessLives(String which) {
    String source =
        SOURCE
            .replace("(int n, char **v) {", "(int n, char **v) { pthread_t t;")
            .replace(
                "int main",
                """
                static void *killed(void *x) { getpgrp(); return 0; }
                static pthread_t first;
                static void *other(void *x) { pthread_join(first, 0); getppid(); exit(7); }
                int main\
                """)
            .replace(
                "int group = getpgrp();",
                which.equals("first")
                    ? "first = pthread_self(); pthread_create(&t, 0, other, 0); getpgrp();"
                    : "pthread_create(&t, 0, killed, 0); pthread_join(t, 0);");
    Programs.compile(folder, "program", source, "-g", "-w", "-pthread");
    Command run = Cli.run(folder, "follow", "--call", "getpgrp,getppid,getuid", "./program", "0");
    // Of a first thread, the kernel tells only how its process ended.
    String how =
        which.equals("first")
            ? "the thread ended inside the call)"
            : "SIGSYS ended the thread inside the call; a seccomp filter may have kept it from";
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("getpgrp() = ? (does not return: " + how, "getppid() = ");
    assertThat(run.err()).doesNotContain("was ended by");
  }

  @Test
  void aTrapThatIsHandled() {
    Command run = follow("3abcd", "handled");
    assertThat(run.out())
        .contains("getpgrp() = ? (never ran: a seccomp filter sent SIGSYS instead)")
        .contains("getppid() = ");
    assertThat(run.status()).as(run.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "50016, -1 EINVAL, a filter of the process returned this result",
    "50000, 0, a filter of the process returned this result",
    "7ff00000, -1 ENOSYS, a filter asked for a tracer, and there is none",
    "7fc00000, -1 ENOSYS, a filter asked another process",
  })
  void aResultThatTheFilterGave(String action, String result, String what) throws IOException {
    Tools.requireHost(
        filtersCanBeRead(),
        "seccomp filters that can be read: CAP_SYS_ADMIN on the host, no filter of one's own, and"
            + " CONFIG_CHECKPOINT_RESTORE");
    Command run = follow(action);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("getpgrp() = " + result, "note seccomp: " + what);
    assertThat(run.out().substring(run.out().indexOf("\ngetppid() = ")))
        .doesNotContain("note seccomp");
  }

  /// As `man 2 ptrace` has it of `PTRACE_SECCOMP_GET_FILTER`.
  private static boolean filtersCanBeRead() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    String users = Files.readString(Path.of("/proc/self/uid_map")).strip();
    return (Long.parseLong(field(status, "CapEff:"), 16) >> 21 & 1) == 1
        && users.matches("0 +0 +4294967295")
        && field(status, "Seccomp:").equals("0")
        && Files.exists(Path.of("/proc/self/timers")); // comes with that option
  }

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("0");
  }

  /// Lets no file be changed in its owner, and traps what is written to standard error.
  private static final String REFUSES =
      """
      #include <linux/filter.h>
      #include <linux/seccomp.h>
      #include <signal.h>
      #include <stddef.h>
      #include <sys/prctl.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      static void handler(int s) { }
      int main(void) {
        struct sock_filter code[] = {
          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_chown, 0, 1),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 1),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog filter = {6, code};
        signal(SIGSYS, handler);
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 9;
        chown("/", 12345, 12345);
        write(2, "X", 1);
        close(-1);
        return 0;
      }
      """;

  @Test
  void aCallThatAFilterRefusedHasNoOtherCause() throws IOException {
    Programs.compile(folder, "program", REFUSES, "-g", "-w");
    Why why = Why.run(folder, List.of("--observe", "off", "--all", "./program"));
    Map<String, String> causes = new HashMap<>();
    for (JsonNode answer : why.answers()) {
      causes.put(Follow.name(answer), answer.at("/error/causes").toString());
    }
    assertThat(causes).as(why.err()).containsKeys("chown", "close").doesNotContainKey("write");
    assertThat(causes.get("chown")).contains("a seccomp filter of the process");
    if (filtersCanBeRead()) {
      assertThat(causes.get("chown")).contains("answered").doesNotContain("owner", "CAP_");
    }
    assertThat(causes.get("close")).doesNotContain("seccomp");
  }

  @ParameterizedTest
  @CsvSource({"7ffc0000", "7fff0000"})
  void aFilterThatLetsTheCallBeMade(String action) {
    Command run = follow(action);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("seccomp:", "never ran");
  }
}
