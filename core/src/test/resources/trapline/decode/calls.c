// Makes many system calls with known arguments; some succeed, some fail on purpose.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>

#include <netinet/tcp.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <linux/types.h>
struct clone_args { __u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; };
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <linux/falloc.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static char buf[4096];
static void files(void) {
  int fd = syscall(SYS_open, "/etc/hostname", O_RDONLY | O_CLOEXEC);
  syscall(SYS_read, fd, buf, 5);
  syscall(SYS_pread64, fd, buf, 3L, 1L);
  syscall(SYS_lseek, fd, 0, SEEK_END);
  syscall(SYS_lseek, fd, -1, SEEK_SET);
  struct stat st;
  syscall(SYS_fstat, fd, &st);
  syscall(SYS_stat, "/dev/null", &st);
  syscall(SYS_lstat, "/does/not/exist", &st);
  syscall(SYS_newfstatat, AT_FDCWD, "/etc", &st, AT_SYMLINK_NOFOLLOW);
  syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH);
  static char statx_buf[256];
  syscall(SYS_statx, AT_FDCWD, "/etc/passwd", AT_STATX_SYNC_AS_STAT | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statx_buf);
  syscall(SYS_statx, AT_FDCWD, "/nope", AT_STATX_DONT_SYNC, STATX_MODE | STATX_SIZE, statx_buf);
  struct statfs sf;
  syscall(SYS_statfs, "/proc", &sf);
  syscall(SYS_fstatfs, fd, &sf);
  syscall(SYS_close, fd);
  syscall(SYS_close, 999);
  syscall(SYS_access, "/etc/passwd", R_OK | W_OK);
  syscall(SYS_access, "/etc/passwd", F_OK);
  syscall(SYS_faccessat, AT_FDCWD, "/bin/sh", X_OK);
  syscall(SYS_faccessat2, AT_FDCWD, "/bin/sh", X_OK, AT_EACCESS);
  fd = syscall(SYS_openat, AT_FDCWD, "trapline-file", O_RDWR | O_CREAT | O_TRUNC | O_NONBLOCK, 0640);
  syscall(SYS_write, fd, "hello\tworld\n\"quoted\\\" \001\0017\377 and more than thirty-two bytes", 60);
  syscall(SYS_pwrite64, fd, "abc", 3L, 10L);
  struct iovec iov[3] = {{"one\n", 4}, {"two", 3}, {buf, 0}};
  syscall(SYS_writev, fd, iov, 3);
  syscall(SYS_pwritev, fd, iov, 2, 7, 0);
  struct iovec in[2] = {{buf, 4}, {buf + 100, 100}};
  syscall(SYS_lseek, fd, 0, SEEK_SET);
  syscall(SYS_readv, fd, in, 2);
  syscall(SYS_preadv, fd, in, 2, 3, 0);
  syscall(SYS_preadv2, fd, in, 1, 3, 0, 0);
  syscall(SYS_ftruncate, fd, 20);
  syscall(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE, 0L, 100L);
  syscall(SYS_fsync, fd);
  syscall(SYS_fdatasync, fd);
  syscall(SYS_fadvise64, fd, 0L, 10L, POSIX_FADV_SEQUENTIAL);
  syscall(SYS_flock, fd, LOCK_EX | LOCK_NB);
  syscall(SYS_fchmod, fd, 0600);
  syscall(SYS_fchown, fd, -1, -1);
  syscall(SYS_fcntl, fd, F_GETFL);
  syscall(SYS_fcntl, fd, F_SETFL, O_RDWR | O_APPEND);
  syscall(SYS_fcntl, fd, F_GETFD);
  syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
  syscall(SYS_fcntl, fd, F_GETFD);
  int d = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 50);
  struct flock lk = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
  syscall(SYS_fcntl, fd, F_SETLK, &lk);
  syscall(SYS_fcntl, fd, F_GETLK, &lk);
  syscall(SYS_fcntl, fd, F_OFD_SETLK, &lk);
  syscall(SYS_fcntl, fd, F_GETOWN);
  syscall(SYS_fcntl, fd, 9999, 7);
  syscall(SYS_dup, fd);
  syscall(SYS_dup2, fd, 60);
  syscall(SYS_dup3, fd, 61, O_CLOEXEC);
  syscall(SYS_close, d);
  syscall(SYS_setxattr, "trapline-file", "user.k", "v\n1", 3, XATTR_CREATE);
  syscall(SYS_getxattr, "trapline-file", "user.k", buf, 100);
  syscall(SYS_listxattr, "trapline-file", buf, 100);
  syscall(SYS_removexattr, "trapline-file", "user.k");
  syscall(SYS_truncate, "trapline-file", 5);
  syscall(SYS_chmod, "trapline-file", 04755);
  syscall(SYS_fchmodat, AT_FDCWD, "trapline-file", 0644);
  syscall(SYS_chown, "trapline-file", 0, 0);
  syscall(SYS_lchown, "trapline-file", 1, -1);
  syscall(SYS_fchownat, AT_FDCWD, "trapline-file", 0, 0, AT_SYMLINK_NOFOLLOW);
  syscall(SYS_link, "trapline-file", "trapline-link");
  syscall(SYS_linkat, AT_FDCWD, "trapline-file", AT_FDCWD, "trapline-link", AT_SYMLINK_FOLLOW);
  syscall(SYS_symlink, "trapline-file", "trapline-sym");
  syscall(SYS_symlinkat, "trapline-file", AT_FDCWD, "trapline-sym");
  syscall(SYS_readlink, "trapline-sym", buf, 100);
  syscall(SYS_readlinkat, AT_FDCWD, "trapline-sym", buf, 4);
  syscall(SYS_rename, "trapline-link", "trapline-link2");
  syscall(SYS_renameat2, AT_FDCWD, "trapline-link2", AT_FDCWD, "trapline-link", RENAME_NOREPLACE);
  syscall(SYS_renameat, AT_FDCWD, "nope", AT_FDCWD, "nope2");
  syscall(SYS_unlink, "trapline-link");
  syscall(SYS_unlinkat, AT_FDCWD, "trapline-sym", 0);
  syscall(SYS_mkdir, "trapline-dir", 0755);
  syscall(SYS_mkdirat, AT_FDCWD, "trapline-dir", 0700);
  int dir = syscall(SYS_openat, AT_FDCWD, "trapline-dir", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  syscall(SYS_getdents64, dir, buf, 4096);
  syscall(SYS_getdents, dir, buf, 4096);
  syscall(SYS_fchdir, dir);
  syscall(SYS_chdir, "..");
  syscall(SYS_close, dir);
  syscall(SYS_unlinkat, AT_FDCWD, "trapline-dir", AT_REMOVEDIR);
  syscall(SYS_rmdir, "trapline-dir");
  syscall(SYS_mknod, "trapline-fifo", S_IFIFO | 0600, 0);
  syscall(SYS_mknodat, AT_FDCWD, "trapline-chr", S_IFCHR | 0600, 0x103);
  syscall(SYS_unlink, "trapline-fifo");
  syscall(SYS_unlink, "trapline-chr");
  struct utimbuf ut = {1000000000, 1000000001};
  syscall(SYS_utime, "trapline-file", &ut);
  struct timeval tv[2] = {{1000000000, 5}, {1000000001, 6}};
  syscall(SYS_utimes, "trapline-file", tv);
  struct timespec ts[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  syscall(SYS_utimensat, AT_FDCWD, "trapline-file", ts, 0);
  syscall(SYS_utimensat, AT_FDCWD, "trapline-file", NULL, 0);
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
  syscall(SYS_openat2, AT_FDCWD, "trapline-file", &how, sizeof how);
  syscall(SYS_openat, AT_FDCWD, "trapline-file", O_RDONLY | O_TMPFILE, 0600);
  syscall(SYS_openat, -7, "x", 0x40000003);
  syscall(SYS_open, 0x10, O_RDONLY);
  syscall(SYS_open, NULL, O_WRONLY | O_APPEND | O_SYNC);
  syscall(SYS_creat, "trapline-file", 0600);
  syscall(SYS_getcwd, buf, 4096);
  syscall(SYS_getcwd, buf, 1);
  syscall(SYS_umask, 022);
  loff_t off = 0, off2 = 1;
  int src = syscall(SYS_open, "/etc/passwd", O_RDONLY);
  syscall(SYS_sendfile, fd, src, &off, 5);
  syscall(SYS_sendfile, fd, src, NULL, 5);
  syscall(SYS_copy_file_range, src, &off, fd, &off2, 3, 0);
  int p[2];
  syscall(SYS_pipe, p);
  syscall(SYS_splice, src, &off, p[1], NULL, 4, SPLICE_F_MOVE);
  syscall(SYS_read, p[0], buf, 100);
  int p2[2];
  syscall(SYS_pipe2, p2, O_CLOEXEC | O_NONBLOCK);
  syscall(SYS_write, p2[1], "x", 1);
  syscall(SYS_tee, p2[0], p[1], 1, SPLICE_F_NONBLOCK);
  syscall(SYS_vmsplice, p2[1], iov, 1, SPLICE_F_GIFT);
  syscall(SYS_ioctl, p2[0], FIONREAD, buf);
  syscall(SYS_ioctl, 0, TCGETS, buf);
  syscall(SYS_ioctl, 0, TIOCGWINSZ, buf);
  syscall(SYS_ioctl, p2[0], FIONBIO, &(int){1});
  syscall(SYS_ioctl, p2[0], FIOCLEX);
  syscall(SYS_read, 999, buf, 10);
  syscall(SYS_write, 1, NULL, 10);
  syscall(SYS_write, 1, 0x123456, 10);
  syscall(SYS_readahead, src, 0L, 100);
  syscall(SYS_sync_file_range, fd, 0, 10, SYNC_FILE_RANGE_WRITE);
  syscall(SYS_syncfs, fd);
  syscall(SYS_close_range, 200, 300, 0);
  syscall(SYS_close_range, 200, ~0U, 4);
  syscall(SYS_chroot, "/nonexistent");
  syscall(SYS_mount, "none", "/nonexistent", "tmpfs", 2 | 4, "size=1k");
  syscall(SYS_umount2, "/nonexistent", 2);
  syscall(SYS_name_to_handle_at, AT_FDCWD, "trapline-file", buf, buf + 200, 0);
  syscall(SYS_swapon, "/nonexistent", 0x8005);
  syscall(SYS_swapoff, "/nonexistent");
  syscall(SYS_pivot_root, "/nonexistent", "/nonexistent2");
  syscall(SYS_acct, "/nonexistent");
  syscall(SYS_memfd_create, "name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int in_fd = syscall(SYS_inotify_init1, IN_NONBLOCK | IN_CLOEXEC);
  syscall(SYS_inotify_add_watch, in_fd, "/etc", IN_MODIFY | IN_CREATE | IN_DELETE);
  syscall(SYS_inotify_rm_watch, in_fd, 1);
  unlink("trapline-file");
}
static void memory(void) {
  void *p = (void *)syscall(SYS_mmap, NULL, 8192L, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  syscall(SYS_mprotect, p, 4096, PROT_NONE);
  syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_EXEC);
  syscall(SYS_madvise, p, 4096, MADV_DONTNEED);
  syscall(SYS_mincore, p, 8192, buf);
  syscall(SYS_msync, p, 4096, MS_SYNC | MS_INVALIDATE);
  syscall(SYS_mlock, p, 4096);
  syscall(SYS_mlock2, p, 4096, 1);
  syscall(SYS_munlock, p, 4096);
  syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE | 0x100);
  syscall(SYS_munlockall);
  p = (void *)syscall(SYS_mremap, p, 8192, 16384, MREMAP_MAYMOVE);
  syscall(SYS_mremap, p, 16384, 4096, 0);
  syscall(SYS_munmap, p, 4096);
  syscall(SYS_mmap, 0x10000000, 4096L, PROT_READ | PROT_GROWSDOWN, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE | MAP_POPULATE, -1, 0x2000L);
  syscall(SYS_mmap, NULL, 4096L, PROT_READ, 0x20, -1, 0L);
  syscall(SYS_brk, 0);
  syscall(SYS_remap_file_pages, p, 4096, 0, 0, 0);
  syscall(SYS_pkey_alloc, 0, 1);
  syscall(SYS_pkey_free, 15);
  syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, -1);
  syscall(SYS_membarrier, 0, 0);
  int shm = syscall(SYS_shmget, 0, 4096, 01000 | 0600);
  char *at = (char *)syscall(SYS_shmat, shm, NULL, 010000);
  syscall(SYS_shmctl, shm, 2, buf);
  syscall(SYS_shmdt, at);
  syscall(SYS_shmctl, shm, 0, NULL);
  int sem = syscall(SYS_semget, 0x1234, 2, 01000 | 0600);
  struct { unsigned short n; short op, flg; } so[2] = {{0, 1, 010000}, {1, 1, 04000}};
  syscall(SYS_semop, sem, so, 2);
  syscall(SYS_semtimedop, sem, so, 1, &(struct timespec){1, 2});
  syscall(SYS_semctl, sem, 0, 12);
  syscall(SYS_semctl, sem, 0, 3, buf);
  syscall(SYS_semctl, sem, 0, 19, buf);
  syscall(SYS_shmctl, 0, 3, buf);
  syscall(SYS_shmctl, 0, 14, buf);
  syscall(SYS_msgctl, 0, 3, buf);
  syscall(SYS_msgctl, 0, 12, buf);
  syscall(SYS_semctl, sem, 0, 16, 5);
  syscall(SYS_semctl, sem, 0, 0);
  int mq = syscall(SYS_msgget, 0, 01000 | 0600);
  struct { long t; char d[20]; } m = {7, "message"};
  syscall(SYS_msgsnd, mq, &m, 8, 04000);
  syscall(SYS_msgrcv, mq, &m, 20, 7, 010000 | 04000);
  syscall(SYS_msgctl, mq, 2, buf);
  syscall(SYS_msgctl, mq, 0, NULL);
}
static void on_signal(int s) { (void)s; }
static void signals(void) {
  struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigaddset(&sa.sa_mask, SIGTERM);
  sigaction(SIGUSR1, &sa, NULL);
  signal(SIGPIPE, SIG_IGN);
  syscall(SYS_rt_sigaction, SIGUSR1, NULL, buf, 8);
  syscall(SYS_rt_sigaction, SIGKILL, NULL, buf, 8);
  syscall(SYS_rt_sigaction, 40, NULL, buf, 4);
  unsigned long set = 1 << (SIGINT - 1) | 1 << (SIGUSR2 - 1), old;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8);
  set = ~0UL;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &old, 8);
  set = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8);
  syscall(SYS_rt_sigprocmask, 77, &set, NULL, 8);
  syscall(SYS_rt_sigpending, &old, 8);
  syscall(SYS_kill, getpid(), SIGUSR1);
  syscall(SYS_kill, 999999, 0);
  syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
  syscall(SYS_tkill, getpid(), SIGUSR1);
  stack_t ss = {.ss_sp = buf, .ss_size = 4096}, oss;
  syscall(SYS_sigaltstack, &ss, &oss);
  syscall(SYS_sigaltstack, NULL, &oss);
  set = 1 << (SIGUSR1 - 1);
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
  syscall(SYS_kill, getpid(), SIGUSR1);
  siginfo_t si;
  syscall(SYS_rt_sigtimedwait, &set, &si, &(struct timespec){0, 1000}, 8);
  syscall(SYS_rt_sigtimedwait, &set, &si, &(struct timespec){0, 1000}, 8);
  memset(&si, 0, sizeof si);
  si.si_signo = SIGUSR1; si.si_code = SI_QUEUE; si.si_pid = 5; si.si_uid = 6; si.si_value.sival_int = 7;
  syscall(SYS_rt_sigqueueinfo, 999999, SIGUSR1, &si);
  syscall(SYS_signalfd4, -1, &set, 8, SFD_CLOEXEC);
  pid_t child = syscall(SYS_fork);
  if (child == 0) _exit(3);
  int status; struct rusage ru;
  syscall(SYS_wait4, child, &status, 0, NULL);
  child = syscall(SYS_fork);
  if (child == 0) { kill(getpid(), SIGTERM); pause(); }
  syscall(SYS_wait4, -1, &status, WUNTRACED, &ru);
  child = syscall(SYS_fork);
  if (child == 0) _exit(4);
  syscall(SYS_waitid, P_PID, child, &si, WEXITED | WNOWAIT, NULL);
  syscall(SYS_waitid, P_ALL, 0, &si, WEXITED, &ru);
  syscall(SYS_wait4, -1, &status, WNOHANG, NULL);
}
static void times_(void) {
  struct timespec ts, rem; struct timeval tv; struct itimerval it = {{0, 0}, {100, 5}}, oit;
  syscall(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
  syscall(SYS_clock_gettime, 99, &ts);
  syscall(SYS_clock_settime, CLOCK_REALTIME, &(struct timespec){-1, -1});
  syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &(struct timespec){0, 1000}, &rem);
  syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){0, 1000}, NULL);
  syscall(SYS_nanosleep, &(struct timespec){0, 1000}, &rem);
  syscall(SYS_nanosleep, &(struct timespec){0, 1000000000}, &rem);
  syscall(SYS_setitimer, ITIMER_REAL, &it, &oit);
  syscall(SYS_getitimer, ITIMER_VIRTUAL, &oit);
  it.it_value.tv_sec = 0; it.it_value.tv_usec = 0;
  syscall(SYS_setitimer, ITIMER_REAL, &it, NULL);
  syscall(SYS_alarm, 0);
  int t = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct itimerspec its = {{1, 2}, {3, 4}}, oits;
  syscall(SYS_timerfd_settime, t, TFD_TIMER_ABSTIME, &its, &oits);
  its.it_value = (struct timespec){0, 0};
  syscall(SYS_timerfd_settime, t, 0, &its, NULL);
  syscall(SYS_timerfd_gettime, t, &oits);
  int id;
  struct sigevent sev = {.sigev_notify = SIGEV_NONE, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 3};
  syscall(SYS_timer_create, CLOCK_REALTIME, &sev, &id);
  syscall(SYS_timer_settime, id, 0, &its, NULL);
  syscall(SYS_timer_gettime, id, &oits);
  syscall(SYS_timer_getoverrun, id);
  syscall(SYS_timer_delete, id);
  syscall(SYS_settimeofday, 0x10, NULL);
  syscall(SYS_getrusage, RUSAGE_SELF, 0x10);
  struct rlimit rl = {1024, RLIM_INFINITY};
  syscall(SYS_getrlimit, RLIMIT_CORE, &rl);
  syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &rl);
  struct rlimit nl = {1000, rl.rlim_max};
  syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &nl, &rl);
  syscall(SYS_setrlimit, RLIMIT_CPU, &(struct rlimit){3, RLIM_INFINITY});
  syscall(SYS_getpriority, PRIO_PROCESS, 0);
  syscall(SYS_setpriority, PRIO_USER, 77777, 5);
  struct utsname un;
  syscall(SYS_uname, &un);
  struct sysinfo *bad = (void *)0x20;
  syscall(SYS_sysinfo, bad);
  syscall(SYS_adjtimex, 0x20);
  (void)tv;
}
static void sockets(void) {
  int s = syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_IP);
  syscall(SYS_socket, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  syscall(SYS_socket, AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP);
  syscall(SYS_socket, 99, 17, 5);
  syscall(SYS_socket, AF_PACKET, SOCK_RAW, htons(3));
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &(int){1}, 4);
  syscall(SYS_setsockopt, s, IPPROTO_TCP, TCP_NODELAY, &(int){1}, 4);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_LINGER, &(struct linger){1, 5}, 8);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){5, 6}, 16);
  syscall(SYS_setsockopt, s, IPPROTO_IP, IP_TTL, &(int){64}, 4);
  syscall(SYS_setsockopt, s, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, 4);
  syscall(SYS_setsockopt, s, 12345, 1, &(int){1}, 4);
  int v; socklen_t vl = 4;
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, &v, &vl);
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, &v, &vl);
  char cong[16]; vl = 16;
  syscall(SYS_getsockopt, s, IPPROTO_TCP, TCP_CONGESTION, cong, &vl);
  struct linger lg; vl = 8;
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_LINGER, &lg, &vl);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = 0, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  syscall(SYS_bind, s, &a, sizeof a);
  a.sin_port = htons(1);
  syscall(SYS_bind, s, &a, 3);
  syscall(SYS_listen, s, 5);
  syscall(SYS_shutdown, s, SHUT_RDWR);
  struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(8080), .sin6_flowinfo = htonl(5), .sin6_scope_id = 3};
  a6.sin6_addr.s6_addr[0] = 0x20; a6.sin6_addr.s6_addr[1] = 1; a6.sin6_addr.s6_addr[15] = 1;
  syscall(SYS_connect, -1, &a6, sizeof a6);
  memset(&a6.sin6_addr, 0, 16);
  a6.sin6_addr.s6_addr[10] = a6.sin6_addr.s6_addr[11] = 255; a6.sin6_addr.s6_addr[12] = 127; a6.sin6_addr.s6_addr[15] = 1;
  syscall(SYS_connect, -1, &a6, sizeof a6);
  struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "/tmp/no such socket"};
  syscall(SYS_connect, -1, &u, sizeof u);
  syscall(SYS_connect, -1, &u, 10);
  u.sun_path[0] = 0; strcpy(u.sun_path + 1, "abstract");
  syscall(SYS_connect, -1, &u, 2 + 1 + 8);
  syscall(SYS_bind, -1, &u, 2);
  struct sockaddr_nl nl = {.nl_family = AF_NETLINK, .nl_pid = 5, .nl_groups = 0x15};
  syscall(SYS_bind, -1, &nl, sizeof nl);
  struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(0x800), .sll_ifindex = 1, .sll_hatype = 1, .sll_halen = 6, .sll_addr = {1, 2, 3, 4, 5, 0xff}};
  syscall(SYS_bind, -1, &ll, sizeof ll);
  struct sockaddr odd = {.sa_family = 99, .sa_data = "abcdefg"};
  syscall(SYS_bind, -1, &odd, 10);
  int pair[2];
  syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
  syscall(SYS_sendto, pair[0], "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
  syscall(SYS_recvfrom, pair[1], buf, 100, MSG_PEEK, NULL, NULL);
  struct sockaddr_un from; socklen_t fl = sizeof from;
  syscall(SYS_recvfrom, pair[1], buf, 100, 0, &from, &fl);
  fl = sizeof from;
  syscall(SYS_getsockname, pair[0], &from, &fl);
  fl = sizeof from;
  syscall(SYS_getpeername, pair[0], &from, &fl);
  struct iovec iov[2] = {{"first", 5}, {"second\n", 7}};
  char control[CMSG_SPACE(sizeof(int) * 2)];
  struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(8);
  int fds[2] = {0, 1};
  memcpy(CMSG_DATA(c), fds, 8);
  syscall(SYS_sendmsg, pair[0], &m, 0);
  struct iovec riov = {buf, 50};
  struct msghdr rm = {.msg_iov = &riov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  syscall(SYS_recvmsg, pair[1], &rm, MSG_CMSG_CLOEXEC);
  struct mmsghdr mm[2] = {{.msg_hdr = {.msg_iov = iov, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = iov + 1, .msg_iovlen = 1}}};
  syscall(SYS_sendmmsg, pair[0], mm, 2, 0);
  struct mmsghdr rmm[2] = {{.msg_hdr = {.msg_iov = &riov, .msg_iovlen = 1}}};
  syscall(SYS_recvmmsg, pair[1], rmm, 1, MSG_DONTWAIT, NULL);
  struct sockaddr_in peer; socklen_t pl = sizeof peer;
  syscall(SYS_accept4, pair[0], &peer, &pl, SOCK_CLOEXEC);
  syscall(SYS_accept, 999, NULL, NULL);
  struct ucred cred; vl = sizeof cred;
  syscall(SYS_getsockopt, pair[0], SOL_SOCKET, SO_PEERCRED, &cred, &vl);
  struct pollfd pf[2] = {{pair[0], POLLOUT | POLLIN, 0}, {pair[1], POLLIN, 0}};
  syscall(SYS_poll, pf, 2, 0);
  pf[0].events = POLLPRI;
  syscall(SYS_poll, pf, 1, 0);
  syscall(SYS_ppoll, pf, 1, &(struct timespec){0, 0}, NULL, 8);
  fd_set r, w; FD_ZERO(&r); FD_ZERO(&w); FD_SET(pair[0], &r); FD_SET(pair[1], &w);
  struct timeval tv = {1, 0};
  syscall(SYS_select, 64, &r, &w, NULL, &tv);
  FD_ZERO(&r); FD_SET(pair[0], &r); tv.tv_sec = 0;
  syscall(SYS_select, 64, &r, NULL, NULL, &tv);
  FD_SET(pair[1], &w);
  struct { void *p; size_t n; } sig = {NULL, 8};
  syscall(SYS_pselect6, 64, NULL, &w, NULL, &(struct timespec){0, 0}, &sig);
  int ep = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
  syscall(SYS_epoll_create, 5);
  struct epoll_event ev = {EPOLLIN | EPOLLET | EPOLLOUT, {.u64 = 0x1234567890}};
  syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, pair[0], &ev);
  struct epoll_event evs[4];
  syscall(SYS_epoll_wait, ep, evs, 4, 0);
  syscall(SYS_epoll_pwait, ep, evs, 4, 0, NULL, 8);
  syscall(SYS_epoll_pwait2, ep, evs, 4, &(struct timespec){0, 0}, NULL, 8);
  syscall(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, pair[0], NULL);
  syscall(SYS_epoll_wait, ep, evs, 4, 0);
  syscall(SYS_eventfd2, 3, EFD_SEMAPHORE | EFD_NONBLOCK);
  syscall(SYS_eventfd, 3);
}
static void processes(void) {
  syscall(SYS_getpid);
  syscall(SYS_getuid); syscall(SYS_getgid); syscall(SYS_geteuid); syscall(SYS_getegid);
  syscall(SYS_setpgid, 0, 999999);
  syscall(SYS_getpgid, 999999);
  unsigned a, b, c;
  syscall(SYS_getresuid, &a, &b, &c);
  syscall(SYS_setresuid, -1, 0, -1);
  syscall(SYS_setreuid, -1, -1);
  unsigned groups[3] = {1, 2, 3};
  syscall(SYS_setgroups, 3, groups);
  syscall(SYS_getgroups, 3, groups);
  syscall(SYS_prctl, PR_SET_NAME, "newname");
  syscall(SYS_prctl, PR_GET_NAME, buf);
  syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM);
  syscall(SYS_prctl, PR_GET_DUMPABLE);
  syscall(SYS_prctl, PR_SET_DUMPABLE, 1);
  syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(SYS_prctl, PR_CAPBSET_READ, 21);
  syscall(SYS_prctl, PR_GET_SECCOMP);
  syscall(SYS_prctl, 12345, 1, 2, 3, 4);
  syscall(SYS_arch_prctl, 0x1003, buf);
  syscall(SYS_arch_prctl, 0x3001, 0);
  syscall(SYS_personality, 0xffffffff);
  syscall(SYS_sched_yield);
  syscall(SYS_sched_getscheduler, 0);
  syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &(struct sched_param){0});
  syscall(SYS_sched_getparam, 0, buf);
  syscall(SYS_sched_get_priority_max, SCHED_RR);
  syscall(SYS_sched_rr_get_interval, 0, 0x10);
  unsigned long mask = 3;
  syscall(SYS_sched_setaffinity, 0, 8, &mask);
  syscall(SYS_sched_getaffinity, 0, 128, buf);
  syscall(SYS_sched_getattr, 0, buf, 56, 0);
  unsigned word = 5;
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
  syscall(SYS_futex, &word, FUTEX_WAIT, 4, &(struct timespec){1, 0}, NULL, 0);
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 4, NULL, NULL, -1);
  syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, &word, 6);
  syscall(SYS_futex, &word, FUTEX_REQUEUE, 1, 2, &word, 0);
  syscall(SYS_getrandom, 0x10, 8, GRND_NONBLOCK);
  syscall(SYS_getcpu, 0x10, NULL, NULL);
  syscall(SYS_unshare, 0);
  syscall(SYS_setns, 999, CLONE_NEWNET);
  syscall(SYS_kcmp, 999999, 999998, 0, 1, 2);
  syscall(SYS_reboot, 1, 2, 3, 4);
  syscall(SYS_sethostname, "x", -1);
  syscall(SYS_syslog, 10, NULL, 0);
  syscall(SYS_pidfd_open, 999999, 0);
  syscall(SYS_pidfd_send_signal, 999, SIGTERM, NULL, 0);
  syscall(SYS_process_vm_readv, getpid(), &(struct iovec){buf, 4}, 1, &(struct iovec){"data", 4}, 1, 0);
  syscall(SYS_seccomp, 2, 0, &(int){0x7fff0000});
  syscall(SYS_bpf, 0, NULL, 0);
  syscall(SYS_perf_event_open, NULL, 0, -1, -1, 8);
  syscall(SYS_userfaultfd, O_CLOEXEC | 0x1000);
  syscall(SYS_keyctl, 0, -3, 0);
  syscall(SYS_add_key, "user", "trapline", "data", 4, -99);
  syscall(SYS_request_key, "user", "trapline", NULL, 0);
  syscall(SYS_ioprio_get, 1, 0);
  syscall(SYS_capget, &(struct { unsigned v; int p; }){0x20080522, 0}, buf);
  syscall(SYS_clone3, &(struct clone_args){.flags = CLONE_VM, .exit_signal = 99}, sizeof(struct clone_args));
  syscall(SYS_clone, 0x99000011, NULL, NULL, NULL, NULL);
  syscall(SYS_set_tid_address, buf);
  syscall(SYS_getpgrp);
  syscall(SYS_execve, "/nonexistent", (char *[]){"a", "b c", NULL}, (char *[]){"X=1", "Y=2", NULL});
  syscall(SYS_execveat, -1, "", (char *[]){"a", NULL}, (char *[]){NULL}, AT_EMPTY_PATH);
  syscall(0x1ff, 1, 2, 3);
}
int main(void) {
  files();
  memory();
  signals();
  times_();
  sockets();
  processes();
  return 7;
}
