package trapline.follow;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import trapline.abi.SyscallTable;
import trapline.model.Abi;
import trapline.model.SyscallId;

/// What a call has to do with what a program writes to files that are open already.
enum OutputCall {
  /// It may change which files the process has open.
  OTHER,
  /// It neither writes nor changes that.
  NEITHER,
  /// It writes a buffer: descriptor, address, size.
  BUFFER,
  /// It writes several: descriptor, address of a `struct iovec`, how many.
  VECTOR,
  /// It writes what a `struct msghdr` names, or several do.
  MESSAGE,
  /// It copies from another file: [#target()] and [#source()] are the arguments with descriptors.
  SENDFILE,
  SPLICE,
  TEE;

  /// Numbers from here on are not kept.
  private static final int KEPT = 512;

  /// By [Abi#index()].
  private static final AtomicReferenceArray<OutputCall @Nullable []> KNOWN =
      new AtomicReferenceArray<>(Abi.all().size());

  static OutputCall of(SyscallId id) {
    OutputCall[] calls = KNOWN.get(id.abi().index());
    if (calls == null) {
      calls = calls(id.abi());
    }
    return id.number() < 0 || id.number() >= KEPT ? OTHER : calls[(int) id.number()];
  }

  /// Those of one ABI: most programs have only one.
  private static OutputCall[] calls(Abi abi) {
    OutputCall[] calls = new OutputCall[KEPT];
    SyscallTable table = SyscallTable.of(abi);
    for (int number = 0; number < KEPT; number++) {
      calls[number] = byName(table.nameOf(number));
    }
    KNOWN.set(abi.index(), calls);
    return calls;
  }

  private static OutputCall byName(String name) {
    return switch (name) {
      case "write", "pwrite64", "sendto" -> BUFFER;
      case "writev", "pwritev", "pwritev2", "vmsplice" -> VECTOR;
      case "sendmsg", "sendmmsg" -> MESSAGE;
      case "sendfile", "sendfile64" -> SENDFILE;
      case "splice", "copy_file_range" -> SPLICE;
      case "tee" -> TEE;
      case "read",
          "pread64",
          "readv",
          "preadv",
          "preadv2",
          "lseek",
          "poll",
          "ppoll",
          "select",
          "pselect6",
          "epoll_wait",
          "epoll_pwait",
          "futex",
          "sched_yield",
          "nanosleep",
          "clock_nanosleep",
          "clock_gettime",
          "gettimeofday",
          "getpid",
          "brk",
          "mmap",
          "munmap",
          "mprotect",
          "madvise",
          "newfstatat",
          "fstat",
          "stat",
          "lstat",
          "rt_sigprocmask",
          "rt_sigaction",
          "fsync",
          "fdatasync",
          "recvfrom" ->
          NEITHER;
      default -> OTHER;
    };
  }

  /// Which argument is the descriptor that it writes to.
  int target() {
    return switch (this) {
      case SPLICE -> 2;
      case TEE -> 1;
      default -> 0;
    };
  }

  /// Which argument is the descriptor that it copies from; the place in that file, or its address,
  /// is the next one. -1 when there is none.
  int source() {
    return switch (this) {
      case SENDFILE -> 1;
      case SPLICE, TEE -> 0;
      default -> -1;
    };
  }
}
