package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// `--install-debuginfo`, with tools in place of apt's that note what they were asked: bash's debug
/// information is in no package that tests install.
@Tag("host")
class DebugInstallTest {
  @TempDir Path folder;

  @BeforeEach
  void layOutTools() throws IOException {
    Tools.require("/var/lib/dpkg/info/bash.list", "/bin/bash");
    tool("apt-cache", "[ \"${!#}\" = bash-dbgsym ]");
    tool(
        "apt-get",
        "echo \"$@\" >>\"" + folder + "/asked\"\n" + "[ ! -e \"" + folder + "/fails\" ]");
  }

  private void tool(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/bash\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Command follow() {
    List<String> command = new ArrayList<>(List.of("env", "PATH=" + folder + ":/usr/bin:/bin"));
    command.addAll(
        Cli.command(
            "follow", "--install-debuginfo", "--call", "getppid", "/bin/bash", "-c", "true"));
    return Command.runIn(folder, command);
  }

  @Test
  void whatIsKnownIsInstalledAndTheRunGoesOn() throws IOException {
    Tools.requireHost(Tools.isRoot(), "root, as packages are installed by it");
    Command run = follow();
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(Files.readString(folder.resolve("asked")))
        .isEqualTo("-q install -y --no-install-recommends bash-dbgsym\n");
    assertThat(run.err())
        .contains("trapline: installed bash-dbgsym\n", "package sources have no libtinfo6-dbgsym;");
    assertThat(run.out()).contains("getppid()");
    Files.createFile(folder.resolve("fails"));
    run = follow();
    assertThat(run.status()).isZero();
    assertThat(run.err()).contains("bash-dbgsym cannot be installed: exit status 1\n");
  }
}
