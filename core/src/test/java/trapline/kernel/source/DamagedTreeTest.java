package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.kernel.KernelIndex;
import trapline.kernel.KernelSource;
import trapline.kernel.SyscallState;
import trapline.model.Abi;
import trapline.model.MalformedBinary;

/// Trees of which not all can be read: the rest is indexed, and what could not be is said.
@Tag("unit")
class DamagedTreeTest {
  private static final String ENTRY = "arch/x86/entry/entry.S";
  private static final String TABLE_64 = "arch/x86/entry/syscalls/syscall_64.tbl";
  private static final String TABLE_32 = "arch/x86/entry/syscalls/syscall_32.tbl";

  @TempDir Path tree;

  @BeforeEach
  void write() throws IOException {
    write("Makefile", "VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 1\nEXTRAVERSION =\n");
    write("Kbuild", "obj-y += fs/ arch/x86/\n");
    write("fs/Makefile", "obj-y := read_write.o\n");
    write(
        "fs/read_write.c",
        "SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)\n{\n}\n");
    write(TABLE_64, "0 common read sys_read\n1 64 gone sys_gone\n");
    write(TABLE_32, "3 i386 read sys_read\n");
    write("arch/arm/tools/syscall.tbl", "3 common read sys_read\n");
    write(
        "arch/arm/kernel/entry-common.S",
        """
        ENTRY(vector_swi)
        	adr	tbl, sys_call_table		@ the table
        ENDPROC(vector_swi)
        	syscall_table_start sys_call_table
        """);
    write("arch/x86/Kbuild", "obj-y += entry/\n");
    write("arch/x86/entry/Makefile", "obj-y := entry.o syscall.o\n");
    write(
        "arch/x86/kernel/cpu/common.c",
        """
        void syscall_init(void)
        {
        	wrmsrl(MSR_LSTAR, (unsigned long)entry_SYSCALL_64);
        	wrmsrl(MSR_CSTAR, (unsigned long)entry_SYSCALL_compat);
        	wrmsrl(MSR_IA32_SYSENTER_EIP, (u64)entry_SYSENTER_compat);
        }
        """);
    write("arch/x86/kernel/idt.c", "d[] = { SYSG(IA32_SYSCALL_VECTOR, entry_INT80_compat), };\n");
    write(
        ENTRY,
        """
        SYM_CODE_START(entry_SYSCALL_64)
        	/* call nobody */
        	call do_syscall_64
        SYM_CODE_END(entry_SYSCALL_64)
        #if 0
        SYM_CODE_START(entry_SYSENTER_compat)
        	call nobody
        SYM_CODE_END(entry_SYSENTER_compat)
        #endif
        SYM_CODE_START(entry_SYSENTER_compat)
        	call do_32
        SYM_CODE_END(entry_SYSENTER_compat)
        SYM_CODE_START(entry_SYSCALL_compat)
        	jmp 1f
        1:	jmp entry_tail
        SYM_CODE_END(entry_SYSCALL_compat)
        SYM_CODE_START(entry_INT80_compat)
        entry_tail:
        	call do_32
        SYM_CODE_END(entry_INT80_compat)
        """);
    write(
        "arch/x86/entry/syscall.c",
        """
        long x64_sys_call(long n) { return n; }
        long x32_sys_call(long n) { return n; }
        long ia32_sys_call(long n) { return n; }
        static __always_inline long inner(long n) { return ia32_sys_call(n); }
        long do_syscall_64(long n) { return x64_sys_call(n) + x32_sys_call(n); }
        long do_32(long n) { return inner(n); }
        """);
  }

  @Test
  void theWayFromTheTrapIsFollowedThroughAssemblyAndC() throws IOException {
    KernelIndex index = index();

    assertThat(way(index, Abi.X86_64, "syscall"))
        .containsExactly(
            "entry_SYSCALL_64@entry.S:1", "do_syscall_64@syscall.c:5", "x64_sys_call@syscall.c:1");
    assertThat(way(index, Abi.I386, "sysenter"))
        .containsExactly(
            "entry_SYSENTER_compat@entry.S:10",
            "do_32@syscall.c:6",
            "inner@syscall.c:4",
            "ia32_sys_call@syscall.c:3");
    assertThat(way(index, Abi.I386, "syscall"))
        .startsWith("entry_SYSCALL_compat@entry.S:13", "entry_tail@entry.S:18");
    assertThat(way(index, Abi.I386, ""))
        .startsWith("entry_INT80_compat@entry.S:17", "entry_tail@entry.S:18");
    assertThat(way(index, Abi.I386, "syscall")).hasSize(5);
  }

  @Test
  void aWayThatIsNotFoundIsAGapThatNamesItsEnds() throws IOException {
    write(ENTRY, "SYM_CODE_START(entry_SYSCALL_64)\n\tcall do_another\n");
    write("arch/x86/kernel/idt.c", "int x;\n");
    KernelIndex index = index();

    assertThat(way(index, Abi.X86_64, "syscall")).isEmpty();
    assertThat(index.gaps())
        .extracting(gap -> gap.place() + ": " + gap.reason())
        .contains(
            ENTRY
                + ":1: the way of x86_64 calls by syscall was not found: nothing leads from"
                + " entry_SYSCALL_64 to x64_sys_call",
            "arch/x86/kernel/idt.c: the way of i386 calls by int $0x80 was not found: nothing leads"
                + " from IA32_SYSCALL_VECTOR to ia32_sys_call");
  }

  private static List<String> way(KernelIndex index, Abi abi, String instruction) {
    return index.entryPath(abi, instruction).stages().stream()
        .map(s -> s.symbol() + "@" + s.place().toString().replaceAll(".*/", ""))
        .toList();
  }

  @Test
  void aWholeTreeHasNoGaps() throws IOException {
    KernelIndex index = index();

    assertThat(index.gaps()).isEmpty();
    assertThat(index.version().release()).isEqualTo("6.99.1");
    assertThat(index.facts(Abi.X86_64, 0).orElseThrow().state())
        .isEqualTo(SyscallState.IMPLEMENTED);
    assertThat(index.abis())
        .extracting(Abi::label)
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

    assertThat(index.abis()).extracting(Abi::label).contains("x86_64", "arm");
    assertThat(index.gaps()).hasSize(1);
    assertThat(index.gaps().getFirst().place().file()).isEqualTo(TABLE_32);
    assertThat(index.gaps().getFirst().reason()).contains("no table of i386");
  }

  @Test
  void aTableOfAnUnknownFormatIsAGap() throws IOException {
    write(TABLE_64, "{ \"read\": 0 }\n");
    KernelIndex index = index();

    assertThat(index.abis()).extracting(Abi::label).contains("i386", "arm");
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
