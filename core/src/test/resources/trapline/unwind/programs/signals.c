#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int *null;

__attribute__((noinline)) static void report(const char *text) {
  write(1, text, strlen(text));
}

static void on_fault(int number, siginfo_t *info, void *context) {
  report("fault\n");
  _exit(number == SIGSEGV && info != NULL && context != NULL ? 0 : 1);
}

static void on_user(int number) {
  if (number == SIGUSR1) *null = 1;
}

__attribute__((noinline)) static int fault(int n) {
  volatile char room[64];
  room[0] = (char)n;
  raise(SIGUSR1);
  return room[0];
}

int main(int argc, char **argv) {
  stack_t other = {.ss_sp = malloc(65536), .ss_size = 65536};
  if (argc > 0 && argv[0][0] != 0) sigaltstack(&other, NULL);
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGSEGV, &action, NULL);
  signal(SIGUSR1, on_user);
  return fault(argc);
}
