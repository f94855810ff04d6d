package trapline.linux.sys;

/// The numbers of the kernel's interface that this module uses, under the kernel's own names
/// (x86-64; `asm/unistd_64.h`, `asm-generic/errno*.h`, `linux/ptrace.h`, `linux/wait.h`).
public final class Numbers {
  private Numbers() {}

  // System calls.
  public static final int READ = 0;
  public static final int CLOSE = 3;
  public static final int RT_SIGPROCMASK = 14;
  public static final int PREAD64 = 17;
  public static final int PWRITE64 = 18;
  public static final int WRITE = 1;
  public static final int SOCKET = 41;
  public static final int SENDTO = 44;
  public static final int RECVFROM = 45;
  public static final int WAIT4 = 61;
  public static final int KILL = 62;
  public static final int FCNTL = 72;
  public static final int FLOCK = 73;
  public static final int PTRACE = 101;
  public static final int READLINK = 89;
  public static final int GETEUID = 107;
  public static final int STATFS = 137;
  public static final int GETTID = 186;
  public static final int GETXATTR = 191;
  public static final int LGETXATTR = 192;
  public static final int TGKILL = 234;
  public static final int OPENAT = 257;
  public static final int MKDIRAT = 258;
  public static final int READLINKAT = 267;
  public static final int UTIMENSAT = 280;
  public static final int PROCESS_VM_READV = 310;
  public static final int MEMFD_CREATE = 319;
  public static final int BPF = 321;
  public static final int STATX = 332;

  public static final int AT_FDCWD = -100;
  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_EMPTY_PATH = 0x1000;
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = 0x10000;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_PATH = 0x200000;
  public static final int O_NOCTTY = 0x100;
  public static final int O_NOFOLLOW = 0x20000;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int FD_CLOEXEC = 1;
  public static final int MFD_CLOEXEC = 1;
  public static final int MFD_EXEC = 0x10;

  // Error numbers.
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int EFAULT = 14;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int ENOTDIR = 20;
  public static final int EINVAL = 22;
  public static final int ELOOP = 40;

  // flock(2).
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;

  // Signals.
  public static final int SIGILL = 4;
  public static final int SIGTRAP = 5;
  public static final int SIGBUS = 7;
  public static final int SIGFPE = 8;
  public static final int SIGKILL = 9;
  public static final int SIGSEGV = 11;
  public static final int SIGCHLD = 17;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGTSTP = 20;
  public static final int SIGTTIN = 21;
  public static final int SIGTTOU = 22;
  public static final int SIGURG = 23;
  public static final int SIGWINCH = 28;
  public static final int SIGSYS = 31;

  /// `si_code` of a signal that the kernel made, such as that of `int3`.
  public static final int SI_KERNEL = 0x80;

  /// `si_code` of a SIGBUS that tells of damaged memory which the thread has not touched.
  public static final int BUS_MCEERR_AO = 5;

  /// `si_code` of a SIGSYS that a seccomp filter sent.
  public static final int SYS_SECCOMP = 1;

  /// `si_code` of signals sent with kill(2), sigqueue(3) and by a message queue.
  public static final int SI_USER = 0;
  public static final int SI_QUEUE = -1;
  public static final int SI_MESGQ = -3;

  /// `si_code` of a signal sent with tgkill(2).
  public static final int SI_TKILL = -6;

  // wait4.
  public static final int WNOHANG = 1;
  public static final int WNOTHREAD = 0x20000000;
  public static final int WALL = 0x40000000;

  // ptrace.
  public static final int PTRACE_PEEKUSER = 3;
  public static final int PTRACE_POKEUSER = 6;
  public static final int PTRACE_CONT = 7;
  public static final int PTRACE_SINGLESTEP = 9;
  public static final int PTRACE_GETREGS = 12;
  public static final int PTRACE_SETREGS = 13;
  public static final int PTRACE_DETACH = 17;
  public static final int PTRACE_SYSCALL = 24;
  public static final int PTRACE_GETEVENTMSG = 0x4201;
  public static final int PTRACE_GETSIGINFO = 0x4202;
  public static final int PTRACE_SETSIGINFO = 0x4203;
  public static final int PTRACE_SEIZE = 0x4206;
  public static final int PTRACE_INTERRUPT = 0x4207;
  public static final int PTRACE_LISTEN = 0x4208;
  public static final int PTRACE_PEEKSIGINFO = 0x4209;
  public static final int PTRACE_SECCOMP_GET_FILTER = 0x420c;
  public static final int PTRACE_GET_SYSCALL_INFO = 0x420e;

  // What a seccomp filter returns (linux/seccomp.h).
  public static final int SECCOMP_RET_ACTION_FULL = 0xffff0000;
  public static final int SECCOMP_RET_TRAP = 0x30000;
  public static final int SECCOMP_RET_ERRNO = 0x50000;
  public static final int SECCOMP_RET_USER_NOTIF = 0x7fc00000;
  public static final int SECCOMP_RET_TRACE = 0x7ff00000;
  public static final int SECCOMP_RET_LOG = 0x7ffc0000;
  public static final int SECCOMP_RET_ALLOW = 0x7fff0000;

  public static final int PTRACE_O_TRACESYSGOOD = 1;
  public static final int PTRACE_O_TRACEFORK = 2;
  public static final int PTRACE_O_TRACEVFORK = 4;
  public static final int PTRACE_O_TRACECLONE = 8;
  public static final int PTRACE_O_TRACEEXEC = 0x10;
  public static final int PTRACE_O_EXITKILL = 0x100000;

  public static final int PTRACE_EVENT_FORK = 1;
  public static final int PTRACE_EVENT_VFORK = 2;
  public static final int PTRACE_EVENT_CLONE = 3;
  public static final int PTRACE_EVENT_EXEC = 4;
  public static final int PTRACE_EVENT_STOP = 128;

  public static final int PTRACE_SYSCALL_INFO_ENTRY = 1;
  public static final int PTRACE_SYSCALL_INFO_EXIT = 2;

  /// Shares the memory with the parent.
  public static final long CLONE_VM = 0x100;

  /// Makes a thread of the same process.
  public static final long CLONE_THREAD = 0x10000;

  /// Suspends the parent until the child runs another program or exits.
  public static final long CLONE_VFORK = 0x4000;

  public static final int NR_CLONE = 56;
  public static final int NR_FORK = 57;
  public static final int NR_VFORK = 58;
  public static final int NR_CLONE3 = 435;
}
