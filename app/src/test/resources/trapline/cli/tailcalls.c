#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef THUNKS
/* What -mindirect-branch=thunk-extern leaves to the program. */
__asm__(".globl __x86_indirect_thunk_rax\n__x86_indirect_thunk_rax: .cfi_startproc\njmp *%rax\n.cfi_endproc");
__asm__(".globl __x86_indirect_thunk_rdx\n__x86_indirect_thunk_rdx: .cfi_startproc\njmp *%rdx\n.cfi_endproc");
__asm__(".globl __x86_indirect_thunk_rcx\n__x86_indirect_thunk_rcx: .cfi_startproc\njmp *%rcx\n.cfi_endproc");
#endif

#define APART __attribute__((noinline))

struct operations { int (*run)(int); };
static int (*volatile by_pointer)(int) = dup;
static volatile int sink;

/* A library function, straight away. */
APART int shut(int fd) { return close(fd); }

/* Through two functions of the program. */
APART int end(int fd) { return fsync(fd - 1); }
APART int middle(int fd) { return end(fd + 2); }
APART int start(int fd) { sink = fd; return middle(fd + 3); }

/* From an inlined function. */
static inline __attribute__((always_inline)) int inner(int fd) { return fdatasync(fd); }
APART int around(int fd) { return inner(fd + 1); }

/* On one of two ways. */
APART int perhaps(int fd) { if (fd < 0) return -1; return fchdir(fd); }

/* From two places to one function. */
APART int either(int fd) {
  if (fd & 1) { sink = 7; return getpgid(fd); }
  sink = 8;
  return getpgid(fd + 1);
}

/* The same on the way, before and behind other jumps. */
APART int onward(int size) { sink = size; return epoll_create(size - 5000); }
APART int ways(int size) {
  if (size & 1) { sink = 9; return onward(size); }
  sink = 10;
  return onward(size + 1);
}
APART int opening(int size) { sink = size; return ways(size + 1); }

/* Through pointers: in memory, and handed over. */
APART int pointed(int fd) { return by_pointer(fd + 9); }
APART int operated(struct operations *with, int fd) { return with->run(fd); }

/* The library jumps on itself. */
APART int status(const char *path, struct stat *to) { return stat(path, to); }

/* A frame is there when the call is made, and none at the jump. */
APART int saved(int fd) {
  int sum = getsid(0) + fd;
  sink = sum;
  return ftruncate(sum < 0 ? 1 : -1, fd);
}

static void handler(int number) { sink = number; getegid(); }

APART int masked(int mask) { return umask(mask); }

int main(int count, char **arguments) {
  struct operations operations = {masked};
  struct stat st;
  int total = shut(count + 40);
  total += start(count + 50);
  total += around(count + 60);
  total += perhaps(count + 70);
  total += either(count + 80);
  total += opening(count + 85);
  total += pointed(count + 90);
  total += operated(&operations, count + 100);
  total += status("/", &st);
  total += saved(count + 110);
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  return total == 12345;
}
