package trapline.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import trapline.capture.StepResult;
import trapline.capture.TraceEvent;
import trapline.linux.ptrace.LaunchSpec;
import trapline.linux.ptrace.Tracer;
import trapline.model.Architecture;

/// Stops and steps a second, beside strace in the same run. Prints; asserts nothing.
final class TracerBenchmark {
  private static final int COUNT = 100_000;
  private static final List<String> DD =
      List.of("dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=" + COUNT, "status=none");

  private TracerBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    for (int round = 0; round < 3; round++) {
      double strace = strace();
      double ours = stops();
      System.out.printf(
          "dd count=%d: strace %.2f s, tracer %.2f s (ratio %.2f)%n",
          COUNT, strace, ours, strace / ours);
      steps(300_000);
    }
  }

  private static double strace() throws Exception {
    List<String> command = new ArrayList<>(List.of("strace", "-o", "/dev/null"));
    command.addAll(DD);
    long start = System.nanoTime();
    new ProcessBuilder(command).inheritIO().start().waitFor();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double stops() {
    long start = System.nanoTime();
    long stops = 0;
    try (Tracer tracer =
        Tracer.launch(new LaunchSpec(Path.of("/bin/dd"), DD, Map.of(), Path.of("")))) {
      for (TraceEvent event; (event = tracer.next()) != null; ) {
        stops++;
        tracer.resume(event.threadId());
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%d stops, %.0f a second%n", stops, stops / seconds);
    return seconds;
  }

  private static void steps(int count) {
    long[] registers = new long[Architecture.X86_64.slots()];
    try (Tracer tracer =
        Tracer.launch(new LaunchSpec(Path.of("/bin/dd"), DD, Map.of(), Path.of("")))) {
      int thread = tracer.next().threadId();
      long start = System.nanoTime();
      int done = 0;
      while (done < count && tracer.step(thread) == StepResult.STEPPED) {
        tracer.readRegisters(thread, registers);
        done++;
      }
      System.out.printf(
          "%d steps with registers, %.0f a second%n",
          done, done / ((System.nanoTime() - start) / 1e9));
    }
  }
}
