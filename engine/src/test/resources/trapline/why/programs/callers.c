/* The same call from many places, of which some are only come to where there is a configuration. */
#include "suite.h"
static long __attribute__((noinline)) ask(int n) { long r = FAIL_SOCKET(n); return r + 1; }
static long __attribute__((noinline)) first(int n) { long r = ask(n); return r + 2; }
static long __attribute__((noinline)) second(int n) { long r = ask(n); return r + 3; }
static long __attribute__((noinline)) third(int n) { long r = ask(n); return r + 4; }
static void one(int which) {
  volatile int has = access("/proc/config.gz", F_OK) == 0;
  if (has) first(1000 + which);
  second(2000 + which);
  if (has) first(3000 + which);
  third(4000 + which);
  second(5000 + which);
}
int main(void) {
  setup();
  for (int i = 1; i <= 10; i++) in_worker(one, i);
  cleanup();
}
