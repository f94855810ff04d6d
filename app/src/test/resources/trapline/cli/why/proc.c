/* Calls that fail; the comment at each line's end names the case in cases.txt. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static void handler(int s) {}
int main(void) {
  syscall(1234, 1, 2, 3);                                      // no such number
  syscall(SYS_mkdirat + 0, -1, "x", 0);                        // bad folder
  syscall(SYS_uselib, "x");                                    // not built in
  syscall(SYS_vserver);                                        // reserved number
  struct clone_args clone = {.flags = CLONE_NEWNS | CLONE_FS};
  syscall(SYS_clone3, &clone, sizeof clone);                   // clone's flags clash
  clone.flags = 1UL << 40;
  syscall(SYS_clone3, &clone, sizeof clone);                   // clone's unknown flag
  struct io_uring_params ring = {.flags = 1u << 31};
  syscall(SYS_io_uring_setup, 1, &ring);                       // ring's unknown flag
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGALRM, &action, 0);
  // Again and again, as the first may come before the call that it is to interrupt.
  struct itimerval often = {.it_value.tv_usec = 100000, .it_interval.tv_usec = 100000}, never = {0};
  int ends[2];
  char byte;
  pipe(ends);
  setitimer(ITIMER_REAL, &often, 0);
  read(ends[0], &byte, 1);                                     // interrupted read
  pause();                                                     // interrupted pause
  usleep(100000000);                                           // interrupted sleep
  setitimer(ITIMER_REAL, &never, 0);
  if (fork() == 0) {
    setresuid(65534, 65534, 65534);
    kill(getppid(), SIGTERM);                                  // another's process
    mount("none", "/mnt", "tmpfs", 0, 0);                      // mount as a user
    _exit(0);
  }
  wait(0);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {4, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  getpgid(0);                                                  // denied by a filter
}
