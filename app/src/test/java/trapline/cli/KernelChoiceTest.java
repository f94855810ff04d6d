package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelChoiceTest {
  @TempDir Path sources;

  @Test
  void takesTheTreeOfTheRunningSeriesOnly() throws IOException {
    tree("linux-source-6.1", "6", "1");
    Path right = tree("linux-mine", "6", "12");
    Files.createDirectories(sources.resolve("linux-headers-6.12"));

    assertThat(KernelChoice.treeOf(sources, "6.12.48+deb13-cloud-amd64")).isEqualTo(right);
    assertThat(KernelChoice.treeOf(sources, "6.18.44")).isNull();
    assertThat(KernelChoice.treeOf(sources, "")).isNull();
    assertThat(KernelChoice.treeOf(sources.resolve("nowhere"), "6.12.1")).isNull();
  }

  private Path tree(String name, String version, String patchLevel) throws IOException {
    Path top = Files.createDirectories(sources.resolve(name));
    Files.createDirectories(top.resolve("kernel"));
    Files.writeString(top.resolve("kernel/sys_ni.c"), "");
    Files.writeString(
        top.resolve("Makefile"),
        "# SPDX\nVERSION = " + version + "\nPATCHLEVEL = " + patchLevel + "\nSUBLEVEL = 1\n");
    return top;
  }
}
