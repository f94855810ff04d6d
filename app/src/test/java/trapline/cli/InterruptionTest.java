package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;
import trapline.testing.Waiting;

/// However a run is ended, what was seen is told, a program that was started is gone, and one that
/// was attached to goes on.
@Tag("host")
class InterruptionTest {
  /// A parent that blocks and a child that blocks.
  private static final String BLOCK =
      """
      #include <unistd.h>
      int main(void) {
        int p[2];
        pipe(p);
        if (fork() == 0)
          for (;;) pause();
        char c;
        write(1, "begun\\n", 6);
        return read(p[0], &c, 1);
      }
      """;

  private static final String SPIN =
      """
      #include <unistd.h>
      int main(void) {
        write(1, "begun\\n", 6);
        for (volatile long i = 0;; i++);
      }
      """;

  private static final String LOOP =
      """
      #include <unistd.h>
      int main(void) {
        write(1, "begun\\n", 6);
        for (;;) getppid();
      }
      """;

  @TempDir Path folder;

  private Path out() {
    return folder.resolve("out");
  }

  private Path err() {
    return folder.resolve("err");
  }

  /// Starts it as the leader of a process group of its own, with no signal ignored.
  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("setsid", "env", "--default-signal=INT,HUP,TERM"));
    command.addAll(Cli.command(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(out().toFile())
        .redirectError(err().toFile())
        .start();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /// A field of `/proc/PID/status`; empty when the process is gone.
  private static String status(long process, String field) {
    for (String line : read(Path.of("/proc/" + process + "/status")).split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip();
      }
    }
    return "";
  }

  private static boolean isGone(long process) {
    String state = status(process, "State");
    return state.isEmpty() || state.startsWith("Z") || state.startsWith("X");
  }

  private static boolean blocks(long process) {
    return status(process, "State").startsWith("S");
  }

  private static void signal(String name, long target) {
    Command.run("kill", "-" + name, "--", Long.toString(target)).orFail();
  }

  private static int end(Process process) throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("it does not end");
    }
    return process.exitValue();
  }

  private static long traced(Process trapline) throws InterruptedException {
    Waiting.until("the program runs", () -> trapline.children().findAny().isPresent());
    return trapline.children().findAny().orElseThrow().pid();
  }

  private void assertClean(List<Long> processes) throws InterruptedException {
    for (long process : processes) {
      Waiting.until("process " + process + " is gone", () -> isGone(process));
    }
    Matcher compiled = Pattern.compile("-o (/\\S+)").matcher(read(err()));
    assertThat(compiled.find()).isTrue();
    assertThat(Path.of(compiled.group(1)).getParent()).doesNotExist();
    assertThat(read(err())).endsWith("trapline: interrupted\n").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({"INT,true,130", "INT,false,130", "TERM,true,143", "TERM,false,143", "HUP,true,129"})
  void endsAProgramThatBlocks(String signal, boolean group, int status) throws Exception {
    Files.writeString(folder.resolve("block.c"), BLOCK);
    Process trapline = start("follow", "--call", "write,read,pause,kill", "block.c");
    try {
      Waiting.until("compiled", () -> read(err()).contains("-o "));
      Waiting.until("the write is told", () -> read(out()).contains("write(fd: 1"));
      List<Long> processes = trapline.descendants().map(ProcessHandle::pid).toList();
      assertThat(processes).hasSize(2);
      Waiting.until("both block", () -> processes.stream().allMatch(InterruptionTest::blocks));
      signal(signal, group ? -trapline.pid() : trapline.pid());
      assertThat(end(trapline)).isEqualTo(status);
      assertClean(processes);
      // The program may have had a signal to the group first.
      assertThat(read(out()))
          .contains("begun", "read(fd: 3", "pause(")
          .contains(group ? "" : "still running");
    } finally {
      trapline.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM,handled,1", "HUP,handled,1", "INT,default,5"})
  void aSignalToTheProgramAloneIsItsOwn(String signal, String what, int status) throws Exception {
    Files.writeString(
        folder.resolve("own.c"),
        """
        #include <signal.h>
        #include <unistd.h>
        static void handler(int s) { write(1, "handled\\n", 8); _exit(0); }
        int main(void) {
          if (HANDLES) signal(SIGNAL, handler);
          write(1, "begun\\n", 6);
          for (;;) pause();
        }
        """
            .replace("HANDLES", what.equals("handled") ? "1" : "0")
            .replace("SIGNAL", "SIG" + signal));
    Process trapline = start("follow", "--call", "write,pause,kill", "own.c");
    try {
      Waiting.until("the write is told", () -> read(out()).contains("write(fd: 1"));
      long program = traced(trapline);
      Waiting.until("it blocks", () -> blocks(program));
      signal(signal, program);
      assertThat(end(trapline)).isEqualTo(status);
      assertThat(read(err())).doesNotContain("interrupted");
      assertThat(read(out()))
          .contains(status == 1 ? "\"handled\\n\"" : "SIGINT ended the thread before");
    } finally {
      trapline.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"--startup,true", "--startup,false", "--steps,true", "--steps,false"})
  void endsAProgramThatComputesOrIsStepped(String option, boolean group) throws Exception {
    Files.writeString(folder.resolve("busy.c"), option.equals("--steps") ? LOOP : SPIN);
    Process trapline = start("follow", "--all", option, "--call", "write,getppid", "busy.c");
    try {
      Waiting.until("the write is told", () -> read(out()).contains("write(fd: 1"));
      long program = traced(trapline);
      signal("INT", group ? -trapline.pid() : trapline.pid());
      assertThat(end(trapline)).isEqualTo(130);
      assertClean(List.of(program));
    } finally {
      trapline.destroyForcibly();
    }
  }

  @Test
  void endsByCtrlCOnATerminal() throws Exception {
    Tools.require("script");
    Path program = Programs.compile(folder, "block", BLOCK, "-g");
    StringBuilder line = new StringBuilder("exec");
    for (String word : Cli.command("follow", "--call", "write,read,kill", program.toString())) {
      line.append(" '").append(word).append('\'');
    }
    Process script =
        // A shell starts what runs in its background with SIGINT ignored.
        new ProcessBuilder(
                "env", "--default-signal", "script", "-qec", line.toString(), "/dev/null")
            .redirectOutput(out().toFile())
            .redirectError(err().toFile())
            .start();
    try (OutputStream keyboard = script.getOutputStream()) {
      Waiting.until("the way back of the write is told", () -> read(out()).contains("observed"));
      List<Long> processes =
          script
              .descendants()
              .filter(each -> each.info().command().orElse("").endsWith("/block"))
              .map(ProcessHandle::pid)
              .toList();
      assertThat(processes).hasSize(2);
      Waiting.until("both block", () -> processes.stream().allMatch(InterruptionTest::blocks));
      keyboard.write(3);
      keyboard.flush();
      assertThat(end(script)).isEqualTo(130);
      assertThat(read(out())).contains("\u001b[", "begun", "still running", "interrupted");
      for (long process : processes) {
        Waiting.until("process " + process + " is gone", () -> isGone(process));
      }
    } finally {
      script.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,--startup,130", "TERM,--steps,143", "KILL,--startup,137"})
  void aProcessThatWasAttachedToGoesOn(String signal, String option, int status) throws Exception {
    Process cat = new ProcessBuilder("cat").start();
    try {
      Waiting.until("cat reads", () -> blocks(cat.pid()));
      Process trapline = start("follow", "--all", option, "-p", Long.toString(cat.pid()));
      try {
        Waiting.until("it is traced", () -> !status(cat.pid(), "TracerPid").equals("0"));
        // The first lines may be read before the thread is stopped at its calls.
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!read(out()).contains("read(fd: 0") && System.nanoTime() < end) {
          echo(cat, "first");
          Thread.sleep(100);
        }
        Waiting.until("a read is told", () -> read(out()).contains("read(fd: 0"));
        Waiting.until("cat reads", () -> blocks(cat.pid()));
        signal(signal, trapline.pid());
        assertThat(end(trapline)).isEqualTo(status);
      } finally {
        trapline.destroyForcibly();
      }
      Waiting.until("it is let go", () -> status(cat.pid(), "TracerPid").equals("0"));
      Waiting.until("cat reads again", () -> blocks(cat.pid()));
      echo(cat, "second");
      if (!signal.equals("KILL")) {
        assertThat(read(out())).contains("write(fd: 1", "still running");
        assertThat(read(err())).isEqualTo("trapline: interrupted\n");
      }
      cat.getOutputStream().close();
      assertThat(end(cat)).isZero();
    } finally {
      cat.destroyForcibly();
    }
  }

  private static void echo(Process cat, String line) throws IOException {
    cat.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    cat.getOutputStream().flush();
    byte[] back = cat.getInputStream().readNBytes(line.length() + 1);
    assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(line + "\n");
  }

  @Test
  void aProgramDoesNotOutliveAKilledTrapline() throws Exception {
    Path program = Programs.compile(folder, "block", BLOCK, "-g");
    Process trapline = start("follow", "--call", "write,read,kill", program.toString());
    try {
      Waiting.until("the write is told", () -> read(out()).contains("write(fd: 1"));
      List<Long> processes = trapline.descendants().map(ProcessHandle::pid).toList();
      assertThat(processes).hasSize(2);
      signal("KILL", trapline.pid());
      end(trapline);
      for (long process : processes) {
        Waiting.until("process " + process + " is gone", () -> isGone(process));
      }
    } finally {
      trapline.destroyForcibly();
    }
  }
}
