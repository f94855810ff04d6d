package trapline.linux.proc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What this machine lets a tracer do. Looking takes a few file reads and two system calls.
///
/// @param release as `uname -r` says it
/// @param version as `uname -v` says it
/// @param machine as `uname -m` says it
/// @param distribution `PRETTY_NAME` of `/etc/os-release`; empty when unknown
/// @param userId the effective user of this process
/// @param capabilities the effective capabilities of this process as in `CapEff`
/// @param ptraceScope `kernel.yama.ptrace_scope` from 0 to 3; -1 when the kernel has no Yama
/// @param kptrRestrict `kernel.kptr_restrict` from 0 to 2; -1 when unreadable
/// @param lockdown `none`, `integrity` or `confidentiality`; empty when unknown
/// @param tracefs where tracefs is mounted; `null` when nowhere readable
/// @param syscallEvents whether `events/syscalls` in it can be read
/// @param functionTracer whether the kernel lists `function_graph` in `available_tracers`
/// @param unprivilegedBpf `kernel.unprivileged_bpf_disabled`, from 0 to 2; -1 when unreadable
/// @param bpfErrno 0 when bpf(2) made a map for us, or the error number that it gave
/// @param btf whether `/sys/kernel/btf/vmlinux` can be read
/// @param kernelSymbols whether `/proc/kallsyms` shows addresses to us
/// @param kvm whether `/dev/kvm` can be opened for writing
/// @param qemu the first `qemu-system-x86_64` in `PATH`; `null` when there is none
/// @param kernelSources directories and tarballs with kernel source, under `/usr/src` and
///     `/lib/modules/RELEASE`, whose names say no other series than the running kernel's; not
///     header trees
public record HostFacts(
    String release,
    String version,
    String machine,
    String distribution,
    int userId,
    long capabilities,
    int ptraceScope,
    int kptrRestrict,
    String lockdown,
    @Nullable String tracefs,
    boolean syscallEvents,
    boolean functionTracer,
    int unprivilegedBpf,
    int bpfErrno,
    boolean btf,
    boolean kernelSymbols,
    boolean kvm,
    @Nullable String qemu,
    List<String> kernelSources) {
  /// Bit of `CAP_SYS_PTRACE` in [#capabilities()] (capabilities(7)).
  public static final int CAP_SYS_PTRACE = 19;

  /// Bit of `CAP_SYS_ADMIN`.
  public static final int CAP_SYS_ADMIN = 21;

  /// Bit of `CAP_BPF`.
  public static final int CAP_BPF = 39;

  public HostFacts {
    kernelSources = List.copyOf(kernelSources);
  }

  public boolean hasCapability(int bit) {
    return (capabilities >>> bit & 1) != 0;
  }

  /// Looks at the machine.
  public static HostFacts look() {
    return HostLook.look();
  }
}
