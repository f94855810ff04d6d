package trapline.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.bytes.Bytes;
import trapline.kernel.source.CoreFunctions;
import trapline.model.MalformedBinary;

/// Where kernel functions are, by what comes with Trapline and by further indexes.
@Tag("unit")
class KernelFunctionsTest {
  private static final KernelFunctions EMBEDDED =
      new KernelFunctions(List.of(KernelFunctions.embedded("6.12.117+deb12-cloud-amd64")));

  /// Functions of well-known calls, as a tracer names them.
  @ParameterizedTest
  @CsvSource({
    "inet_csk_get_port, net/ipv4/inet_connection_sock.c, false",
    "__inet_bind, net/ipv4/af_inet.c, false",
    "__sys_bind, net/socket.c, false",
    "__x64_sys_bind, net/socket.c, false",
    "do_filp_open, fs/namei.c, false",
    "link_path_walk, fs/namei.c, true",
    "link_path_walk.part.0.constprop.0, fs/namei.c, true",
    "do_syscall_64, arch/x86/entry/common.c, false",
    "ksys_mmap_pgoff, mm/mmap.c, false",
    "copy_process, kernel/fork.c, false",
    "io_uring_setup, io_uring/io_uring.c, true",
    "ext4_file_open, fs/ext4/file.c, true",
    "tty_write, drivers/tty/tty_io.c, true",
    "packet_bind, net/packet/af_packet.c, true",
    "security_socket_bind, security/security.c, false",
    "entry_SYSCALL_64, arch/x86/entry/entry_64.S, false",
  })
  void theKernelsCoreComesWithTrapline(String symbol, String file, boolean isStatic) {
    KernelFunctions.Found found = EMBEDDED.find(symbol).orElseThrow();

    assertThat(found.version().release()).isEqualTo("6.12.117");
    assertThat(found.origin()).isEqualTo("embedded functions");
    assertThat(found.likeliest().place().file()).isEqualTo(file);
    assertThat(found.likeliest().place().line()).isPositive();
    assertThat(found.likeliest().isStatic()).isEqualTo(isStatic);
  }

  /// The source defines each of them several times: for kernels with other settings, and in headers
  /// for kernels without it.
  @ParameterizedTest
  @CsvSource({
    "do_mmap, mm/mmap.c",
    "ksys_mmap_pgoff, mm/mmap.c",
    "do_munmap, mm/mmap.c",
    "vm_munmap, mm/mmap.c",
    "do_brk_flags, mm/mmap.c",
    "__x64_sys_brk, mm/mmap.c",
    "__x64_sys_munmap, mm/mmap.c",
    "__x64_sys_clock_gettime, kernel/time/posix-timers.c",
    "__x64_sys_arch_prctl, arch/x86/kernel/process_64.c",
    "vfs_read, fs/read_write.c",
    "inet_bind, net/ipv4/af_inet.c",
    "__inet_bind, net/ipv4/af_inet.c",
    "step_into, fs/namei.c",
    "do_futex, kernel/futex/syscalls.c",
    "security_file_open, security/security.c",
    "swapin_readahead, mm/swap_state.c",
    "double_rq_lock, kernel/sched/core.c",
    "tick_clock_notify, kernel/time/tick-sched.c",
    "node_reclaim, mm/vmscan.c",
    "strncpy_from_user, lib/strncpy_from_user.c",
    "do_syscall_64, arch/x86/entry/common.c",
    "rq_of_rt_rq, kernel/sched/rt.c",
  })
  void theConfigurationDecidesWhichOfSeveralIsBuilt(String symbol, String file) {
    KernelFunctions.Found found = EMBEDDED.find(symbol).orElseThrow();

    assertThat(found.candidates().stream().map(f -> f.place().file()).distinct())
        .containsExactly(file);
  }

  @Test
  void theObservedKernelsConfigurationHasTheFirstWord() {
    KernelConfig noMmu =
        KernelConfig.parse(
            Bytes.of("config", "CONFIG_64BIT=y\n# CONFIG_MMU is not set\n".getBytes(UTF_8)));
    KernelFunctions functions =
        new KernelFunctions(List.of(KernelFunctions.embedded("6.12.117")), noMmu);

    assertThat(functions.find("do_mmap").orElseThrow().likeliest().place().file())
        .isEqualTo("mm/nommu.c");
    assertThat(functions.find("do_mmap").orElseThrow().isCertain()).isTrue();
  }

