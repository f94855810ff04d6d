package trapline.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.model.Abi;

/// What the embedded index says of all rows of all its versions.
@Tag("unit")
class StatesOfAllVersionsTest {
  /// The numberings of which every row must be decided.
  private static final List<String> DECIDED =
      List.of("x86_64", "x32", "i386", "arm64", "arm64_32", "arm", "riscv64", "riscv32");

  /// Rows, rows without an entry point, and rows with `sys_ni_syscall`, as awk counts them:
  ///
  /// ```
  /// awk '/^[0-9]/ && ($2=="common" || $2=="64") {
  ///   n++; if ($4=="" || $4=="-") r++; else if ($4=="sys_ni_syscall") i++ }
  ///   END {print n, r+0, i+0}' arch/x86/entry/syscalls/syscall_64.tbl
  /// ```
  @ParameterizedTest
  @CsvSource({
    "5.10, x86_64, 352, 15, 1",
    "5.10, x32, 341, 5, 0",
    "5.10, i386, 430, 18, 1",
    "6.1, x86_64, 362, 15, 1",
    "6.1, x32, 351, 5, 0",
    "6.1, i386, 440, 18, 2",
    "6.12, x86_64, 375, 16, 1",
    "6.12, x32, 364, 6, 0",
    "6.12, i386, 452, 19, 2",
    "6.18, x86_64, 383, 16, 1",
    "6.18, x32, 372, 6, 0",
    "6.18, i386, 459, 19, 2",
    "7.2, x86_64, 385, 16, 1",
    "7.2, x32, 374, 6, 0",
    "7.2, i386, 461, 19, 2",
    "7.3, x86_64, 386, 16, 1",
    "7.3, x32, 375, 6, 0",
    "7.3, i386, 462, 19, 2",
  })
  void statesEqualACountOfTheRawTable(
      String series, String label, int rows, int reserved, int notImplemented) {
    KernelIndex index = KernelIndexSet.embedded().series(series).orElseThrow();
    Abi abi = Abi.named(label).orElseThrow();
    Map<SyscallState, TreeSet<String>> states = states(index, abi);

    assertThat(states.values().stream().mapToInt(TreeSet::size).sum()).isEqualTo(rows);
    assertThat(names(states, SyscallState.RESERVED)).hasSize(reserved);
    long named =
        index.rows(abi).stream().filter(row -> row.entry().equals("sys_ni_syscall")).count();
    assertThat(named).isEqualTo(notImplemented);
  }

  /// Entry points that a table names and the source defines no more, and rows that stay undecided:
  /// all that there are.
  @Test
  void everyRowEndsInOneState() {
    KernelIndexSet set = KernelIndexSet.embedded();
    Map<String, TreeSet<String>> removed = new TreeMap<>();
    TreeSet<String> undecided = new TreeSet<>();
    for (int i = 0; i < set.versions().size(); i++) {
      KernelIndex index = set.index(i);
      String[] release = index.version().release().split("\\.", -1);
      String series = release[0] + "." + release[1];
      StringBuilder line = new StringBuilder(index.version().release());
      for (Abi abi : index.abis()) {
        Map<SyscallState, TreeSet<String>> states = states(index, abi);
        line.append("; ").append(abi.label());
        states.forEach(
            (state, names) ->
                line.append(' ').append(names.size()).append(' ').append(state.label()));
        removed
            .computeIfAbsent(series, key -> new TreeSet<>())
            .addAll(names(states, SyscallState.REMOVED));
        for (SyscallState state : List.of(SyscallState.AMBIGUOUS, SyscallState.NOT_FOUND)) {
          for (String name : names(states, state)) {
            undecided.add(series + " " + abi.label() + " " + name);
          }
        }
        if (DECIDED.contains(abi.label())) {
          assertThat(names(states, SyscallState.NOT_CONFIGURED)).as(abi.label()).isEmpty();
        }
      }
      System.out.println(line);
      assertThat(index.gaps()).isEmpty();
    }

    assertThat(removed.get("5.10")).isEmpty();
    assertThat(removed.get("6.1")).containsExactly("lookup_dcookie");
    assertThat(removed.get("6.12")).isEmpty();
    assertThat(removed.get("6.18")).containsExactly("uselib");
    assertThat(removed.get("7.2")).containsExactly("uselib");
    assertThat(removed.get("7.3")).containsExactly("uselib");
    // Alpha chooses by a list of machines, microblaze by a variable of its makefile.
    assertThat(undecided)
        .containsExactly("5.10 alpha pciconfig_iobase", "5.10 microblaze rt_sigreturn");
  }

