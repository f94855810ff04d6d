package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.kernel.SyscallDefinition.Parameter;
import trapline.model.Abi;
import trapline.model.Place;

/// What the embedded index says of the calls that a naive reading of the source gets wrong.
@Tag("unit")
class EmbeddedIndexTest {
  private static final KernelIndex INDEX = KernelIndexSet.embedded().series("6.12").orElseThrow();

  @Test
  void socketHasAllItsFacts() {
    SyscallFacts socket = INDEX.facts(Abi.X86_64, 41).orElseThrow();

    assertThat(socket.row().tableAbi()).isEqualTo("common");
    assertThat(socket.row().entry()).isEqualTo("sys_socket");
    assertThat(socket.row().place().file()).isEqualTo("arch/x86/entry/syscalls/syscall_64.tbl");
    assertThat(socket.symbol()).isEqualTo("__x64_sys_socket");
    assertThat(socket.state()).isEqualTo(SyscallState.IMPLEMENTED);
    assertThat(socket.optional()).isTrue();
    assertThat(socket.declarations()).hasSize(1);
    assertThat(socket.declarations().getFirst().text())
        .isEqualTo("asmlinkage long sys_socket(int, int, int);");
    SyscallDefinition definition = socket.definitions().getFirst();
    assertThat(definition.signature())
        .isEqualTo("SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)");
    assertThat(definition.place().file()).isEqualTo("net/socket.c");
    assertThat(definition.endLine()).isEqualTo(definition.place().line() + 3);
    assertThat(definition.arguments())
        .containsExactly(
            new Parameter("int", "family"),
            new Parameter("int", "type"),
            new Parameter("int", "protocol"));
    assertThat(definition.gates()).containsExactly("CONFIG_NET");
  }

  /// The special cases counted by hand in 6.12: number, name, entry, state, file of the one
  /// definition, how many definitions the configuration rules out.
  @ParameterizedTest
  @CsvSource({
    "4, stat, sys_newstat, IMPLEMENTED, fs/stat.c, 0",
    "5, fstat, sys_newfstat, IMPLEMENTED, fs/stat.c, 0",
    "6, lstat, sys_newlstat, IMPLEMENTED, fs/stat.c, 0",
    "40, sendfile, sys_sendfile64, IMPLEMENTED, fs/read_write.c, 0",
    "63, uname, sys_newuname, IMPLEMENTED, kernel/sys.c, 0",
    "166, umount2, sys_umount, IMPLEMENTED, fs/namespace.c, 0",
    "9, mmap, sys_mmap, IMPLEMENTED, arch/x86/kernel/sys_x86_64.c, 0",
    "15, rt_sigreturn, sys_rt_sigreturn, IMPLEMENTED, arch/x86/kernel/signal_64.c, 1",
    "154, modify_ldt, sys_modify_ldt, IMPLEMENTED, arch/x86/kernel/ldt.c, 0",
    "158, arch_prctl, sys_arch_prctl, IMPLEMENTED, arch/x86/kernel/process_64.c, 0",
    "172, iopl, sys_iopl, IMPLEMENTED, arch/x86/kernel/ioport.c, 1",
    "173, ioperm, sys_ioperm, IMPLEMENTED, arch/x86/kernel/ioport.c, 1",
    "335, uretprobe, sys_uretprobe, IMPLEMENTED, arch/x86/kernel/uprobes.c, 0",
    "453, map_shadow_stack, sys_map_shadow_stack, IMPLEMENTED, arch/x86/kernel/shstk.c, 0",
    "11, munmap, sys_munmap, IMPLEMENTED, mm/mmap.c, 1",
    "12, brk, sys_brk, IMPLEMENTED, mm/mmap.c, 1",
    "25, mremap, sys_mremap, IMPLEMENTED, mm/mremap.c, 1",
    "227, clock_settime, sys_clock_settime, IMPLEMENTED, kernel/time/posix-timers.c, 1",
    "228, clock_gettime, sys_clock_gettime, IMPLEMENTED, kernel/time/posix-timers.c, 1",
    "229, clock_getres, sys_clock_getres, IMPLEMENTED, kernel/time/posix-timers.c, 1",
    "230, clock_nanosleep, sys_clock_nanosleep, IMPLEMENTED, kernel/time/posix-timers.c, 1",
    "56, clone, sys_clone, IMPLEMENTED, kernel/fork.c, 3",
    "28, madvise, sys_madvise, IMPLEMENTED, mm/madvise.c, 0",
    "144, sched_setscheduler, sys_sched_setscheduler, IMPLEMENTED, kernel/sched/syscalls.c, 0",
    "134, uselib, '', RESERVED, '', 0",
    "174, create_module, '', RESERVED, '', 0",
    "212, lookup_dcookie, '', RESERVED, '', 0",
    "236, vserver, '', RESERVED, '', 0",
    "156, _sysctl, sys_ni_syscall, NOT_IMPLEMENTED, '', 0",
  })
  void specialCases(
      long number, String name, String entry, SyscallState state, String file, int ruledOut) {
    SyscallFacts facts = INDEX.facts(Abi.X86_64, number).orElseThrow();

    assertThat(facts.row().name()).isEqualTo(name);
    assertThat(facts.entry()).isEqualTo(entry);
    assertThat(facts.state()).isEqualTo(state);
    assertThat(facts.definitions().stream().map(d -> d.place().file()).toList())
        .isEqualTo(state == SyscallState.IMPLEMENTED ? List.of(file) : List.of());
    assertThat(facts.ruledOut()).hasSize(ruledOut);
  }

