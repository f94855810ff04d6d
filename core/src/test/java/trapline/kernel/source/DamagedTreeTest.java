package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.SyscallAbi;
import trapline.kernel.SyscallState;
import trapline.model.Abi;
import trapline.model.MalformedBinary;

/// Trees of which not all can be read: the rest is indexed, and what could not be is said.
class DamagedTreeTest {
  private static final String TABLE_64 = "arch/x86/entry/syscalls/syscall_64.tbl";
  private static final String TABLE_32 = "arch/x86/entry/syscalls/syscall_32.tbl";

  @TempDir Path tree;

  @BeforeEach
  void write() throws IOException {
    write("Makefile", "VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 1\nEXTRAVERSION =\n");
    write("Kbuild", "obj-y += fs/\n");
    write("fs/Makefile", "obj-y := read_write.o\n");
    write(
        "fs/read_write.c",
        "SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)\n{\n}\n");
    write(TABLE_64, "0 common read sys_read\n1 64 gone sys_gone\n");
    write(TABLE_32, "3 i386 read sys_read\n");
    write("arch/arm/tools/syscall.tbl", "3 common read sys_read\n");
  }

  @Test
  void aWholeTreeHasNoGaps() throws IOException {
    KernelIndex index = index();

    assertThat(index.gaps()).isEmpty();
    assertThat(index.version().release()).isEqualTo("6.99.1");
    assertThat(index.facts(Abi.X86_64, 0).orElseThrow().state())
        .isEqualTo(SyscallState.IMPLEMENTED);
    assertThat(index.abis())
        .extracting(SyscallAbi::label)
        .containsExactly("x86_64", "x32", "i386", "arm", "arm_oabi");
  }

  @Test
  void conflictMarkersAreGapsAndTheRowsAroundThemAreRead() throws IOException {
    write(
        TABLE_64,
        """
        0 common read sys_read
        <<<<<<< ours
        1 common write sys_write
        =======
        1 common write sys_write_two
        >>>>>>> theirs
        2 common open sys_open
        """);
    KernelIndex index = index();

    assertThat(index.rows(Abi.X86_64)).extracting(row -> row.name()).contains("read", "open");
    assertThat(index.gaps())
        .extracting(gap -> gap.place() + ": " + gap.reason())
        .containsExactly(
            TABLE_64 + ":2: a conflict marker of a merge, no row of a system call table",
            TABLE_64 + ":4: a conflict marker of a merge, no row of a system call table",
            TABLE_64 + ":6: a conflict marker of a merge, no row of a system call table");
  }

  @Test
  void aMissingTableIsAGapThatSaysWhereItWasLookedFor() throws IOException {
    Files.delete(tree.resolve(TABLE_32));
    KernelIndex index = index();

    assertThat(index.abis()).extracting(SyscallAbi::label).contains("x86_64", "arm");
    assertThat(index.gaps()).hasSize(1);
    assertThat(index.gaps().getFirst().place().file()).isEqualTo(TABLE_32);
    assertThat(index.gaps().getFirst().reason()).contains("no table of i386");
  }

  @Test
  void aTableOfAnUnknownFormatIsAGap() throws IOException {
    write(TABLE_64, "{ \"read\": 0 }\n");
    KernelIndex index = index();

    assertThat(index.abis()).extracting(SyscallAbi::label).contains("i386", "arm");
    assertThat(index.rows(Abi.X86_64)).isEmpty();
    assertThat(index.gaps())
        .anySatisfy(
            gap -> {
              assertThat(gap.place().toString()).isEqualTo(TABLE_64 + ":1");
              assertThat(gap.reason()).contains("no row of a system call table: { \"read\": 0 }");
            });
  }

  @Test
  void whatIsNoKernelTreeIsRefused() throws IOException {
    Files.delete(tree.resolve("Makefile"));
    assertThatThrownBy(this::index)
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("no top Makefile");

    write("Makefile", "all:\n\tcc x.c\n");
    assertThatThrownBy(this::index)
        .isInstanceOf(MalformedBinary.class)
        .hasMessageContaining("VERSION");
  }

  private KernelIndex index() throws IOException {
    return KernelIndexer.index(
        new DirectorySource(tree), IndexOptions.NONE, KernelSource.Progress.NONE);
  }

  private void write(String path, String text) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
