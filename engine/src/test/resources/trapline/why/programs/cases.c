/* Many cases, each in a worker. */
#include "suite.h"
static void one(int which) {
  char path[128];
  FAIL_SOCKET(10 * which);
  snprintf(path, sizeof path, "%s/missing-%d", directory, which);
  FAIL_OPEN(10 * which + 1, path);
  snprintf(path, sizeof path, "%s/pid.%d", directory, getpid());
  FAIL_OPEN(10 * which + 2, path);
  FAIL_FCNTL(10 * which + 3, 1);
}
int main(void) {
  setup();
  kernel_has("CONFIG_NET");
  for (int i = 1; i <= 30; i++) in_worker(one, i);
  cleanup();
}
