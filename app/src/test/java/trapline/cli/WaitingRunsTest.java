package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import trapline.linux.files.HeldLock;
import trapline.linux.vm.GuestKernels;
import trapline.linux.vm.GuestProgress;
import trapline.testing.CloudKernels;

/// Runs that want the same at the same time: one does it, the other waits and says so.
@Tag("vm")
class WaitingRunsTest {
  @TempDir private Path folder;

  private ProcessBuilder why(String image) {
    return new ProcessBuilder(
            Why.command("--observe", "vm", "--guest-kernel", image, "--nth", "1", "ls", "/none"))
        .directory(folder.toFile())
        .redirectOutput(folder.resolve("out").toFile());
  }

  @Test
  void theSecondWaitsUntilTheFirstHasPreparedTheKernel() throws Exception {
    String image = CloudKernels.series("6.12").toString();
    Path kernel = new GuestKernels(GuestProgress.NONE).find(image).directory().path();
    HeldLock lock = HeldLock.take(kernel.resolve("lock"), () -> {});
    Process second = why(image).start();
    try (BufferedReader told = second.errorReader()) {
      List<String> lines = new ArrayList<>();
      while (lines.isEmpty() || !lines.getLast().contains("waiting for another run to prepare")) {
        String line = told.readLine();
        assertThat(line).as(lines.toString()).isNotNull();
        lines.add(line);
      }
      assertThat(second.isAlive()).isTrue();
      lock.close();
      told.lines().forEach(lines::add);
      assertThat(lines.getLast()).contains("observed in guest kernel");
      assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      lock.close();
      second.destroyForcibly();
    }
  }

  /// By hand, as it boots a kernel for the first time: `-Dtrapline.waiting=empty`.
  @Test
  @EnabledIfSystemProperty(named = "trapline.waiting", matches = "empty")
  void twoRunsOnAnEmptyCacheBothAnswer() throws Exception {
    String image = CloudKernels.series("6.12").toString();
    List<Process> runs = new ArrayList<>();
    List<String> told = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        ProcessBuilder run = why(image);
        run.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        run.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        runs.add(run.start());
      }
      for (Process run : runs) {
        told.add(String.join("\n", run.errorReader().lines().toList()));
        assertThat(run.waitFor()).as(told.toString()).isZero();
      }
    } finally {
      runs.forEach(Process::destroyForcibly);
    }
    assertThat(told).allMatch(each -> each.contains("observed in guest kernel"));
    assertThat(told).anyMatch(each -> each.contains("waiting for another run"));
  }
}
