package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.report.Checkup;
import trapline.testing.Command;
import trapline.testing.Tools;

@Tag("host")
class DoctorCommandTest {
  private static final List<String> CAPABILITIES =
      List.of(
          "trace programs that Trapline starts (ptrace)",
          "compile .c programs",
          "the C library's own lines and variables",
          "keep indexes and guests' kernels from run to run (cache)",
          "the kernel's side of a call",
          "name the seccomp filter that answered a call",
          "addresses of kernel functions (/proc/kallsyms)",
          "types of system calls from the running kernel (tracefs)",
          "kernel functions that ran, live (function tracer)",
          "tracing at low cost (BPF)",
          "a guest kernel (QEMU)");

  @TempDir Path folder;

  @Test
  void namesEachCapability() {
    Command run = Cli.run(folder, "doctor", "--ascii");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains(CAPABILITIES);
    assertThat(run.status()).isIn(0, 4);
  }

  @Test
  void namesTheKernelAsUnameDoes() {
    String release = Command.run("uname", "-r").orFail().strip();
    assertThat(Cli.run(folder, "doctor").out()).contains("Linux " + release);
  }

  @Test
  void aMissingCompilerComesWithItsRemedy() {
    Command run = Cli.shell(folder, "PATH=/no/such \"$@\"", "doctor", "--ascii");
    assertThat(run.out()).contains("no cc in PATH", "apt-get install gcc");
    assertThat(run.out()).contains("no qemu-system-x86_64 in PATH", "apt-get install qemu");
  }

  @Test
  void tellsAPlainUserWhatOnlyRootCanSee() {
    Tools.require("setpriv");
    Tools.requireHost(Tools.isRoot(), "root, to become another user");
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    command.addAll(Cli.command("doctor", "--ascii"));
    Tools.requireHost(
        Command.run(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "--",
                    "test",
                    "-r",
                    classes().toString())
                .status()
            == 0,
        "a build folder that other users can read");
    Command run = Command.runIn(Path.of("/"), command);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains(CAPABILITIES).contains("root");
    if (!Files.isReadable(Path.of("/sys/kernel/tracing"))) {
      assertThat(run.out()).contains("mount -t tracefs");
    }
  }

  @Test
  void jsonHasTheSameItems() {
    Command text = Cli.run(folder, "doctor", "--ascii");
    Command run = Cli.run(folder, "doctor", "--json");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isEqualTo(text.status());
    List<String> lines = run.out().lines().toList();
    assertThat(lines)
        .hasSameSizeAs(text.out().lines().filter(line -> line.matches("  [+~-] .*")).toList());
    assertThat(lines)
        .allMatch(
            line ->
                line.matches(
                    "\\{\"trapline\":\\d+,\"check\":\"[a-z-]+\",\"state\":\"(yes|part|no)\",.*}"));
    assertThat(run.out())
        .contains("\"check\":\"ptrace\"", "\"check\":\"cache\"", "\"check\":\"guest\"");
  }

  @Test
  void cacheIsWhereTheEnvironmentSays() throws IOException {
    assertThat(DoctorCommand.cache(Map.of()).state()).isEqualTo(Checkup.State.NO);
    Path fresh = folder.resolve("home");
    Checkup.Item item = DoctorCommand.cache(Map.of("HOME", fresh.toString()));
    assertThat(item.state()).isEqualTo(Checkup.State.YES);
    assertThat(item.finding()).isEqualTo(fresh + "/.cache/trapline, when it is needed");
    assertThat(fresh).doesNotExist();
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(DoctorCommand.cache(Map.of("XDG_CACHE_HOME", file.toString())).state())
        .isEqualTo(Checkup.State.NO);
  }

  private static Path classes() {
    return Path.of(
        Main.class.getProtectionDomain().getCodeSource().getLocation().getPath(),
        "trapline/cli/Main.class");
  }
}
