// Makes system calls and overwrites all that the kernel wrote in the very next instructions. What a
// tracer shows of a call must be what was there when the call returned.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Whatever a call writes lies in the first bytes of these.
static char out[8192] __attribute__((aligned(64)));
static char more[8192] __attribute__((aligned(64)));

#define OVERWRITE(o, m)                                                                     \
  "pcmpeqd %%xmm0, %%xmm0\n\t"                                                              \
  "movaps %%xmm0, (" o ")\n\tmovaps %%xmm0, 16(" o ")\n\tmovaps %%xmm0, 32(" o ")\n\t"      \
  "movaps %%xmm0, 48(" o ")\n\tmovaps %%xmm0, 64(" o ")\n\tmovaps %%xmm0, 80(" o ")\n\t"    \
  "movaps %%xmm0, (" m ")\n\tmovaps %%xmm0, 16(" m ")\n\tmovaps %%xmm0, 32(" m ")\n\t"

// The program traps by itself, or goes through the C library.
static long make(long number, long a, long b, long c, long d, long e, long f) {
#ifdef LIBRARY
  register char *o __asm__("rbx") = out;
  register char *m __asm__("r12") = more;
  long result = syscall(number, a, b, c, d, e, f);
  __asm__ volatile(OVERWRITE("%[o]", "%[m]") : "+r"(result) : [o] "r"(o), [m] "r"(m)
                   : "xmm0", "memory");
  return result;
#else
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall\n\t" OVERWRITE("%[o]", "%[m]")
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9),
                     [o] "b"(out), [m] "r"((char *) more)
                   : "rcx", "r11", "xmm0", "memory");
  return result;
#endif
}

