#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Errors that were recovered from before another one was returned, and errors that stand for
   others. */
int main(void) {
  char *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  syscall(SYS_futex, page, FUTEX_WAIT, 0, 0, 0, 0); // second try

  struct perf_event_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.size = sizeof attr;
  attr.type = 4711;
  syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0); // no candidate left

  int sealed = syscall(SYS_memfd_create, "sealed", MFD_ALLOW_SEALING);
  fcntl(sealed, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_WRITE);
  fallocate(sealed, 0, 0, 4096); // patched call

  char folder[] = "/tmp/recover";
  mkdir(folder, 0755);
  mount("none", folder, "tmpfs", 0, "size=abc"); // bad mount value
  mount("none", folder, "tmpfs", 0, "nosuch=1"); // unknown mount option

  int file = open("/tmp/recover/file", O_CREAT | O_RDONLY, 0644);
  syscall(SYS_setns, file, 0); // no namespace
  struct sockaddr_un name = {AF_UNIX, "/tmp/recover/file"};
  int local = socket(AF_UNIX, SOCK_STREAM, 0);
  connect(local, (void *)&name, sizeof name); // no socket
  bind(local, (void *)&name, sizeof name); // name is taken
  syscall(SYS_keyctl, 11, 12345, 0, 0, 0); // no key
  syscall(SYS_keyctl, 4711, 0, 0, 0, 0); // no such operation

  int context = syscall(SYS_fsopen, "tmpfs", 0);
  syscall(SYS_fsconfig, context, 1, "mode", "9", 0); // no octal number
  prctl(4711, 0, 0, 0, 0); // unknown option
  getpriority(PRIO_PROCESS, 99999); // no process of a number
  syscall(SYS_timer_gettime, 77, page); // no timer of a number
  unlink("/tmp/recover/file");
  rmdir(folder);
  return 0;
}
