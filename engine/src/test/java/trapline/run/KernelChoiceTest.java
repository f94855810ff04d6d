package trapline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.index.IndexCache;
import trapline.index.SourceStamp;
import trapline.kernel.KernelFunctions;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.KernelSource;
import trapline.kernel.source.DirectorySource;
import trapline.kernel.source.IndexOptions;
import trapline.kernel.source.KernelIndexer;
import trapline.model.Place;

@Tag("unit")
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

  /// The core's functions come with Trapline; a driver's are in the cached index of a tree.
  @Test
  void aFunctionOutsideOfTheCoreIsInACachedIndex() throws IOException {
    Path top = tree("linux-mine", "6", "12");
    Files.createDirectories(top.resolve("arch/x86/entry/syscalls"));
    Files.writeString(
        top.resolve("arch/x86/entry/syscalls/syscall_64.tbl"), "0 common read sys_read\n");
    Files.createDirectories(top.resolve("drivers/net"));
    Files.writeString(
        top.resolve("drivers/net/mine.c"),
        "\nstatic int mine_probe(int a)\n{\n}\nint vfs_open(int a) { }\n");
    IndexCache cache =
        IndexCache.of(
            Map.of("XDG_CACHE_HOME", sources.resolve("cache").toString()), Notices.NONE::say);
    KernelChoice choice = new KernelChoice(cache, Notices.NONE);
    KernelIndex index =
        KernelIndexer.index(
            new DirectorySource(top), new IndexOptions("", "", true), KernelSource.Progress.NONE);
    assertThat(cache.write(index, SourceStamp.of(top))).exists();
    KernelChoice.Chosen chosen =
        new KernelChoice.Chosen(
            KernelIndexSet.embedded().nearest("6.12.117"), "embedded index", null);

    KernelFunctions functions = choice.functions(chosen, "6.12.117-cloud");
    KernelFunctions.Found driver = functions.find("mine_probe").orElseThrow();
    assertThat(driver.version().release()).isEqualTo("6.12.1");
    assertThat(driver.origin()).isEqualTo("cached index");
    assertThat(driver.likeliest().place()).isEqualTo(new Place("drivers/net/mine.c", 2));
    assertThat(functions.find("vfs_open").orElseThrow().version().release()).isEqualTo("6.12.117");
    assertThat(functions.find("no_such_function")).isEmpty();

    // The kernel's own tree knows better than what comes with Trapline.
    assertThat(choice.functions(chosen, "6.12.1").find("vfs_open").orElseThrow().origin())
        .isEqualTo("cached index");
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
