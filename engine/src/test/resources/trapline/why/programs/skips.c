/* Cases that only a kernel with a readable configuration gets, in between the others, and a helper
 * that is started from where the workers are. */
#include "suite.h"
static void helper(int which) { execlp("true", "true", (char *) 0); _exit(1); }
static void plain(int which) {
  FAIL_SOCKET(100 + which);
  FAIL_SEEK(200 + which);
}
static void special(int which) {
  char path[128];
  snprintf(path, sizeof path, "%s/special-%d", directory, which);
  FAIL_OPEN(300 + which, path);
}
int main(void) {
  setup();
  int has = access("/proc/config.gz", F_OK) == 0;
  for (int i = 1; i <= 12; i++) {
    if (has && i % 3 == 0) in_worker(helper, i);
    if (has && i % 4 == 0) in_worker(special, i);
    if (i % 2) in_worker(plain, i);
    else {
      char path[128];
      snprintf(path, sizeof path, "%s/even-%d", directory, i);
      FAIL_OPEN(400 + i, path);
      FAIL_IOCTL(500 + i, 0);
    }
  }
  cleanup();
}