  /// What `#if`s in one file decide stays open: the index does not hold them.
  @Test
  void filesThatAreNotBuiltAreLeftOut() {
    KernelIndex core = KernelIndexSet.embeddedFunctions().series("6.12").orElseThrow();
    Set<String> names = new TreeSet<>();
    Set<String> several = new TreeSet<>();
    core.functions()
        .orElseThrow()
        .forEach(
            f -> {
              if (!names.add(f.name())) {
                several.add(f.name());
              }
            });
    int certain = 0;
    int oneFile = 0;
    for (String name : several) {
      KernelFunctions.Found found = EMBEDDED.find(name).orElseThrow();
      certain += found.isCertain() ? 1 : 0;
      boolean one = found.candidates().stream().map(f -> f.place().file()).distinct().count() == 1;
      oneFile += one && !found.isCertain() ? 1 : 0;
    }
    System.out.printf(
        "%d names, %d defined several times: %d decided, %d open in one file, %d in several%n",
        names.size(), several.size(), certain, oneFile, several.size() - certain - oneFile);

    assertThat(several).hasSizeGreaterThan(4_000);
    assertThat(certain).isGreaterThan(1_500);
  }

  @Test
  void aNameOfSeveralFunctionsHasSeveralCandidates() {
    KernelFunctions.Found found = EMBEDDED.find("m_start").orElseThrow();

    assertThat(found.candidates()).hasSizeGreaterThan(1).allMatch(KernelFunction::isStatic);
    assertThat(found.isCertain()).isFalse();
    assertThat(EMBEDDED.find("__sys_bind").orElseThrow().isCertain()).isTrue();
    assertThat(EMBEDDED.find("e1000_probe")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "6.1.0-37-cloud-amd64, 6.1.192",
    "6.12.48+deb13-cloud-amd64, 6.12.117",
    "6.18.44, 6.12.117",
    "5.10.1, 6.1.192",
  })
  void theNearestVersionsFunctionsServe(String release, String version) {
    assertThat(KernelFunctions.embedded(release).index().get().orElseThrow().version().release())
        .isEqualTo(version);
  }

  @Test
  void aFunctionThatTheFirstIndexLacksIsLookedUpInTheNext() {
    KernelFunctions.Source none = new KernelFunctions.Source("/gone", Optional::empty);
    KernelFunctions both =
        new KernelFunctions(
            List.of(
                none,
                KernelFunctions.Source.of(KernelIndexSet.embedded().index(0), "no functions"),
                KernelFunctions.embedded("6.1.1"),
                KernelFunctions.embedded("6.12.1")));

    assertThat(both.find("do_filp_open").orElseThrow().version().release()).isEqualTo("6.1.192");
    assertThat(both.find("mseal_fixup_no_such")).isEmpty();
    assertThat(both.find("do_mseal").orElseThrow().version().release()).isEqualTo("6.12.117");
  }

  @Test
  void aDamagedIndexIsNotPassedOver() {
    KernelFunctions.Source damaged =
        new KernelFunctions.Source(
            "/file",
            () -> {
              throw new MalformedBinary("/file", 24, "damaged");
            });

    assertThatThrownBy(() -> new KernelFunctions(List.of(damaged)).find("x"))
        .isInstanceOf(MalformedBinary.class);
  }

  @Test
  void everyFunctionHasItsPlaceInTheCore() {
    KernelIndexSet set = KernelIndexSet.embeddedFunctions();
    for (int i = 0; i < set.versions().size(); i++) {
      int[] count = {0};
      FunctionIndex functions = set.index(i).functions().orElseThrow();
      functions.forEach(
          function -> {
            count[0]++;
            assertThat(CoreFunctions.isCore(function.place().file())).isTrue();
          });
      assertThat(functions.size()).isEqualTo(count[0]).isGreaterThan(50_000);
      assertThat(set.versions().get(i))
          .isEqualTo(
              KernelIndexSet.embedded()
                  .series(set.versions().get(i).release())
                  .orElseThrow()
                  .version());
    }
  }

  @Test
  void theEmbeddedFunctionsAreSmall() throws IOException {
    byte[] file = KernelIndexSet.embeddedFunctions().index(0).write();
    java.io.ByteArrayOutputStream deflated = new java.io.ByteArrayOutputStream();
    try (var out = new java.util.zip.DeflaterOutputStream(deflated)) {
      out.write(file);
    }
    System.out.println(
        "embedded functions: " + file.length + " bytes, deflated " + deflated.size());

    assertThat(deflated.size()).isLessThan(2_000_000);
  }
}
