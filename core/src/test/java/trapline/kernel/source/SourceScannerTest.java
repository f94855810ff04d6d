package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.kernel.Condition;
import trapline.kernel.KernelConfig;
import trapline.kernel.SyscallDeclaration;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.kernel.SyscallRow;
import trapline.model.Place;

/// Pieces of C, of makefiles and of Kconfig that are easily read wrongly.
@Tag("unit")
class SourceScannerTest {
  @Test
  void headsBeforeOneBodyEndWithIt() {
    SourceScanner.Found found =
        scan(
            """
            #ifdef CONFIG_A
            SYSCALL_DEFINE1(call, int, a)
            #elif defined(CONFIG_B)
            SYSCALL_DEFINE2(call, int, a,
                            unsigned long, b)
            #else
            SYSCALL_DEFINE0(call)
            #endif
            {
              if (x) { return '}'; /* } */ }
              return "}" + 0; // }
            }
            """);

    assertThat(found.definitions()).extracting(SyscallDefinition::endLine).containsOnly(12);
    assertThat(found.definitions()).extracting(d -> d.place().line()).containsExactly(2, 4, 7);
    assertThat(found.definitions().get(1).conditions())
        .containsExactly("!defined(CONFIG_A) && defined(CONFIG_B)");
    assertThat(found.definitions().get(2).conditions())
        .containsExactly("!defined(CONFIG_A) && !defined(CONFIG_B)");
    assertThat(found.definitions().get(1).signature())
        .isEqualTo("SYSCALL_DEFINE2(call, int, a, unsigned long, b)");
  }

  @Test
  void bracesInBothBranchesCountOnce() {
    SourceScanner.Found found =
        scan(
            """
            static int f(void)
            #ifdef A
            {
              if (a) {
            #else
            {
              if (b) {
            #endif
              }
            }
            SYSCALL_DEFINE0(after) { return 0; }
            """);

    assertThat(found.definitions())
        .extracting(SyscallDefinition::entry)
        .containsExactly("sys_after");
    assertThat(found.definitions().getFirst().conditions()).isEmpty();
  }

  @Test
  void plainFunctionsAndPrototypesAreToldApart() {
    SourceScanner.Found found =
        scan(
            """
            asmlinkage long sys_plain(int fd, const char __user *name)
            {
              return sys_inner(fd);
            }
            static long sys_hidden(void) { return 0; }
            asmlinkage long sys_declared(int,
              /* two */ char __user *);
            long (*sys_pointer)(int) = NULL;
            typedef long sys_type(int);
            asmlinkage long compat_sys_x(void);
            """);

    assertThat(found.definitions())
        .extracting(SyscallDefinition::entry)
        .containsExactly("sys_plain");
    assertThat(found.definitions().getFirst().arguments())
        .containsExactly(new Parameter("int", "fd"), new Parameter("const char __user *", "name"));
    assertThat(found.declarations())
        .extracting(SyscallDeclaration::text)
        .containsExactly(
            "asmlinkage long sys_declared(int, char __user *);",
            "asmlinkage long compat_sys_x(void);");
  }