  @ParameterizedTest
  @CsvSource({
    "56, 1, 2",
    "301, 1, 1",
    "154, 0, 0",
    "158, 0, 0",
    "172, 0, 0",
    "173, 1, 0",
    "9, 1, 0",
    "15, 1, 0",
    "41, 1, 0"
  })
  void declarationsAreZeroToMany(long number, int fitting, int others) {
    SyscallFacts facts = INDEX.facts(Abi.X86_64, number).orElseThrow();

    assertThat(facts.declarations()).hasSize(fitting);
    assertThat(facts.otherDeclarations()).hasSize(others);
  }

  @Test
  void thePrototypeOfMmapIsInTheGenericHeader() {
    assertThat(INDEX.facts(Abi.X86_64, 9).orElseThrow().declarations().getFirst().place().file())
        .isEqualTo("include/asm-generic/syscalls.h");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 514, 0x4000_0000L + 514, 0x4000_0001L})
  void x32IsAnAbiOfItsOwn(long number) {
    SyscallFacts facts = INDEX.facts(Abi.X32, number).orElseThrow();
    boolean own = (number & 0xffff) >= 512;

    assertThat(facts.row().tableAbi()).isEqualTo(own ? "x32" : "common");
    assertThat(facts.symbol()).startsWith(own ? "__x64_compat_sys_" : "__x64_sys_");
    assertThat(INDEX.facts(Abi.X86_64, 514)).isEmpty();
  }

  @Test
  void a32BitCallOfA64BitKernelUsesItsCompatEntryPoint() {
    SyscallFacts execve = INDEX.facts(Abi.I386, 11).orElseThrow();
    SyscallFacts sigreturn = INDEX.facts(Abi.I386, 119).orElseThrow();

    assertThat(execve.entry()).isEqualTo("compat_sys_execve");
    assertThat(execve.symbol()).isEqualTo("__ia32_compat_sys_execve");
    assertThat(execve.definitions().getFirst().macro()).isEqualTo("COMPAT_SYSCALL_DEFINE3");
    assertThat(sigreturn.definitions().getFirst().macro()).isEqualTo("SYSCALL32_DEFINE0");
  }

  @Test
  void argumentMacrosAreTwoRegisters() {
    SyscallDefinition truncate =
        INDEX.named(Abi.I386, "fadvise64_64").orElseThrow().definitions().getFirst();
    SyscallDefinition compat =
        INDEX.definitions().stream()
            .filter(d -> d.signature().contains("compat_arg_u64_dual("))
            .findFirst()
            .orElseThrow();

    assertThat(truncate.arguments()).hasSize(digit(truncate.macro()));
    assertThat(compat.arguments()).hasSize(digit(compat.macro()));
  }

  @Test
  void everyMacroHasAsManyArgumentsAsItSays() {
    for (SyscallDefinition definition : INDEX.definitions()) {
      if (definition.macro().matches(".*DEFINE\\d")) {
        assertThat(definition.arguments())
            .as(definition.signature())
            .hasSize(digit(definition.macro()))
            .allSatisfy(a -> assertThat(a.type()).isNotEmpty())
            .allSatisfy(a -> assertThat(a.name()).matches("\\w+"));
      }
      assertThat(definition.endLine()).isGreaterThanOrEqualTo(definition.place().line());
    }
  }

  @Test
  void everyRowIsInOneState() {
    for (Abi abi : Abi.traced()) {
      for (SyscallRow row : INDEX.rows(abi)) {
        SyscallFacts facts = INDEX.facts(abi, row.number()).orElseThrow();
        assertThat(facts.row()).isEqualTo(row);
        assertThat(facts.definitions().size())
            .as(row.toString())
            .isEqualTo(facts.state() == SyscallState.IMPLEMENTED ? 1 : 0);
        assertThat(facts.state())
            .isIn(SyscallState.IMPLEMENTED, SyscallState.RESERVED, SyscallState.NOT_IMPLEMENTED);
      }
    }
  }

  @Test
  void theEntryPathsLeadToTheirDispatch() {
    assertThat(symbols(Abi.X86_64))
        .containsExactly("entry_SYSCALL_64", "do_syscall_64", "do_syscall_x64", "x64_sys_call");
    assertThat(symbols(Abi.X32))
        .containsExactly("entry_SYSCALL_64", "do_syscall_64", "do_syscall_x32", "x32_sys_call");
    assertThat(symbols(Abi.I386))
        .containsExactly(
            "asm_int80_emulation",
            "int80_emulation",
            "do_int80_emulation",
            "do_syscall_32_irqs_on",
            "ia32_sys_call");
    EntryPath.Stage first = INDEX.entryPath(Abi.X86_64, "").stages().getFirst();
    assertThat(first.place()).isEqualTo(new Place("arch/x86/entry/entry_64.S", 87));
    assertThat(INDEX.entryPath(Abi.X86_64, "").stages().get(2).inlined()).isTrue();
  }

  /// The road of each ABI and instruction in the versions that begin so, as read in the sources by
  /// eye; `*` is any stage.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5.10 | x86_64 | syscall | entry_SYSCALL_64 do_syscall_64 sys_call_table
          6 7 | x86_64 | syscall | entry_SYSCALL_64 do_syscall_64 do_syscall_x64 x64_sys_call
          5.10 | x32 | syscall | entry_SYSCALL_64 do_syscall_64 x32_sys_call_table
          6 7 | x32 | syscall | entry_SYSCALL_64 do_syscall_64 do_syscall_x32 x32_sys_call
          5.10 | i386 | int $0x80 | entry_INT80_compat do_int80_syscall_32 do_syscall_32_irqs_on *
          6 7 | i386 | int $0x80 | asm_int80_emulation int80_emulation do_int80_emulation * *
          all | i386 | sysenter | entry_SYSENTER_compat do_SYSENTER_32 do_fast_syscall_32 * * *
          all | i386 | syscall | entry_SYSCALL_compat do_fast_syscall_32 __do_fast_syscall_32 * *
          5.10 | arm64 | svc #0 | vectors el0_sync el0_sync_handler el0_svc do_el0_svc * *
          6 7 | arm64 | svc #0 | vectors el0t_64_sync el0t_64_sync_handler el0_svc do_el0_svc * *
          6 7 | arm64_32 | svc #0 | vectors el0t_32_sync * el0_svc_compat do_el0_svc_compat * *
          5.10 | arm64_32 | svc #0 | vectors el0_sync_compat * el0_svc_compat * * invoke_syscall
          5.10 | riscv64 | ecall | handle_exception _save_context handle_syscall check_syscall_nr *
          6.1. | riscv64 | ecall | handle_exception _save_context handle_syscall check_syscall_nr *
          6.18 7 | riscv64 | ecall | handle_exception excp_vect_table do_trap_ecall_u * *
          6.12 | riscv64 | ecall | handle_exception excp_vect_table * syscall_handler sys_call_table
          all | arm | svc #0 | vector_swi sys_call_table
          6 7 | loongarch64 | syscall 0 | handle_sys handle_syscall do_syscall sys_call_table
          all | powerpc64 | sc | system_call_common system_call_exception sys_call_table
          5.10 | s390x | svc 0 | system_call sys_call_table
          6.1. 6.12 | s390x | svc 0 | system_call __do_syscall do_syscall sys_call_table
          """)
  void everyAbiHasItsRoadFromTheTrap(String versions, String label, String trap, String stages) {
    Abi abi = Abi.named(label).orElseThrow();
    int seen = 0;
    KernelIndexSet set = KernelIndexSet.embedded();
    for (int i = 0; i < set.versions().size(); i++) {
      String release = set.versions().get(i).release();
      if (!versions.equals("all")
          && List.of(versions.split(" ")).stream().noneMatch(release::startsWith)) {
        continue;
      }
      seen++;
      EntryPath path =
          set.index(i).entryPaths(abi).stream()
              .filter(each -> each.instruction().equals(trap))
              .findFirst()
              .orElseThrow();
      List<String> found = new java.util.ArrayList<>();
      String[] expected = stages.split(" ");
      for (EntryPath.Stage stage : path.stages()) {
        boolean any = found.size() < expected.length && expected[found.size()].equals("*");
        found.add(any ? "*" : stage.symbol());
        assertThat(stage.place().line()).as(stage.symbol()).isPositive();
        assertThat(stage.place().file()).startsWith("arch/" + abi.architecture() + "/");
      }
      assertThat(found).as(release).containsExactly(expected);
    }
    assertThat(seen).isPositive();
  }

  /// Until 5.11 x86 pasted another prefix onto the rows of x32 alone, and gave some of these names
  /// to 64-bit functions (`arch/x86/entry/syscall_x32.c`).
  @ParameterizedTest
  @CsvSource({
    "5.10, read, __x64_sys_read",
    "5.10, ioctl, __x32_compat_sys_ioctl",
    "5.10, readv, __x64_sys_readv",
    "5.10, vmsplice, __x64_sys_vmsplice",
    "6.1, ioctl, __x64_compat_sys_ioctl",
    "7.3, ioctl, __x64_compat_sys_ioctl",
    "7.3, readv, __x64_sys_readv",
  })
  void x32RowsLeadToTheFunctionsThatTheirTableNames(String series, String name, String symbol) {
    Abi x32 = Abi.X32;
    KernelIndex index = KernelIndexSet.embedded().series(series).orElseThrow();

    assertThat(index.named(x32, name).orElseThrow().symbol()).isEqualTo(symbol);
  }

  /// An SPU's table is powerpc's common rows and those of `spu`, which are mostly empty.
  @Test
  void spuRowsAreANumberingOfTheirOwn() {
    Abi spu = Abi.named("powerpc_spu").orElseThrow();
    Abi ppc = Abi.named("powerpc64").orElseThrow();

    assertThat(INDEX.abis()).contains(spu);
    assertThat(INDEX.rows(spu)).anyMatch(row -> row.tableAbi().equals("spu"));
    assertThat(INDEX.rows(spu)).noneMatch(row -> row.tableAbi().equals("nospu"));
    assertThat(INDEX.named(spu, "sigaction").orElseThrow().state())
        .isEqualTo(SyscallState.NOT_IMPLEMENTED);
    assertThat(INDEX.named(spu, "futex").orElseThrow().symbol()).isEqualTo("sys_futex");
    assertThat(INDEX.rows(ppc)).noneMatch(row -> row.tableAbi().equals("spu"));
  }

  /// `SYSCALL32_DEFINE` defines the entry point itself on a kernel that has no 32-bit callers
  /// beside its own.
  @Test
  void eitherEntryPointOfSyscall32Define() {
    List<SyscallDefinition> plain = INDEX.definitionsOf("sys_sigreturn");
    List<SyscallDefinition> compat = INDEX.definitionsOf("compat_sys_sigreturn");

    assertThat(plain)
        .anySatisfy(
            d -> {
              assertThat(d.macro()).isEqualTo("SYSCALL32_DEFINE0");
              assertThat(d.conditions()).contains("!defined(CONFIG_COMPAT)");
            });
    assertThat(compat)
        .anySatisfy(d -> assertThat(d.conditions()).contains("defined(CONFIG_COMPAT)"));
  }

  @Test
  void aConfigurationDecidesAndMayLeaveNothing() {
    KernelConfig noNet =
        KernelConfig.parse(Bytes.of("config", "CONFIG_MMU=y\nCONFIG_64BIT=y\n".getBytes()));
    KernelConfig noTimers =
        KernelConfig.parse(
            Bytes.of("config", "CONFIG_MMU=y\n# CONFIG_POSIX_TIMERS is not set\n".getBytes()));

    SyscallFacts socket = INDEX.facts(Abi.X86_64, 41, noNet).orElseThrow();
    SyscallFacts clock = INDEX.facts(Abi.X86_64, 228, noTimers).orElseThrow();

    assertThat(socket.state()).isEqualTo(SyscallState.NOT_CONFIGURED);
    assertThat(socket.ruledOut()).hasSize(1);
    assertThat(clock.definitions().getFirst().place().file())
        .isEqualTo("kernel/time/posix-stubs.c");
  }

  @Test
  void numbersWithoutARowAreEmpty() {
    assertThat(INDEX.facts(Abi.X86_64, -1)).isEmpty();
    assertThat(INDEX.facts(Abi.X86_64, 400)).isEmpty();
    assertThat(INDEX.facts(Abi.X86_64, 100_000)).isEmpty();
    assertThat(INDEX.named(Abi.X86_64, "sockets")).isEmpty();
  }

  @Test
  void whatIsWrittenIsRead() {
    KernelIndex again =
        KernelIndexSet.read(Bytes.of("copy", INDEX.write())).series("6.12").orElseThrow();

    assertThat(again.version()).isEqualTo(INDEX.version());
    assertThat(again.definitions()).isEqualTo(INDEX.definitions());
    assertThat(again.declarations()).isEqualTo(INDEX.declarations());
    assertThat(again.rows(Abi.I386)).isEqualTo(INDEX.rows(Abi.I386));
  }

  @Test
  void aCallIsServedByItsOwnArchitectureOrByAll() {
    for (Abi abi : INDEX.abis()) {
      for (SyscallRow row : INDEX.rows(abi)) {
        for (SyscallDefinition definition : INDEX.facts(abi, row).definitions()) {
          assertThat(definition.place().file())
              .as(abi.label() + " " + row.name())
              .matches("(?!arch/).*|arch/" + abi.architecture() + "/.*")
              .doesNotStartWith("arch/x86/um/");
        }
      }
    }
  }

  private static List<String> symbols(Abi abi) {
    return INDEX.entryPath(abi, "").stages().stream().map(EntryPath.Stage::symbol).toList();
  }

  private static int digit(String macro) {
    return macro.charAt(macro.length() - 1) - '0';
  }
}
