package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Calls, arguments and results of every thread are those that strace shows of the same program.
@Tag("host")
class StraceMatrixTest {
  /// Calls of which strace shows the arguments in another notation, or what differs in every run.
  private static final Set<String> OTHER_NOTATION =
      Set.of("rt_sigreturn", "rseq", "set_robust_list", "getrandom", "umask", "clone");

  private static final Set<String> OTHER_RESULT = Set.of("getppid", "getpgrp", "getpgid");

  private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\)\\s+= (.*)", Pattern.DOTALL);

  /// A call of one run. Where the plain lines are the same in two runs, so is the call, though a
  /// thread may have one of its numbers in one of them.
  ///
  /// @param masked with numbers of threads as the threads' places
  private record Line(String plain, String masked) {}

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Variant.class,
      names = {"O0", "STATIC", "MUSL"})
  void matrix(Variant variant) throws IOException {
    compare(Matrix.followed(variant), List.of(Matrix.program(variant).toString()), 15);
  }

  /// The same calls in every run: whether `pthread_join` has to wait, and so makes a call, is
  /// chance. A read of a pipe is one call in either case, and `pthread_tryjoin_np` is none.
  @Test
  void threads() throws IOException {
    Path program =
        Programs.compile(
            folder,
            "threads",
            """
            #define _GNU_SOURCE
            #include <pthread.h>
            #include <unistd.h>
            static int p[2];
            static void *run(void *a) {
              close(99); access("/nonexistent", R_OK); write(p[1], "x", 1); return 0;
            }
            int main(void) {
              pthread_t t;
              char c;
              pipe(p);
              for (int i = 0; i < 3; i++) {
                pthread_create(&t, 0, run, 0);
                read(p[0], &c, 1);
                while (pthread_tryjoin_np(t, 0)) ;
              }
              return 0;
            }
            """,
            "-pthread",
            "-w");
    compare(program.toString());
  }

  @Test
  void forkVforkExec() throws IOException {
    Path program =
        Programs.compile(
            folder,
            "forks",
            """
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) {
              int status;
              if (!fork()) { close(98); _exit(3); }
              wait(&status);
              if (!vfork()) { execl("/bin/true", "true", (char *) 0); _exit(1); }
              wait(&status);
              return 0;
            }
            """);
    compare(program.toString());
  }

  @Test
  void realPrograms() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "some words\n");
    compare("/bin/cat", text.toString());
    compare("/bin/ls", Files.createDirectory(folder.resolve("empty")).toString());
    compare("/bin/dd", "if=" + text, "of=/dev/null", "bs=4", "count=2", "status=none");
    compare("/bin/date", "-u", "-d", "@0");
    // dash blocks every signal around fork: stepping it must not unblock SIGTRAP. Its child is not
    // to end before it waits for it: SIGCHLD's handler would run before that call.
    compare("/bin/sh", "-c", "/bin/sleep 2; exit 0");
  }

  private void compare(String... command) throws IOException {
    compare(Follow.json(List.of("--all"), List.of(command)).orFail(), List.of(command), 15);
  }

  private void compare(Follow run, List<String> command, int least) throws IOException {
    Tools.require("strace");
    List<List<Line>> theirs = strace(command);
    List<List<Line>> ours = ours(run);
    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(ours).as("%s", command).hasSameSizeAs(theirs);
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      List<Line> mine = inOrderOf(theirs.get(i), ours.get(i));
      softly.assertThat(mine).as("%s, thread %d", command, i).hasSameSizeAs(theirs.get(i));
      for (int j = 0; j < Math.min(mine.size(), theirs.get(i).size()); j++) {
        Line other = theirs.get(i).get(j);
        if (!mine.get(j).plain().equals(other.plain())) {
          softly
              .assertThat(mine.get(j).masked())
              .as("%d in %s", j, command)
              .isEqualTo(other.masked());
        }
      }
    }
    softly.assertAll();
    assertThat(ours.getFirst().size()).isGreaterThan(least);
  }

  /// A journey is written when its thread is back at the caller, so those of a signal handler's
  /// calls come before that of the call behind which the signal came.
  private static List<Line> inOrderOf(List<Line> theirs, List<Line> ours) {
    List<Line> left = new ArrayList<>(ours);
    List<Line> ordered = new ArrayList<>();
    for (Line other : theirs) {
      for (Line line : left) {
        if (name(line).equals(name(other))) {
          ordered.add(line);
          left.remove(line);
          break;
        }
      }
    }
    ordered.addAll(left);
    return ordered;
  }

  private static String name(Line line) {
    return line.plain().substring(0, Math.max(0, line.plain().indexOf('(')));
  }

  private static List<List<Line>> ours(Follow run) {
    List<Integer> ids = List.copyOf(run.threads().keySet());
    List<List<Line>> threads = new ArrayList<>();
    for (List<JsonNode> thread : run.threads().values()) {
      List<Line> lines = new ArrayList<>();
      for (JsonNode journey : thread) {
        List<String> arguments = new ArrayList<>();
        journey.get("arguments").forEach(each -> arguments.add(each.get("text").asText()));
        boolean never = journey.at("/outcome/kind").asText().equals("never-returned");
        boolean replaced = never && Follow.name(journey).startsWith("execve");
        String result = journey.at("/outcome/text").asText();
        lines.add(
            line(
                Follow.name(journey),
                String.join(", ", arguments),
                replaced ? "0" : never ? "?" : result,
                ids));
      }
      threads.add(lines);
    }
    return threads;
  }

  private List<List<Line>> strace(List<String> command) throws IOException {
    Path place = Files.createTempDirectory(folder, "strace");
    List<String> all =
        new ArrayList<>(
            List.of("strace", "-ff", "-yy", "-s", "64", "-o", place.resolve("out").toString()));
    all.addAll(command);
    Command.runIn(null, all);
    Map<Integer, List<String>> files = new TreeMap<>();
    try (var list = Files.newDirectoryStream(place)) {
      for (Path file : list) {
        String name = file.getFileName().toString();
        files.put(Integer.valueOf(name.substring(4)), Files.readAllLines(file));
      }
    }
    List<Integer> ids = List.copyOf(files.keySet());
    List<List<Line>> threads = new ArrayList<>();
    for (List<String> file : files.values()) {
      List<Line> lines = new ArrayList<>();
      for (String text : file) {
        var parts = LINE.matcher(text);
        if (parts.matches()) {
          lines.add(line(parts.group(1), parts.group(2), parts.group(3), ids));
        }
      }
      threads.add(lines);
    }
    // The first call started the program.
    threads.getFirst().removeFirst();
    return threads;
  }

  private static Line line(String name, String arguments, String result, List<Integer> ids) {
    String plain =
        name
            + "("
            + (OTHER_NOTATION.contains(name) ? "…" : plain(arguments))
            + ") = "
            + (OTHER_RESULT.contains(name) ? "N" : plain(result));
    String masked = plain;
    for (int i = 0; i < ids.size(); i++) {
      // Not in 8192*1024, should a thread have that number.
      masked = masked.replaceAll("(?<![\\w*])" + ids.get(i) + "\\b", "T" + i);
    }
    return new Line(plain, masked);
  }

  /// Without what differs from run to run: addresses, inodes, ports, temporary files.
  private static String plain(String text) {
    return text.replaceAll("0x[0-9a-f]{6,}", "ADDRESS")
        .replaceAll("\\[\\d+\\]", "[N]")
        .replaceAll("TCP:\\[[^\\]]*\\]", "TCP:[N]")
        .replaceAll("</tmp/trapline-(out|err)[^>]*>", "<OUTPUT>")
        .replaceAll("/\\* \\d+ vars \\*/", "/* N vars */")
        .replaceAll("st_size=\\d+", "st_size=N")
        .replaceAll("si_[us]time=\\d+( /\\* [^*]* \\*/)?", "si_time=N")
        .replaceAll("\\b0+(\\d)", "$1");
  }
}
