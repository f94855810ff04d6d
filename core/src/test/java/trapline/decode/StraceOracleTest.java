package trapline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Tools;

/// One program, run once under strace and once under a recorder that decodes with this package:
/// the same calls, arguments and results.
@Tag("host")
class StraceOracleTest {
  /// Where the two differ on purpose, or by what only a run has: process ids, times, ids of
  /// System V objects, free blocks.
  private static final Set<String> NAME_ONLY =
      Set.of(
          // Process and thread ids.
          "getpid",
          "fork",
          "clone",
          "kill",
          "tkill",
          "tgkill",
          "set_tid_address",
          "wait4",
          "waitid",
          "process_vm_readv",
          // Numbers and times of System V objects.
          "shmget",
          "shmat",
          "shmctl",
          "semget",
          "semop",
          "semtimedop",
          "semctl",
          "msgget",
          "msgsnd",
          "msgrcv",
          "msgctl",
          // Free blocks and time left, which change.
          "statfs",
          "fstatfs",
          "select",
          "pselect6");

  /// Calls of the program that are shown better than strace 6.1 does.
  private static final Set<Pattern> OURS =
      Set.of(
          Pattern.compile("^rseq\\(\\{cpu_id_start=.*"),
          Pattern.compile(
              "^setsockopt\\(\\d+, SOL_SOCKET, SO_RCVTIMEO_OLD, \\{tv_sec=5, tv_usec=6}.*"),
          Pattern.compile("^prctl\\(PR_GET_SECCOMP\\) = 0 \\(SECCOMP_MODE_DISABLED\\)"),
          Pattern.compile(
              "^membarrier\\(MEMBARRIER_CMD_QUERY, 0\\) = 0x3ff .*GET_REGISTRATIONS\\)"),
          // Names of interfaces are the host's; the comment on stray bits is strace's alone.
          Pattern.compile("^bind\\(-1, \\{sa_family=AF_PACKET, .*sll_ifindex=1, .*"),
          Pattern.compile("^socket\\(0x63 /\\* AF_\\?\\?\\? \\*/, SOCK_STREAM\\|0x10, 5\\).*"),
          Pattern.compile("^name_to_handle_at\\(.*\\{handle_bytes=5 => .*"),
          Pattern.compile("^syscall_0x1ff\\(0x1, 0x2, 0x3, .*"));

  @TempDir Path directory;

  @Test
  void callsArgumentsAndResultsEqualStraces() throws Exception {
    Tools.require("strace");
    Tools.require("gcc");
    Path program = Recorder.compile(directory, "calls.c");
    Path recorder = Recorder.compile(directory, "recorder.c");
    List<String> expected = strace(List.of(program.toString()));
    List<String> ours;
    try (Recorder run = new Recorder(recorder, scratch(), List.of(program.toString()))) {
      ours = run.lines(Limits.DEFAULT);
    }
    List<String> theirs = expected.subList(1, expected.size());
    assertThat(ours.stream().map(StraceOracleTest::name).toList())
        .isEqualTo(theirs.stream().map(StraceOracleTest::name).toList());
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < ours.size(); i++) {
      String mine = normal(ours.get(i));
      String other = normal(theirs.get(i));
      if (NAME_ONLY.contains(name(mine))) {
        continue;
      }
      compared++;
      if (!mine.equals(other) && OURS.stream().noneMatch(it -> it.matcher(mine).matches())) {
        differences.add("strace " + other + "\nours   " + mine);
      }
    }
    assertThat(differences).as(differences.size() + " of " + compared).isEmpty();
    assertThat(compared).isGreaterThan(300);
  }

  /// Programs that were not written for this test; those that stay one thread and one process.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/bin/ls -l /etc",
        "/bin/cat /etc/passwd",
        "/usr/bin/id",
        "/usr/bin/find /etc/apt"
      })
  void realProgramsAreShownAsByStrace(String command) throws Exception {
    Tools.require("strace");
    Tools.require("gcc");
    List<String> words = List.of(command.split(" "));
    Path recorder = Recorder.compile(directory, "recorder.c");
    List<String> theirs = strace(words);
    List<String> ours;
    try (Recorder run = new Recorder(recorder, scratch(), words)) {
      ours = run.lines(Limits.DEFAULT);
    }
    assertThat(ours).hasSize(theirs.size() - 1).hasSizeGreaterThan(20);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      String mine = normal(ours.get(i));
      String other = normal(theirs.get(i + 1));
      boolean random = NAME_ONLY.contains(name(mine)) || name(mine).equals("getrandom");
      boolean same = random ? name(mine).equals(name(other)) : mine.equals(other);
      if (!same && OURS.stream().noneMatch(it -> it.matcher(mine).matches())) {
        differences.add("strace " + other + "\nours   " + mine);
      }
    }
    assertThat(differences).isEmpty();
  }

  private Path scratch() throws Exception {
    return Files.createDirectories(directory.resolve("run"));
  }

  private List<String> strace(List<String> program) throws Exception {
    return Strace.lines(directory, scratch(), List.of(), program);
  }

  private static String name(String line) {
    return Strace.name(line);
  }

  private static String normal(String line) {
    return Strace.normal(line);
  }
}
