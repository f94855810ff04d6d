/* Calls that fail; the comment at each line's end names the case in cases.txt. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  open("/nowhere/at/all", O_RDONLY);                           // missing folder
  open("/etc/nothing", O_RDONLY);                              // missing file
  open("/etc", O_WRONLY);                                      // folder for writing
  open("/etc/passwd/x", O_RDONLY);                             // through a file
  int file = open("/etc/passwd", O_RDONLY);
  read(file, (void *) 8, 10);                                  // bad buffer
  int zero = open("/dev/zero", O_RDONLY);
  read(zero, (void *) 8, 10);                                  // bad buffer of a device
  read(zero, (void *) -4096L, 10);                             // kernel's buffer
  read(999, (void *) 8, 10);                                   // bad descriptor
  mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);   // no length
  syscall(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, file, 1); // odd offset
  mmap(0, 4096, PROT_READ, MAP_PRIVATE, file, 1);              // odd offset, in libc
  mmap(0, 4096, PROT_WRITE, MAP_SHARED, file, 0);              // not writable
  if (unshare(CLONE_NEWNS) == 0) {
    mount(0, "/", 0, MS_REC | MS_PRIVATE, 0);
    mount("none", "/mnt", "tmpfs", MS_RDONLY, 0);
    open("/mnt/x", O_CREAT | O_WRONLY, 0600);                  // read-only mount
  }
}
