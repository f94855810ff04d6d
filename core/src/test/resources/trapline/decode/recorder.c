// Runs a program under ptrace and serves its system call stops on standard streams, so that a
// test can look at the registers and the memory of each stop. Commands, one a line, on stdin:
//   n              go on to the next stop; answers `S <27 registers>`, `G <signal>` or `X <status>`
//   r ADDRESS LEN  answers `M <hex of the readable part>`
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t readable(pid_t pid, unsigned long address, unsigned char *into, size_t length) {
  size_t done = 0;
  while (done < length) {
    size_t part = 4096 - (address + done) % 4096;
    if (part > length - done) part = length - done;
    struct iovec here = {into + done, part}, there = {(void *)(address + done), part};
    if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)part) break;
    done += part;
  }
  return done;
}

int main(int argc, char **argv) {
  personality(ADDR_NO_RANDOMIZE);
  pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    int null = 0;
    (void)null;
    FILE *in = freopen("/dev/null", "r", stdin);
    FILE *out = freopen("/dev/null", "w", stdout);
    (void)in; (void)out;
    execv(argv[1], argv + 1);
    _exit(127);
  }
  int status, signal = 0, started = 0;
  waitpid(pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, pid, 0,
         PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC);
  static char line[256];
  static unsigned char bytes[1 << 20];
  while (fgets(line, sizeof line, stdin)) {
    if (line[0] == 'n') {
      for (;;) {
        ptrace(PTRACE_SYSCALL, pid, 0, signal);
        signal = 0;
        if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) {
          printf("X %d\n", status);
          break;
        }
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
          started = 1;
          continue;
        }
        if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
          if (!started) continue;
          struct user_regs_struct regs;
          ptrace(PTRACE_GETREGS, pid, 0, &regs);
          unsigned long *slot = (unsigned long *)&regs;
          printf("S");
          for (int i = 0; i < 27; i++) printf(" %lx", slot[i]);
          printf("\n");
          break;
        }
        signal = WSTOPSIG(status);
        printf("G %d\n", signal);
        break;
      }
    } else if (line[0] == 'r') {
      unsigned long address;
      size_t length;
      sscanf(line + 1, "%lx %zu", &address, &length);
      if (length > sizeof bytes) length = sizeof bytes;
      size_t got = readable(pid, address, bytes, length);
      printf("M ");
      for (size_t i = 0; i < got; i++) printf("%02x", bytes[i]);
      printf("\n");
    }
    fflush(stdout);
  }
  return 0;
}
