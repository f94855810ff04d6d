// Calls that store something, into memory that is full of '#': nothing of that may be shown.
#define _GNU_SOURCE
#include <fcntl.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/time.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>
#include <sys/wait.h>
static unsigned char full[8192];
static void *fresh(void) { static int n; n = (n+1)%8; unsigned char *b = full+n*1024; memset(b,'#',1024); return b; }
static void on(int s) {}
int main(void){
  struct { unsigned bytes; int type; unsigned char h[128]; } *h = fresh();
  int mnt;
  for (int n = 0; n < 130; n += 12) { h = fresh(); h->bytes = n; memset(&mnt,'#',4); syscall(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", h, &mnt, 0); }
  int fd = open("/etc/passwd", 0);
  unsigned char *b = fresh(), *c = fresh();
  struct iovec v[3] = {{b, 10}, {c, 2000}, {b+100, 50}};
  syscall(SYS_readv, fd, v, 3);
  syscall(SYS_preadv, fd, v, 3, 5, 0);
  syscall(SYS_preadv2, fd, v, 2, 5, 0, 0);
  lseek(fd, 0, SEEK_END);
  syscall(SYS_readv, fd, v, 3);
  struct iovec r = {main, 20};
  b = fresh(); v[0].iov_base = b;
  syscall(SYS_process_vm_readv, getpid(), v, 2, &r, 1, 0);
  int ep = epoll_create1(0), t = timerfd_create(CLOCK_MONOTONIC, 0);
  struct epoll_event e = {EPOLLIN, {.u64 = 5}};
  epoll_ctl(ep, EPOLL_CTL_ADD, t, &e);
  syscall(SYS_epoll_wait, ep, fresh(), 5, 0);
  struct itimerspec it = {{0,0},{0,1}};
  timerfd_settime(t, 0, &it, 0);
  syscall(SYS_epoll_wait, ep, fresh(), 5, 100);
  syscall(SYS_epoll_pwait2, ep, fresh(), 5, 0, 0, 8);
  syscall(SYS_read, t, fresh(), 100);
  struct sigaction a = {.sa_handler = on};
  sigaction(SIGALRM, &a, 0);
  struct itimerval al = {{0,0},{0,20000}};
  struct timespec *rem = fresh(); struct timespec ts = {5, 0}, until;
  setitimer(ITIMER_REAL, &al, 0);
  syscall(SYS_nanosleep, &ts, rem);
  setitimer(ITIMER_REAL, &al, 0);
  syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, fresh());
  clock_gettime(CLOCK_MONOTONIC, &until); until.tv_sec += 5;
  setitimer(ITIMER_REAL, &al, 0);
  syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, fresh());
  syscall(SYS_rt_sigpending, fresh(), 4L);
  syscall(SYS_rt_sigpending, fresh(), 8L);
  syscall(SYS_prctl, PR_GET_NAME, fresh());
  syscall(SYS_prctl, 0x41555856, fresh(), 16, 0, 0);
  syscall(SYS_sched_getparam, 0, fresh());
  unsigned hdr0[2] = {0x1234, 0};
  syscall(SYS_capget, hdr0, 0);
  unsigned hdr[2] = {0x20080522, 0};
  syscall(SYS_capget, hdr, fresh());
  unsigned hdr1[2] = {0x19980330, 0};
  syscall(SYS_capget, hdr1, fresh());
  int id = semget(IPC_PRIVATE, 3, 0600);
  syscall(SYS_semctl, id, 0, GETALL, fresh());
  syscall(SYS_semctl, id, 0, GETVAL, fresh());
  syscall(SYS_semctl, id, 0, IPC_RMID, 0);
  struct itimerval *o = fresh();
  syscall(SYS_getitimer, ITIMER_REAL, o);
  syscall(SYS_times, fresh());
  syscall(SYS_getresuid, fresh(), fresh(), fresh());
  syscall(SYS_getcpu, fresh(), fresh(), 0);
  syscall(SYS_getcwd, fresh(), 300);
  syscall(SYS_statfs, "/proc", fresh());
  syscall(SYS_timer_create, 1, 0, fresh());
  syscall(SYS_ioctl, 0, 0x5413, fresh());
  int p[2]; syscall(SYS_pipe, p);
  syscall(SYS_write, p[1], "12345", 5);
  syscall(SYS_ioctl, p[0], 0x541b, fresh());
  syscall(SYS_tee, p[0], p[1], 5, 2);
  syscall(SYS_getrandom, fresh(), 3, 0);
  syscall(SYS_waitid, P_ALL, 0, fresh(), WEXITED, fresh());
  syscall(SYS_uname, fresh());
  syscall(SYS_sysinfo, fresh());
  syscall(SYS_getrlimit, 7, fresh());
  syscall(SYS_prlimit64, 0, 7, 0, fresh());
  syscall(SYS_statx, AT_FDCWD, "/etc", 0, 0, fresh());
  syscall(SYS_rt_sigaction, SIGALRM, 0, fresh(), 8);
  syscall(SYS_rt_sigprocmask, 0, 0, fresh(), 8);
  syscall(SYS_sigaltstack, 0, fresh());
  syscall(SYS_get_robust_list, 0, fresh(), fresh());
  syscall(SYS_adjtimex, memset(fresh(),0,300));
  return 0;
}