  /// The numberings of each version. 31-bit s390 ended with 7.0; loongarch came with 5.19 and its
  /// 32-bit form with 7.0; c6x, nds32, h8300 and ia64 ended with 5.12, 5.18, 5.19 and 6.7. PowerPC
  /// has one more for the Cell's SPUs.
  @ParameterizedTest
  @CsvSource({
    "5.10, 35, c6x h8300 ia64 nds32 s390, loongarch64 loongarch32",
    "6.1, 33, ia64 loongarch64 s390, c6x h8300 loongarch32 nds32",
    "6.12, 32, loongarch64 s390 arm, ia64 loongarch32",
    "6.18, 32, loongarch64 s390 arm, ia64 loongarch32",
    "7.2, 32, loongarch64 loongarch32 arm, ia64 s390",
    "7.3, 32, loongarch64 loongarch32 arm, ia64 s390",
  })
  void numberingsOfAVersion(String series, int count, String there, String not) {
    List<String> labels =
        KernelIndexSet.embedded().series(series).orElseThrow().abis().stream()
            .map(Abi::label)
            .toList();

    assertThat(labels).contains(there.split(" ")).doesNotContain(not.split(" "));
    assertThat(labels).contains(DECIDED.toArray(new String[0]));
    assertThat(labels).hasSize(count);
  }

