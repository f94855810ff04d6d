package trapline.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.capture.Capability;
import trapline.capture.Capture;
import trapline.capture.TraceEvent;
import trapline.decode.ArgumentDecoder;
import trapline.decode.Limits;
import trapline.journey.JourneyBuilder;
import trapline.journey.OwnCode;
import trapline.journey.SourceText;
import trapline.kernel.KernelHops;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.RunningKernel;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.BlockedCall;
import trapline.linux.proc.ProcessMemory;
import trapline.model.Hop;
import trapline.model.Journey;
import trapline.model.Outcome;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.RunSummary;
import trapline.model.SyscallId;

/// A session must do with what a back-end gives that stops no thread, knows no signals, and loses
/// events. The events here are told; the process is one that really waits in `clock_nanosleep`.
@Tag("host")
class CaptureWithoutStopsTest {
  private static final int RAX = 0;

  /// Hands out events that were made up before.
  private static final class Script implements Capture {
    private final ArrayDeque<TraceEvent> events;
    private final int process;
    private final List<String> asked = new ArrayList<>();

    Script(int process, List<TraceEvent> events) {
      this.process = process;
      this.events = new ArrayDeque<>(events);
    }

    @Override
    public @Nullable TraceEvent next() {
      return events.poll();
    }

    @Override
    public @Nullable TraceEvent poll() {
      return events.poll();
    }

    @Override
    public void resume(int threadId) {}

    @Override
    public void resumePast(int threadId) {}

    @Override
    public <T> @Nullable T find(Capability<T> capability) {
      asked.add(capability.name());
      return null;
    }

    @Override
    public @Nullable Registers registers(int threadId) {
      return null;
    }

    @Override
    public RemoteMemory memory(int threadId) {
      return new ProcessMemory(threadId);
    }

    @Override
    public int processOf(int threadId) {
      return process;
    }

    @Override
    public boolean lives(int processId) {
      return !events.isEmpty();
    }

    @Override
    public boolean shareMemory(int threadId, int otherId) {
      return false;
    }

    @Override
    public long handlerAt(int processId, long slot) {
      return 0;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
  }

  private static final class Journeys implements JourneySink {
    private final List<Journey> all = new ArrayList<>();

    @Override
    public boolean wantsWholeJourneys() {
      return true;
    }

    @Override
    public void journey(Journey journey) {
      all.add(journey);
    }

    @Override
    public void repeat(Journey journey) {
      all.add(journey);
    }

    @Override
    public void startup(Journey journey) {}

    @Override
    public void onlyAtStartup(Journey journey) {}

    @Override
    public void started() {}
  }

  private static Registers asleep(int process) throws InterruptedException {
    Registers registers = BlockedCall.registersOf(process);
    while (registers == null || !name(registers).equals("clock_nanosleep")) {
      Thread.onSpinWait();
      registers = BlockedCall.registersOf(process);
    }
    return registers;
  }

  private static String name(Registers registers) {
    return Session.nameOf(SyscallId.bySyscallInstruction(registers.number()));
  }

  private static JourneyBuilder builder() {
    return new JourneyBuilder(
        new KernelHops(
            KernelIndexSet.embedded().series("6.12").orElseThrow(),
            "embedded index",
            null,
            RunningKernel.NONE),
        new ArgumentDecoder(),
        SourceText.NONE,
        new OwnCode(List.of(), path -> path));
  }

  @Test
  void aSessionDoesWithoutWhatABackEndCannot() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "1000").start();
    try {
      int pid = (int) sleeper.pid();
      Registers entry = asleep(pid);
      SyscallId call = SyscallId.bySyscallInstruction(entry.number());
      Script script =
          new Script(
              pid,
              List.of(
                  new TraceEvent.Started(pid, pid, entry),
                  new TraceEvent.Entered(pid, call, entry, 1_000),
                  new TraceEvent.Exited(pid, call, entry.withDwarf(RAX, 0), 5_000),
                  new TraceEvent.Entered(pid, call, entry, 6_000),
                  new TraceEvent.Lost(pid, 3),
                  new TraceEvent.Entered(pid, call, entry, 7_000),
                  new TraceEvent.Exited(pid, call, entry.withDwarf(RAX, -4), 9_000),
                  new TraceEvent.Exited(pid, call, entry.withDwarf(RAX, 0), 9_500),
                  new TraceEvent.Ended(pid, 7, 0)));
      Journeys journeys = new Journeys();
      FollowSession session =
          new FollowSession(
              SessionSetup.of(script, builder(), new ObjectFiles(), Limits.DEFAULT),
              new FollowOptions(Set.of(), true, FollowOptions.Steps.ALL, true),
              journeys);

      FollowSession.Result result = session.run();
      RunSummary summary = session.summary("sleep");

      assertThat(result.end()).isEqualTo(RunEnd.PROGRAM_ENDED);
      assertThat(result.status()).isEqualTo(7);
      assertThat(summary.lost()).isEqualTo(3);
      assertThat(script.asked).isNotEmpty();
      assertThat(journeys.all)
          .extracting(each -> each.name() + " " + each.outcome().getClass().getSimpleName())
          .containsExactly(
              "clock_nanosleep Returned",
              "clock_nanosleep NeverReturned",
              "clock_nanosleep Failed");
      Journey first = journeys.all.getFirst();
      assertThat(first.nanoseconds()).isEqualTo(4_000);
      assertThat(first.arguments()).isNotEmpty();
      assertThat(first.hops().getFirst()).isInstanceOf(Hop.SourceLine.class);
      assertThat(((Outcome.NeverReturned) journeys.all.get(1).outcome()).why())
          .contains("not among the events");
    } finally {
      sleeper.destroyForcibly().waitFor();
    }
  }
}
