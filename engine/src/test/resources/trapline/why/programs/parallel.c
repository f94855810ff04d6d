/* Workers at the same time, which find one another by process numbers. */
#include "suite.h"
int main(void) {
  setup();
  kernel_has("CONFIG_SMP");
  pid_t children[10];
  int go[2];
  pipe(go);
  for (int i = 0; i < 10; i++) {
    if ((children[i] = fork()) == 0) {
      char byte, path[128];
      close(go[1]);
      read(go[0], &byte, 1);
      snprintf(path, sizeof path, "/proc/%d/nothing", getpid());
      FAIL_OPEN(20 * i + 1, path);
      kill(getppid(), 0);
      snprintf(path, sizeof path, "%s/%d.%ld", directory, i, (long) time(0));
      FAIL_OPEN(20 * i + 2, path);
      for (int k = 0; k < 5; k++) FAIL_SEEK(20 * i + 3 + k);
      if (fork() == 0) { FAIL_SOCKET(20 * i + 10); _exit(0); }
      wait(0);
      _exit(0);
    }
  }
  close(go[1]);
  for (int i = 0; i < 10; i++) waitpid(children[i], 0, 0);
  FAIL_FCNTL(999, 0);
  cleanup();
}
