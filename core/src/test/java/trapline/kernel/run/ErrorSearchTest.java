package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trapline.model.ErrorOrigin;
import trapline.model.ErrorOrigin.Kind;
import trapline.model.ErrorOrigin.Teller;

/// Real runs in a guest; what is expected was read in the source of Linux 6.12.117, and each case
/// says where.
@Tag("unit")
class ErrorSearchTest {
  /// @param road outermost first
  /// @param instruction the one that made the value
  /// @param source why that is right, by file and line
  private record Case(
      String name, int errno, Kind kind, String road, String instruction, String source) {}

  private static final List<Case> CASES =
      List.of(
          new Case(
              "open-missing",
              2,
              Kind.FUNCTION,
              "__x64_sys_openat do_sys_openat2 do_filp_open path_openat step_into",
              "mov $0xfffffffe,%r12d",
              "fs/namei.c:1917, step_into: if (unlikely(!inode)) return ERR_PTR(-ENOENT)"),
          new Case(
              "open-directory",
              21,
              Kind.FUNCTION,
              "__x64_sys_openat do_sys_openat2 do_filp_open path_openat may_open",
              "mov $0xffffffeb,%eax",
              "fs/namei.c:3406, may_open: case S_IFDIR: if (acc_mode & MAY_WRITE) return -EISDIR"),
          new Case(
              "open-through-file",
              20,
              Kind.FUNCTION,
              "__x64_sys_openat do_sys_openat2 do_filp_open path_openat link_path_walk",
              "mov $0xffffffec,%edx",
              "fs/namei.c:2446, link_path_walk: if (!d_can_lookup(..)) return -ENOTDIR"),
          new Case(
              "connect-refused",
              111,
              Kind.ELSEWHERE,
              "__x64_sys_connect __sys_connect __sys_connect_file inet_stream_connect"
                  + " __inet_stream_connect",
              "xchg %r10d,0x11c(%r14)",
              "net/ipv4/tcp_input.c:4597, tcp_reset sets sk_err; __inet_stream_connect reads it in"
                  + " sock_error(), include/net/sock.h: xchg(&sk->sk_err, 0)"),
          new Case(
              "mmap-length",
              22,
              Kind.FUNCTION,
              "__x64_sys_mmap ksys_mmap_pgoff vm_mmap_pgoff do_mmap",
              "mov $0xffffffffffffffea,%r14",
              "mm/mmap.c:296, do_mmap: if (!len) return -EINVAL"),
          new Case(
              "mmap-offset",
              22,
              Kind.FUNCTION,
              "__x64_sys_mmap",
              "mov $0xffffffffffffffea,%rax",
              "arch/x86/kernel/sys_x86_64.c:83: if (off & ~PAGE_MASK) return -EINVAL"),
          new Case(
              "read-only-mount",
              30,
              Kind.FUNCTION,
              "__x64_sys_openat do_sys_openat2 do_filp_open path_openat",
              "mov $0xffffffe2,%r9d",
              "fs/namei.c:3624, lookup_open, inlined: create_error = -EROFS. mnt_want_write()"
                  + " returned -EROFS, too, but open_last_lookups() only looks whether it failed"),
          new Case(
              "read-unmapped",
              14,
              Kind.USER_MEMORY,
              "__x64_sys_read ksys_read vfs_read read_zero",
              "mov $0xfffffffffffffff2,%rax",
              "drivers/char/mem.c:508, read_zero: after clear_user(), if (!cleared) return"
                  + " -EFAULT"),
          new Case(
              "read-kernel-address",
              14,
              Kind.USER_MEMORY,
              "__x64_sys_read ksys_read vfs_read",
              "mov $0xfffffffffffffff2,%rbp",
              "fs/read_write.c:557, vfs_read: if (unlikely(!access_ok(buf, count))) return"
                  + " -EFAULT"),
          new Case(
              "bind-bad-pointer",
              14,
              Kind.USER_MEMORY,
              "__x64_sys_bind __sys_bind move_addr_to_kernel",
              "mov $0xfffffff2,%eax",
              "net/socket.c:254, move_addr_to_kernel: if (copy_from_user(..)) return -EFAULT"),
          new Case(
              "getsockname-bad-pointer",
              14,
              Kind.USER_MEMORY,
              "__x64_sys_getsockname __sys_getsockname move_addr_to_user __get_user_4",
              "mov $0xfffffffffffffff2,%rax",
              "net/socket.c, move_addr_to_user: err = get_user(len, ulen);"
                  + " arch/x86/lib/getuser.S, __get_user_handle_exception"),
          new Case(
              "unknown-call",
              38,
              Kind.NO_SUCH_CALL,
              "",
              "",
              "arch/x86/entry/common.c, do_syscall_64: the number is above NR_syscalls"),
          new Case(
              "no-entry-point",
              38,
              Kind.NO_SUCH_CALL,
              "__x64_sys_ni_syscall",
              "",
              "arch/x86/entry/syscalls/syscall_64.tbl: the row of 134, uselib, names no entry"
                  + " point"),
          new Case(
              "setsockopt-level",
              92,
              Kind.FUNCTION,
              "__x64_sys_setsockopt __sys_setsockopt do_sock_setsockopt sock_common_setsockopt"
                  + " tcp_setsockopt ip_setsockopt",
              "mov $0xffffffa4,%eax",
              "net/ipv4/ip_sockglue.c:1415, ip_setsockopt: if (level != SOL_IP) return"
                  + " -ENOPROTOOPT"),
          new Case(
              "setsockopt-option",
              92,
              Kind.FUNCTION,
              "__x64_sys_setsockopt __sys_setsockopt do_sock_setsockopt sock_setsockopt"
                  + " sk_setsockopt",
              "mov $0xffffffa4,%r15d",
              "net/core/sock.c:1636, sk_setsockopt: default: ret = -ENOPROTOOPT"),
          new Case(
              "accept-not-listening",
              22,
              Kind.FUNCTION,
              "__x64_sys_accept __sys_accept4 do_accept inet_accept inet_csk_accept",
              "mov $0xffffffea,%ebp",
              "net/ipv4/inet_connection_sock.c:662, inet_csk_accept: error = -EINVAL; inet_accept"
                  + " gets it through arg->err, and returns it"),
          new Case(
              "nanosleep-interrupted",
              4,
              Kind.SIGNAL,
              "__x64_sys_nanosleep hrtimer_nanosleep do_nanosleep nanosleep_copyout",
              "mov $0xfffffdfc,%eax",
              "kernel/time/hrtimer.c:2082, nanosleep_copyout: return -ERESTART_RESTARTBLOCK (-516),"
                  + " which do_nanosleep returns. hrtimer_nanosleep compares with it, and hands it"
                  + " on as a constant of its own: if (ret != -ERESTART_RESTARTBLOCK) goto out"),
          new Case(
              "bind-privileged",
              13,
              Kind.FUNCTION,
              "__x64_sys_bind __sys_bind inet_bind inet_bind_sk __inet_bind",
              "mov $0xfffffff3,%r15d",
              "net/ipv4/af_inet.c:508, __inet_bind: err = -EACCES, then !ns_capable(..)"),
          new Case(
              "kill-not-mine",
              1,
              Kind.FUNCTION,
              "__x64_sys_kill kill_something_info kill_pid_info_type check_kill_permission",
              "mov $0xffffffff,%eax",
              "kernel/signal.c:859, check_kill_permission: return -EPERM. cap_capable() had said"
                  + " -EPERM before, which ns_capable() made a false of"),
          new Case(
              "mount-plain-user",
              1,
              Kind.FUNCTION,
              "__x64_sys_mount path_mount",
              "mov $0xffffffff,%r15d",
              "fs/namespace.c:3903, path_mount: if (!may_mount()) return -EPERM"),
          new Case(
              "seccomp",
              18,
              Kind.SECCOMP,
              "do_syscall_64 syscall_trace_enter __secure_computing __seccomp_filter",
              "",
              "kernel/seccomp.c, __seccomp_filter: case SECCOMP_RET_ERRNO"));

