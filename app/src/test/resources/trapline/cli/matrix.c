#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

struct holder { int a, fd; };
static struct holder kept;
static int table[4];
static char alternate[16384];

static inline __attribute__((always_inline)) int opened(const char *name) {
  return open(name, O_RDONLY | O_CLOEXEC);
}

static __attribute__((noinline)) int outer(int depth) {
  if (depth > 0) {
    return outer(depth - 1) + 1;
  }
  int fd = opened("/nonexistent/file");
  return fd;
}

static int compare(const void *a, const void *b) {
  if (getppid() < 0) return 1;
  return *(const int *) a - *(const int *) b;
}

static void handler(int number) {
  char c = '0' + number % 10;
  if (getpgrp() < 0) c = '?';
  table[3] = c;
}

static __attribute__((noinline)) long own_trap(long number) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
  return result;
}

int main(void) {
  int total = outer(2);
  int sfd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(sfd, (struct sockaddr *) &address, sizeof address) != 0) return 3;
  int backlog = listen(sfd, 5);
  kept.fd = dup(sfd);
  table[1] = dup2(sfd, 20);
  int numbers[] = {3, 1};
  qsort(numbers, 2, sizeof numbers[0], compare);
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_sp = alternate;
  stack.ss_size = sizeof alternate;
  sigaltstack(&stack, 0);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, 0);
  raise(SIGUSR1);
  long umask_now = syscall(SYS_umask, 022);
  long session = own_trap(SYS_getuid);
  printf("%d %d %ld %ld\n", total, backlog, umask_now, session * 0);
  fflush(stdout);
  struct utsname name;
  uname(&name);
  int status = close(-1);
  int bad = unlink("/nonexistent/file");
  if (bad < 0 && errno == ENOENT) status++;
  alarm(0);
  _exit(status);
}
