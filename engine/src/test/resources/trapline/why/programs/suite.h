/* A test suite's library: it finds out what the kernel has, makes a temporary directory, and runs
 * each case in a process of its own that shares memory with the parent and answers by signals.
 * Each FAIL is a call that fails and carries a number that says which one it is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The number of a call stands in an argument that is another one in each run, by the salt. */
static long salt;
static void __attribute__((constructor)) draw(void) {
  salt = (uintptr_t) __builtin_frame_address(0) >> 4 & 0xffff;
}
#define TAG(n) (salt << 44 | (long) (n) << 24 | 1L << 23)
#define FAIL_SEEK(n) syscall(SYS_lseek, 0, TAG(n), 99)
#define FAIL_SOCKET(n) syscall(SYS_socket, AF_INET, 77, TAG(n))
#define FAIL_OPEN(n, path) syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, TAG(n))
#define FAIL_FCNTL(n, fd) syscall(SYS_fcntl, fd, 9999, TAG(n))
#define FAIL_IOCTL(n, fd) syscall(SYS_ioctl, fd, 0x12345678, TAG(n))

struct results {
  volatile int passed, failed;
  volatile pid_t worker;
};
static struct results *results;
static char directory[64];
static volatile int answers;

static void answer(int signal) { answers++; }

static int kernel_has(const char *option) {
  char command[200];
  if (access("/proc/config.gz", F_OK) != 0) return 0;
  snprintf(command, sizeof command, "zcat /proc/config.gz | grep -q '^%s='", option);
  return system(command) == 0;
}

static void setup(void) {
  signal(SIGUSR1, answer);
  results = mmap(0, sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  strcpy(directory, "/tmp/suite.XXXXXX");
  if (!mkdtemp(directory)) exit(2);
}

static void cleanup(void) {
  char command[100];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  system(command);
}

static int in_worker(void (*run)(int), int which) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    results->worker = getpid();
    run(which);
    results->passed++;
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  waitpid(child, &status, 0);
  return status;
}