#define CALL6(n, a, b, c, d, e, f, ...) \
  make(SYS_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(n, ...) CALL6(n, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

// Descriptors: pipes and sockets of known numbers.
static void pair(int first, int type) {
  int ends[2];
  if (type ? socketpair(AF_UNIX, type, 0, ends) : pipe(ends)) abort();
  dup2(ends[0], first + 1000);
  dup2(ends[1], first + 1001);
  close(ends[0]);
  close(ends[1]);
  dup2(first + 1000, first);
  dup2(first + 1001, first + 1);
  close(first + 1000);
  close(first + 1001);
}

static struct iovec vectors[2];

static struct msghdr *message(void) {
  struct msghdr *header = (struct msghdr *)more;
  memset(more, 0, sizeof *header);
  vectors[0] = (struct iovec){out, 3};
  vectors[1] = (struct iovec){out + 16, 8};
  header->msg_iov = vectors;
  header->msg_iovlen = 2;
  return header;
}

static void handler(int number) { (void)number; }

int main(int count, char **arguments) {
  if (count < 2 || chdir(arguments[1])) return 1;
  struct timespec soon = {0, 1000000};

  // Files.
  int file = open("file", O_RDWR | O_CREAT, 0600);
  write(file, "0123456789abcdef", 16);
  lseek(file, 0, SEEK_SET);
  CALL(read, file, out, 5);
  CALL(pread64, file, out, 6, 3);
  vectors[0] = (struct iovec){out, 3};
  vectors[1] = (struct iovec){out + 16, 4};
  CALL(readv, file, vectors, 2);
  vectors[0] = (struct iovec){out, 2};
  vectors[1] = (struct iovec){out + 16, 40};
  CALL(preadv, file, vectors, 2, 1);
  CALL(preadv2, file, vectors, 2, 1, 0, 0);
  CALL(getcwd, out, sizeof out);
  CALL(stat, "file", out);
  CALL(lstat, "file", out);
  CALL(fstat, file, out);
  CALL(newfstatat, AT_FDCWD, "file", out, 0);
  CALL(statx, AT_FDCWD, "file", 0, STATX_BASIC_STATS, out);
  CALL(statfs, ".", out);
  CALL(fstatfs, file, out);
  symlink("target", "link");
  CALL(readlink, "link", out, sizeof out);
  CALL(readlinkat, AT_FDCWD, "link", out, sizeof out);
  mkdir("folder", 0700);
  int folder = open("folder", O_RDONLY | O_DIRECTORY);
  CALL(getdents64, folder, out, sizeof out);
  setxattr("file", "user.test", "value", 5, 0);
  CALL(getxattr, "file", "user.test", out, 16);
  CALL(lgetxattr, "file", "user.test", out, 16);
  CALL(fgetxattr, file, "user.test", out, 16);
  CALL(listxattr, "file", out, 64);
  CALL(flistxattr, file, out, 64);
  *(long *)out = 2;
  int other = open("other", O_RDWR | O_CREAT, 0600);
  CALL(sendfile, other, file, out, 4);
  *(long *)out = 1;
  *(long *)more = 2;
  CALL(copy_file_range, file, out, other, more, 3, 0);
  memset(out, 0, 64);
  ((struct flock *)out)->l_type = F_WRLCK;
  CALL(fcntl, file, F_GETLK, out);
  ((struct f_owner_ex *)out)->type = F_OWNER_TID;
  CALL(fcntl, file, F_GETOWN_EX, out);
  unsigned char handle[128] = {64};
  memcpy(out, handle, sizeof handle);
  CALL(name_to_handle_at, AT_FDCWD, "file", out, more, 0);

  // Pipes, sockets.
  CALL(pipe, out);
  CALL(pipe2, out, O_CLOEXEC);
  CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, out);
  pair(100, 0);
  write(101, "hello", 5);
  CALL(ioctl, 100, FIONREAD, out);
  CALL(read, 100, out, 3);
  pair(110, SOCK_STREAM);
  write(111, "some words", 10);
  CALL(recvfrom, 110, out, 4, MSG_PEEK, 0, 0);
  *(int *)(more) = 64;
  CALL(recvfrom, 110, out, 4, 0, out + 16, more);
  CALL(recvmsg, 110, message(), 0);
  write(111, "more words", 10);
  struct mmsghdr *many = (struct mmsghdr *)message();
  memset(many + 1, 0, sizeof *many);
  CALL(recvmmsg, 110, many, 1, MSG_DONTWAIT, 0);
  int length = sizeof(int);
  *(int *)more = length;
  CALL(getsockopt, 110, SOL_SOCKET, SO_TYPE, out, more);
  *(int *)more = sizeof(struct ucred);
  CALL(getsockopt, 110, SOL_SOCKET, SO_SNDBUF, out, more);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  bind(server, (void *)&address, sizeof address);
  listen(server, 1);
  *(int *)more = sizeof address;
  CALL(getsockname, server, out, more);
  socklen_t size = sizeof address;
  getsockname(server, (void *)&address, &size);
  for (int i = 0; i < 2; i++) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (void *)&address, sizeof address);
    *(int *)more = sizeof address;
    if (i) CALL(accept4, server, out, more, SOCK_CLOEXEC);
    else CALL(accept, server, out, more);
    *(int *)more = sizeof address;
    CALL(getpeername, client, out, more);
  }

  // Waiting.
  struct pollfd polls[2] = {{100, POLLIN, 0}, {101, POLLOUT, 0}};
  memcpy(out, polls, sizeof polls);
  CALL(poll, out, 2, 1000);
  memcpy(out, polls, sizeof polls);
  memcpy(more, &soon, sizeof soon);
  CALL(ppoll, out, 2, more, 0, 0);
  memset(out, 0, 16);
  out[12] = 48; // 100 and 101
  memset(out + 16, 0, 16);
  out[28] = 32;
  struct timeval second = {1, 0};
  memcpy(more, &second, sizeof second);
  CALL(select, 102, out, out + 16, 0, more);
  memset(out, 0, 16);
  out[12] = 48;
  CALL(pselect6, 102, out, 0, 0, 0, 0);
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data = {.u64 = 0x1122334455667788}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, 100, &event);
  CALL(epoll_wait, epoll, out, 4, 1000);
  CALL(epoll_pwait, epoll, out, 4, 1000, 0, 8);
  CALL(nanosleep, &soon, out);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &soon, out);
  for (int i = 0; i < 2; i++) {
    if (!fork()) _exit(7 + i);
    siginfo_t ended;
    waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
    if (i) CALL(waitid, P_ALL, 0, memset(out, 0, 128), WEXITED, more);
    else CALL(wait4, -1, out, 0, more);
  }

  // Time.
  CALL(clock_gettime, CLOCK_REALTIME, out);
  CALL(clock_getres, CLOCK_REALTIME, out);
  CALL(gettimeofday, out, more);
  CALL(time, out);
  CALL(times, out);
  struct itimerspec setting = {{0, 0}, {1000, 0}};
  int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  memset(more, 0, sizeof setting);
  CALL(timerfd_settime, timer, 0, &setting, out);
  CALL(timerfd_gettime, timer, out);
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  CALL(timer_create, CLOCK_MONOTONIC, &none, out);
  CALL(timer_settime, 0, 0, &setting, out);
  CALL(timer_gettime, 0, out);
  struct itimerval later = {{0, 0}, {1000, 0}};
  CALL(setitimer, ITIMER_REAL, &later, out);
  CALL(getitimer, ITIMER_REAL, out);

  // Process.
  CALL(uname, out);
  CALL(sysinfo, out);
  CALL(getrlimit, RLIMIT_NOFILE, out);
  CALL(prlimit64, 0, RLIMIT_STACK, 0, out);
  CALL(getrusage, RUSAGE_SELF, out);
  CALL(sched_getaffinity, 0, sizeof out, out);
  CALL(sched_getparam, 0, out);
  memset(more, 0, 64);
  CALL(sched_getattr, 0, memset(out, 0, 64), 56, 0);
  CALL(sched_rr_get_interval, 0, out);
  CALL(getcpu, out, more, 0);
  CALL(getresuid, out, out + 16, out + 32);
  CALL(getresgid, out, out + 16, more);
  CALL(getgroups, 64, out);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  memcpy(more, &header, sizeof header);
  CALL(capget, more, out);
  CALL(getrandom, out, 8, 0);
  CALL(prctl, PR_GET_NAME, out);
  CALL(prctl, PR_GET_PDEATHSIG, out);
  CALL(prctl, PR_GET_CHILD_SUBREAPER, out);
  CALL(arch_prctl, 0x1003, out);
  CALL(get_robust_list, 0, out, more);
  CALL(mincore, (long)main & -4096, 4096, more);
  CALL(io_uring_setup, 4, memset(out, 0, 128));

  // Signals.
  signal(SIGUSR1, handler);
  CALL(rt_sigaction, SIGUSR1, 0, out, 8);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  CALL(rt_sigprocmask, SIG_BLOCK, &set, out, 8);
  CALL(rt_sigprocmask, SIG_BLOCK, 0, out, 8);
  raise(SIGUSR2);
  CALL(rt_sigpending, out, 8);
  CALL(rt_sigtimedwait, &set, out, &soon, 8);
  CALL(sigaltstack, 0, out);

  // A terminal.
  int terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  CALL(ioctl, terminal, TIOCGPTN, out);
  CALL(ioctl, terminal, TIOCGWINSZ, out);
  CALL(ioctl, terminal, TCGETS, out);
  CALL(ioctl, 100, FIONREAD, out);

  // The memory of a process.
  vectors[0] = (struct iovec){out, 8};
  vectors[1] = (struct iovec){"remote bytes", 8};
  CALL(process_vm_readv, getpid(), vectors, 1, vectors + 1, 1, 0);
  return 0;
}
