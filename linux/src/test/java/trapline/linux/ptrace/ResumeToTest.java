package trapline.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.model.Architecture;
import trapline.model.Registers;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// Running to an address ends where stepping would have come to.
@Tag("host")
class ResumeToTest {
  private static final long GETPPID = 110;
  private static final long GETUID = 102;
  private static final long RESUME_FLAG = 1 << 16;

  /// `deep` calls itself, so that its return address is on the stack several times.
  private static final String SOURCE =
      """
      __asm__(
        ".globl _start\\n_start:\\n"
        " mov $5,%r12d\\n call deep\\n"
        " .globl back\\nback: mov %eax,%ebx\\n"
        " mov $102,%eax\\n syscall\\n"
        " xor %edi,%edi\\n mov $231,%eax\\n syscall\\n"
        "deep: dec %r12d\\n jz 1f\\n push %r12\\n call deep\\n"
        " .globl inside\\ninside: pop %r12\\n add %r12d,%eax\\n ret\\n"
        "1: mov $110,%eax\\n syscall\\n ret\\n");
      """;

  @TempDir Path folder;

  @Test
  void comesToTheFrameThatIsMeant() throws IOException {
    Path program = program();
    long inside = Traced.symbols(program).get("inside");
    for (int frames = 1; frames <= 4; frames++) {
      Registers stepped;
      Registers run;
      long up = frames;
      try (Tracer tracer = Traced.launchFixed(program)) {
        int thread = atExit(tracer);
        long least = least(tracer, thread, up);
        Registers now = registers(tracer, thread);
        while (now.instructionPointer() != inside
            || Long.compareUnsigned(now.stackPointer(), least) < 0) {
          assertThat(tracer.step(thread)).isEqualTo(StepResult.STEPPED);
          now = registers(tracer, thread);
        }
        stepped = now;
      }
      try (Tracer tracer = Traced.launchFixed(program)) {
        int thread = atExit(tracer);
        assertThat(tracer.resumeTo(thread, inside, least(tracer, thread, up))).isTrue();
        assertThat(tracer.next()).isEqualTo(new TraceEvent.Reached(thread, inside));
        assertThat(tracer.isUnderWay(thread)).isFalse();
        run = registers(tracer, thread);
        tracer.resume(thread);
        assertEnds(tracer);
      }
      // The parent's id, which getppid has returned, is of another run: rax is its sum.
      for (int slot = 0; slot < Architecture.X86_64.slots(); slot++) {
        String name = Architecture.X86_64.slotName(slot);
        // The kernel sets the resume flag, which pushf does not show, or the thread would stop
        // again.
        long ignored = name.equals("eflags") ? RESUME_FLAG : name.equals("rax") ? -1 : 0;
        assertThat(run.slot(slot) | ignored)
            .as("%d frames: %s", frames, name)
            .isEqualTo(stepped.slot(slot) | ignored);
      }
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void anotherEventComesFirstAndEndsIt() throws IOException {
    Path program = program();
    long inside = Traced.symbols(program).get("inside");
    try (Tracer tracer = Traced.launchFixed(program)) {
      int thread = atExit(tracer);
      long never = registers(tracer, thread).stackPointer() + 4096;
      assertThat(tracer.resumeTo(thread, inside, never)).isTrue();
      assertThat(tracer.next())
          .isInstanceOfSatisfying(
              TraceEvent.Entered.class,
              entered -> assertThat(entered.call().number()).isEqualTo(GETUID));
      assertThat(tracer.isUnderWay(thread)).isFalse();
      tracer.resume(thread);
      assertEnds(tracer);
    }
    Traced.assertNoneLeft(program);
  }

  @Test
  void theEndOfACallThatIsPassedIsNotReported() throws IOException {
    Path program = program();
    try (Tracer tracer = Traced.launchFixed(program)) {
      TraceEvent.Entered entered = Traced.runToCall(tracer, GETPPID);
      tracer.resumePast(entered.threadId());
      assertThat(tracer.next())
          .isInstanceOfSatisfying(
              TraceEvent.Entered.class, next -> assertThat(next.call().number()).isEqualTo(GETUID));
      tracer.resume(entered.threadId());
      assertThat(tracer.next()).isInstanceOf(TraceEvent.Exited.class);
      tracer.resume(entered.threadId());
      assertEnds(tracer);
    }
    Traced.assertNoneLeft(program);
  }

  private Path program() throws IOException {
    Tools.require("gcc", "nm", "setarch");
    return Programs.compile(folder, "deep", SOURCE, "-nostdlib", "-static", "-no-pie");
  }

  /// Runs to the end of getppid.
  private static int atExit(Tracer tracer) {
    int thread = Traced.runToCall(tracer, GETPPID).threadId();
    tracer.resume(thread);
    assertThat(tracer.next()).isInstanceOf(TraceEvent.Exited.class);
    return thread;
  }

  /// The stack pointer behind so many returns: each takes a return address, and the one before a
  /// register.
  private static long least(Tracer tracer, int thread, long frames) {
    return registers(tracer, thread).stackPointer() + 16 * frames - 8;
  }

  private static Registers registers(Tracer tracer, int thread) {
    Registers registers = tracer.registers(thread);
    assertThat(registers).isNotNull();
    return registers;
  }

  private static void assertEnds(Tracer tracer) {
    List<TraceEvent> events = Traced.runOut(tracer);
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            TraceEvent.Ended.class,
            ended -> {
              assertThat(ended.status()).isZero();
              assertThat(ended.signal()).isZero();
            });
  }
}