  private static ErrorSearch search(KernelCode code) {
    return new ErrorSearch(Recorded.returns(), Recorded.symbols(), code, name -> List.of());
  }

  @TestFactory
  List<DynamicTest> recordedCalls() {
    return CASES.stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> checkCase(each)))
        .toList();
  }

  private static void checkCase(Case each) {
    ErrorOrigin origin = search(Recorded.code()).search(Recorded.tree(each.name()), each.errno());
    assertThat(names(origin)).as(each.source()).isEqualTo(each.road());
    assertThat(origin.kind()).isEqualTo(each.kind());
    assertThat(origin.errno().number()).isEqualTo(each.errno());
    if (!origin.road().isEmpty()) {
      assertThat(origin.road().getLast().instruction()).isEqualTo(each.instruction());
    }
  }

  private static String names(ErrorOrigin origin) {
    return String.join(
        " ", origin.road().stream().map(teller -> teller.function().name()).toList());
  }

  private static CallTree bindTaken() throws IOException {
    CallTreeBuilder builder = new CallTreeBuilder(Recorded.symbols());
    try (InputStream log = Recorded.open("bind-taken.log.xz")) {
      ExecutionLog.read(log, builder);
    }
    return builder.finish();
  }

  private static final String BIND_ROAD =
      "__x64_sys_bind __sys_bind inet_bind inet_bind_sk __inet_bind inet_csk_get_port";

  /// net/ipv4/inet_connection_sock.c:506, inet_csk_get_port: `int ret = -EADDRINUSE`, which is
  /// returned through `fail_unlock` when inet_csk_bind_conflict() says that there is a conflict.
  /// net/ipv4/af_inet.c, __inet_bind: `err = sk->sk_prot->get_port(sk, snum)`; inet_bind_sk returns
  /// what __inet_bind does; net/socket.c, __sys_bind calls `sock->ops->bind`, which is inet_bind.
  @Test
  void bindToTakenPort() throws IOException {
    CallTree tree = bindTaken();
    ErrorOrigin origin = search(Recorded.code()).search(tree, 98);
    assertThat(origin.kind()).isEqualTo(Kind.FUNCTION);
    assertThat(names(origin)).isEqualTo(BIND_ROAD);
    assertThat(origin.road()).extracting(Teller::value).containsOnly(-98L);
    assertThat(origin.road())
        .extracting(Teller::instruction)
        .containsExactly(
            "call ffffffff819f2380 <__sys_bind>",
            "call *%rax",
            "jmp ffffffff81b3b9c0 <inet_bind_sk>",
            "call ffffffff81b3b6c0 <__inet_bind>",
            "call *%rax",
            "mov $0xffffff9e,%ebx");
    assertThat(origin.road().getLast().offset()).isEqualTo(0x6ad);
    assertThat(origin.road().getLast().function().returned()).isEqualTo(-98);
  }

  @Test
  void withoutCodeTheLastFunctionThatSaidItIsBelieved() throws IOException {
    ErrorOrigin origin = search(KernelCode.NONE).search(bindTaken(), 98);
    assertThat(names(origin)).isEqualTo(BIND_ROAD);
    assertThat(origin.explanation()).contains("code was not at hand");
  }

  /// Code that is not what ran must not lead astray: the registers tell, too.
  @Test
  void otherCodeThanRan() throws IOException {
    KernelCode noise =
        (address, into) -> {
          Arrays.fill(into, (byte) 0x90);
          return into.length;
        };
    assertThat(names(search(noise).search(bindTaken(), 98))).isEqualTo(BIND_ROAD);
  }

  @Test
  void refusedConnectionNamesWhoSetIt() {
    ErrorOrigin origin = search(Recorded.code()).search(Recorded.tree("connect-refused"), 111);
    assertThat(origin.explanation())
        .isEqualTo(
            "__inet_stream_connect found it in memory, where tcp_reset had put it while this call"
                + " ran, called by tcp_rcv_state_process ← tcp_v4_do_rcv ← __release_sock"
                + " (tcp_reset+0x2f).");
  }

  @Test
  void userMemorySaysWhatMetIt() {
    assertThat(explanation("read-unmapped", 14)).startsWith("rep_stos_alternative, called for");
    assertThat(explanation("bind-bad-pointer", 14)).contains("exception was caught");
    assertThat(explanation("getsockname-bad-pointer", 14)).startsWith("__get_user_4 hit memory");
    assertThat(explanation("read-kernel-address", 14))
        .isEqualTo("vfs_read refused an address; no exception came.");
  }

  /// net/ipv4/af_inet.c, __inet_bind: `err = -EACCES; if (... && !ns_capable(...)) goto out;`. In
  /// the others the function tests what it was passed, or what it has read itself.
  @Test
  void whoseAnswerDecidedIsSaid() {
    assertThat(explanation("bind-privileged", 13))
        .isEqualTo("__inet_bind says it because ns_capable returned false.");
    for (String each : List.of("mmap-length:22", "setsockopt-level:92", "read-only-mount:30")) {
      String[] parts = each.split(":");
      assertThat(explanation(parts[0], Integer.parseInt(parts[1]))).as(each).isEmpty();
    }
  }

  private static String explanation(String name, int errno) {
    return search(Recorded.code()).search(Recorded.tree(name), errno).explanation();
  }

  @Test
  void anErrorThatNobodySaid() throws IOException {
    ErrorOrigin origin = search(Recorded.code()).search(bindTaken(), 5);
    assertThat(origin.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(origin.road()).isEmpty();
  }
}
