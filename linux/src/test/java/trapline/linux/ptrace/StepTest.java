package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.model.Architecture;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

@Tag("host")
class StepTest {
  private static final int STEPS = 400;

  private static final String SOURCE =
      """
      __asm__(
        ".globl _start\\n_start:\\n"
        " mov $30,%ebx\\n"
        "1: lea buffer(%rip),%rdi\\n lea other(%rip),%rsi\\n mov $5,%ecx\\n rep movsb\\n"
        " mov $39,%eax\\n syscall\\n"
        " call f\\n dec %ebx\\n jnz 1b\\n"
        " xor %edi,%edi\\n mov $231,%eax\\n syscall\\n"
        "f: push %rbp\\n mov %rsp,%rbp\\n cpuid\\n mov $30,%ebx\\n pop %rbp\\n ret\\n"
        ".bss\\nbuffer: .skip 64\\nother: .skip 64\\n");
      """;

  @TempDir Path folder;

  @Test
  void programCountersAreThoseOfGdb() throws IOException {
    Tools.require("gcc", "gdb");
    Path program = Programs.compile(folder, "steps", SOURCE, "-nostdlib", "-static", "-no-pie");
    Path script = folder.resolve("script");
    Files.writeString(
        script,
        "set pagination off\nset startup-with-shell off\nstarti\nset $i = 0\nwhile $i < "
            + STEPS
            + "\nprintf \"PC %lx\\n\", $pc\nstepi\nset $i = $i + 1\nend\nkill\n");
    List<Long> expected = new ArrayList<>();
    for (String line :
        Command.run("gdb", "-nx", "-batch", "-x", script.toString(), program.toString())
            .out()
            .split("\n")) {
      if (line.startsWith("PC ")) {
        expected.add(Long.parseUnsignedLong(line.substring(3), 16));
      }
    }
    List<Long> actual = new ArrayList<>();
    long[] registers = new long[Architecture.X86_64.slots()];
    try (Tracer tracer = Traced.launch(program)) {
      int thread = tracer.next().threadId();
      for (int i = 0; i < STEPS; i++) {
        assertThat(tracer.readRegisters(thread, registers)).isTrue();
        actual.add(registers[16]);
        assertThat(tracer.step(thread)).isEqualTo(StepResult.STEPPED);
      }
    }
    assertThat(expected).hasSize(STEPS);
    assertThat(actual).isEqualTo(expected);
    Traced.assertNoneLeft(program);
  }

  @Test
  void signalsAreKeptWhileSteppingAndDeliveredInOrder() throws IOException {
    Tools.require("gcc", "kill");
    Path program =
        Programs.compile(
            folder,
            "kept",
            """
            #include <signal.h>
            #include <string.h>
            #include <unistd.h>
            static volatile int count, bad;
            static void handler(int s, siginfo_t *i, void *u) {
              if (i->si_code != SI_USER || i->si_pid == getpid()) bad = 1;
              count++;
            }
            int main(void) {
              struct sigaction a;
              memset(&a, 0, sizeof a);
              a.sa_sigaction = handler;
              a.sa_flags = SA_SIGINFO;
              sigaction(SIGUSR1, &a, 0);
              sigaction(SIGUSR2, &a, 0);
              getppid();
              for (volatile int i = 0; i < 100; i++) ;
              getppid();
              return bad ? 9 : count;
            }
            """);
    try (Tracer tracer = Traced.launch(program)) {
      TraceEvent.Entered call = Traced.runToCall(tracer, 110);
      int thread = call.threadId();
      tracer.resume(thread);
      assertThat(tracer.next()).isInstanceOf(TraceEvent.Exited.class);
      Command.run("kill", "-USR1", Integer.toString(thread)).orFail();
      Command.run("kill", "-USR2", Integer.toString(thread)).orFail();
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        results.add(tracer.step(thread));
      }
      assertThat(results.subList(0, 2)).containsOnly(StepResult.SIGNALLED);
      assertThat(results.subList(2, 50)).containsOnly(StepResult.STEPPED);
      assertThat(tracer.pendingSignal(thread)).isEqualTo(10);
      tracer.resume(thread);
      List<TraceEvent> rest = Traced.runOut(tracer);
      assertThat(rest.getLast()).isEqualTo(new TraceEvent.Ended(thread, 2, 0));
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void faultIsDeliveredByTheNextStep() throws IOException {
    Tools.require("gcc");
    Path program =
        Programs.compile(
            folder,
            "fault",
            """
            __asm__(".globl _start\\n_start: xor %eax,%eax\\n mov (%rax),%rbx\\n nop\\n");
            """,
            "-nostdlib",
            "-static");
    try (Tracer tracer = Traced.launch(program)) {
      int thread = tracer.next().threadId();
      assertThat(tracer.step(thread)).isEqualTo(StepResult.STEPPED);
      assertThat(tracer.step(thread)).isEqualTo(StepResult.FAULTED);
      assertThat(tracer.pendingSignal(thread)).isEqualTo(11);
      assertThat(tracer.step(thread)).isEqualTo(StepResult.ENDED);
      assertThat(tracer.stepEvent()).isEqualTo(new TraceEvent.Ended(thread, 0, 11));
      assertThat(tracer.next()).isEqualTo(new TraceEvent.Ended(thread, 0, 11));
      assertThat(tracer.next()).isNull();
    }
    Traced.assertNoneLeft(program);
  }
}