  @Test
  void otherMacrosOfTheFamily() {
    SourceScanner.Found found =
        scan(
            """
            COMPAT_SYSCALL_DEFINE2(a, int, fd, compat_arg_u64_dual(len)) { }
            SYSCALL32_DEFINE0(b) { }
            KLP_SYSCALL_DEFINE1(c, SC_ARG64(off)) { }
            COND_SYSCALL(d);
            COND_SYSCALL_COMPAT(e);
            cond_syscall(sys_f);
            """);

    assertThat(found.definitions())
        .extracting(SyscallDefinition::entry)
        .containsExactly("compat_sys_a", "compat_sys_b", "sys_b", "sys_c");
    assertThat(found.definitions().get(1).conditions()).containsExactly("defined(CONFIG_COMPAT)");
    assertThat(found.definitions().get(2).conditions()).containsExactly("!defined(CONFIG_COMPAT)");
    assertThat(found.definitions().getFirst().arguments())
        .containsExactly(
            new Parameter("int", "fd"),
            new Parameter("u32", "len_lo"),
            new Parameter("u32", "len_hi"));
    assertThat(found.optional()).containsExactly("sys_d", "compat_sys_e", "sys_f");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "CONFIG_Y;TRUE",
        "CONFIG_M;TRUE",
        "defined(CONFIG_M);FALSE",
        "IS_ENABLED(CONFIG_M);TRUE",
        "IS_MODULE(CONFIG_M);TRUE",
        "defined CONFIG_Y;TRUE",
        "!defined(CONFIG_N) && CONFIG_Y;TRUE",
        "UNKNOWN || CONFIG_Y;TRUE",
        "UNKNOWN && CONFIG_N;FALSE",
        "UNKNOWN && CONFIG_Y;UNKNOWN",
        "(CONFIG_N || (CONFIG_Y && !CONFIG_N));TRUE",
        "BITS_PER_LONG == 64;TRUE",
        "BITS_PER_LONG < 64;FALSE",
        "F(CONFIG_Y, 2);UNKNOWN",
        "0;FALSE",
        "CONFIG_Y );UNKNOWN",
      })
  void conditionsAreThreeValued(String expression, Condition.Truth truth) {
    KernelConfig config =
        new KernelConfig(
            Map.of(
                "CONFIG_Y", KernelConfig.Value.BUILT_IN,
                "CONFIG_M", KernelConfig.Value.MODULE,
                "CONFIG_N", KernelConfig.Value.OFF),
            false);

    assertThat(Condition.evaluate(expression, config)).isEqualTo(truth);
  }

  @Test
  void gatesFollowTheMakefiles() {
    Map<String, byte[]> makefiles = new HashMap<>();
    put(makefiles, "Kbuild", "obj-y += mm/ arch/$(SRCARCH)/\nobj-$(CONFIG_NET) += net/\n");
    put(makefiles, "arch/x86/Kbuild", "obj-y += kernel/\n");
    put(makefiles, "arch/x86/kernel/Makefile", "obj-y := process_$(BITS).o\n");
    put(
        makefiles,
        "mm/Makefile",
        """
        mmu-y := nommu.o
        mmu-$(CONFIG_MMU) := memory.o \\
                             mmap.o
        obj-y := filemap.o $(mmu-y)
        ifdef CONFIG_MMU
        	obj-$(CONFIG_ADVISE) += madvise.o
        endif
        ifeq ($(CONFIG_T),y)
        obj-y += timers.o
        else
        obj-y += stubs.o
        endif
        """);
    put(
        makefiles,
        "net/Makefile",
        "obj-$(CONFIG_A) += both.o\n"
            + "obj-$(CONFIG_B) += both.o\n"
            + "obj-$(subst m,y,$(CONFIG_C)) += whole.o\n"
            + "whole-y := part.o\n"
            + "whole-$(CONFIG_D) += more.o\n");
    Kbuild kbuild = new Kbuild(makefiles, "x86", 64);

    assertThat(kbuild.gates("mm/filemap.c")).contains(List.of());
    assertThat(kbuild.gates("mm/nommu.c")).contains(List.of("!CONFIG_MMU"));
    assertThat(kbuild.gates("mm/mmap.c")).contains(List.of("CONFIG_MMU"));
    assertThat(kbuild.gates("mm/madvise.c")).contains(List.of("CONFIG_MMU", "CONFIG_ADVISE"));
    assertThat(kbuild.gates("mm/timers.c")).contains(List.of("defined(CONFIG_T)"));
    assertThat(kbuild.gates("mm/stubs.c")).contains(List.of("!defined(CONFIG_T)"));
    assertThat(kbuild.gates("net/both.c")).contains(List.of("CONFIG_NET", "CONFIG_A || CONFIG_B"));
    assertThat(kbuild.gates("net/more.c")).contains(List.of("CONFIG_NET", "CONFIG_C", "CONFIG_D"));
    assertThat(kbuild.gates("arch/x86/kernel/process_64.c")).contains(List.of());
    assertThat(kbuild.gates("arch/x86/kernel/process_32.c")).isEqualTo(Optional.empty());
    assertThat(kbuild.gates("lib/x.c")).isEqualTo(Optional.empty());
  }

  @Test
  void kconfigGivesWhatDefconfigWould() {
    Map<String, byte[]> files = new HashMap<>();
    put(
        files,
        "Kconfig",
        """
        config 64BIT
        	bool "64-bit" if "$(ARCH)" = "x86"
        	default "$(ARCH)" != "i386"
        source "arch/$(SRCARCH)/Kconfig"
        menuconfig EXPERT
        	bool "Expert"
        	help
        	  config NOT_A_SYMBOL
        	    default y
        config TIMERS
        	bool "Timers" if EXPERT
        	default y
        config SELECTED
        	bool
        config NEEDS_OFF
        	def_bool y
        	depends on EXPERT || !64BIT
        config ASKED
        	tristate "Asked"
        config MODULAR
        	tristate "Modular"
        	default m
        choice
        	prompt "One of"
        	default SECOND
        config FIRST
        	bool "First"
        config SECOND
        	bool "Second"
        endchoice
        if EXPERT
        config HIDDEN
        	def_bool y
        endif
        """);
    put(files, "arch/x86/Kconfig", "config X86\n\tdef_bool y\n\tselect SELECTED if 64BIT\n");
    put(files, "defconfig", "CONFIG_ASKED=y\n# CONFIG_FIRST is not set\n");
    Kconfig kconfig = Kconfig.of(files, Kconfig.common(files), "x86", "x86", "defconfig");

    Map<String, KernelConfig.Value> expected =
        Map.of(
            "64BIT", KernelConfig.Value.BUILT_IN,
            "TIMERS", KernelConfig.Value.BUILT_IN,
            "SELECTED", KernelConfig.Value.BUILT_IN,
            "NEEDS_OFF", KernelConfig.Value.OFF,
            "ASKED", KernelConfig.Value.BUILT_IN,
            "MODULAR", KernelConfig.Value.MODULE,
            "FIRST", KernelConfig.Value.OFF,
            "SECOND", KernelConfig.Value.BUILT_IN,
            "HIDDEN", KernelConfig.Value.OFF,
            "NOT_A_SYMBOL", KernelConfig.Value.OFF);
    expected.forEach(
        (symbol, value) ->
            assertThat(kconfig.value("CONFIG_" + symbol)).as(symbol).isEqualTo(value));
  }

  @Test
  void tableRows() {
    List<SyscallRow> rows =
        SyscallTable.parse(
                Bytes.of(
                    "t.tbl",
                    "# comment\n\n60 common exit sys_exit - noreturn\n5 i386 x sys_x compat_sys_x\n7 64 y\n"
                        .getBytes(StandardCharsets.UTF_8)))
            .rows();

    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).noReturn()).isTrue();
    assertThat(rows.get(0).compat()).isEmpty();
    assertThat(rows.get(0).place().line()).isEqualTo(3);
    assertThat(rows.get(1).compat()).isEqualTo("compat_sys_x");
    assertThat(rows.get(2).entry()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<<<<<<< HEAD", "1 common", "x common read sys_read", "1 2 3 4 5 6 7"})
  void whatIsNoRowIsAGapWithItsLine(String line) {
    SyscallTable.Contents contents =
        SyscallTable.parse(Bytes.of("t.tbl", ("0 64 a\n" + line + "\n5 64 b\n").getBytes()));

    assertThat(contents.rows()).extracting(SyscallRow::name).containsExactly("a", "b");
    assertThat(contents.gaps()).hasSize(1);
    assertThat(contents.gaps().getFirst().place()).isEqualTo(new Place("t.tbl", 2));
  }

  private static SourceScanner.Found scan(String text) {
    return SourceScanner.scan("x.c", text.getBytes(StandardCharsets.UTF_8), false);
  }

  private static void put(Map<String, byte[]> files, String path, String text) {
    files.put(path, text.getBytes(StandardCharsets.UTF_8));
  }
}