  /// Calls that a naive reading gets wrong: series, numbering, name, number, entry point, state,
  /// file of the one definition.
  @ParameterizedTest
  @CsvSource({
    "5.10, x86_64, lookup_dcookie, 212, sys_lookup_dcookie, IMPLEMENTED, fs/dcookies.c",
    "6.1, x86_64, lookup_dcookie, 212, sys_lookup_dcookie, REMOVED, ''",
    "6.12, x86_64, lookup_dcookie, 212, '', RESERVED, ''",
    "7.3, x86_64, uselib, 134, '', RESERVED, ''",
    "6.1, i386, uselib, 86, sys_uselib, IMPLEMENTED, fs/exec.c",
    "7.3, i386, uselib, 86, sys_uselib, REMOVED, ''",
    "5.10, x86_64, stat, 4, sys_newstat, IMPLEMENTED, fs/stat.c",
    "7.3, x86_64, stat, 4, sys_newstat, IMPLEMENTED, fs/stat.c",
    "5.10, x86_64, munmap, 11, sys_munmap, IMPLEMENTED, mm/mmap.c",
    "7.3, x86_64, munmap, 11, sys_munmap, IMPLEMENTED, mm/mmap.c",
    "5.10, x86_64, rt_sigreturn, 15, sys_rt_sigreturn, IMPLEMENTED, arch/x86/kernel/signal.c",
    "7.3, x86_64, rt_sigreturn, 15, sys_rt_sigreturn, IMPLEMENTED, arch/x86/kernel/signal_64.c",
    "5.10, x86_64, clone, 56, sys_clone, IMPLEMENTED, kernel/fork.c",
    "7.3, x86_64, clone, 56, sys_clone, IMPLEMENTED, kernel/fork.c",
    "7.3, x86_64, clock_gettime, 228, sys_clock_gettime, IMPLEMENTED,"
        + " kernel/time/posix-timers.c",
    "7.3, x86_64, map_shadow_stack, 453, sys_map_shadow_stack, IMPLEMENTED,"
        + " arch/x86/kernel/shstk.c",
    "7.3, arm64, map_shadow_stack, 453, sys_map_shadow_stack, IMPLEMENTED, arch/arm64/mm/gcs.c",
    "7.3, riscv64, map_shadow_stack, 453, sys_map_shadow_stack, IMPLEMENTED,"
        + " arch/riscv/kernel/usercfi.c",
    "5.10, arm64, personality, 92, sys_arm64_personality, IMPLEMENTED, arch/arm64/kernel/sys.c",
    "7.3, arm64, personality, 92, sys_arm64_personality, IMPLEMENTED, arch/arm64/kernel/sys.c",
    "7.3, riscv64, personality, 92, sys_personality, IMPLEMENTED, kernel/exec_domain.c",
    "5.10, arm64, mmap, 222, sys_mmap, IMPLEMENTED, arch/arm64/kernel/sys.c",
    "5.10, riscv64, mmap, 222, sys_mmap, IMPLEMENTED, arch/riscv/kernel/sys_riscv.c",
    "7.3, riscv64, riscv_hwprobe, 258, sys_riscv_hwprobe, IMPLEMENTED,"
        + " arch/riscv/kernel/sys_hwprobe.c",
    "5.10, riscv64, riscv_flush_icache, 259, sys_riscv_flush_icache, IMPLEMENTED,"
        + " arch/riscv/kernel/sys_riscv.c",
    "7.3, arm64_32, sigreturn, 119, compat_sys_sigreturn, IMPLEMENTED,"
        + " arch/arm64/kernel/signal32.c",
    "5.10, arm64_32, truncate64, 193, compat_sys_aarch32_truncate64, IMPLEMENTED,"
        + " arch/arm64/kernel/sys32.c",
    "7.3, arm, mmap2, 192, sys_mmap2, IMPLEMENTED, arch/arm/kernel/entry-common.S",
    "7.3, arm, sigreturn, 119, sys_sigreturn_wrapper, IMPLEMENTED,"
        + " arch/arm/kernel/entry-common.S",
    "5.10, arm, cacheflush, 983042, arm_syscall, IMPLEMENTED, arch/arm/kernel/traps.c",
    "7.3, alpha, fork, 2, alpha_fork, IMPLEMENTED, arch/alpha/kernel/entry.S",
    "7.3, parisc, clone, 120, sys_clone_wrapper, IMPLEMENTED, arch/parisc/kernel/entry.S",
    "6.1, mips_o32, fork, 2, __sys_fork, IMPLEMENTED, arch/mips/kernel/syscall.c",
    "5.10, arc, mmap2, 222, sys_mmap_pgoff, IMPLEMENTED, mm/mmap.c",
    "7.3, openrisc, clone, 220, __sys_clone, IMPLEMENTED, arch/openrisc/kernel/entry.S",
    "7.3, powerpc, pread64, 179, compat_sys_ppc_pread64, IMPLEMENTED,"
        + " arch/powerpc/kernel/sys_ppc32.c",
  })
  void specialCases(
      String series,
      String label,
      String name,
      int number,
      String entry,
      SyscallState state,
      String file) {
    KernelIndex index = KernelIndexSet.embedded().series(series).orElseThrow();
    SyscallFacts facts = index.named(Abi.named(label).orElseThrow(), name).orElseThrow();

    assertThat(facts.row().number()).isEqualTo(number);
    assertThat(facts.entry()).isEqualTo(entry);
    assertThat(facts.state()).isEqualTo(state);
    assertThat(facts.definitions().stream().map(d -> d.place().file()).toList())
        .isEqualTo(file.isEmpty() ? List.of() : List.of(file));
    assertThat(facts.definitions().stream().flatMap(d -> d.gates().stream()).toList())
        .noneMatch(gate -> gate.contains("MAKE("));
  }

  private static Map<SyscallState, TreeSet<String>> states(KernelIndex index, Abi abi) {
    Map<SyscallState, TreeSet<String>> states = new EnumMap<>(SyscallState.class);
    for (SyscallRow row : index.rows(abi)) {
      states.computeIfAbsent(index.facts(abi, row).state(), key -> new TreeSet<>()).add(row.name());
    }
    return states;
  }

  private static TreeSet<String> names(
      Map<SyscallState, TreeSet<String>> states, SyscallState state) {
    return states.getOrDefault(state, new TreeSet<>());
  }
}
