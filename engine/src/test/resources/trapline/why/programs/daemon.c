/* A daemon that forks twice, and tells its number by a file. */
#include "suite.h"
int main(void) {
  int done[2];
  char byte, path[128];
  setup();
  kernel_has("CONFIG_UNIX");
  for (int i = 1; i <= 8; i++) {
    pipe(done);
    pid_t child = fork();
    if (child == 0) {
      setsid();
      FAIL_SEEK(10 * i);
      if (fork() == 0) {
        FAIL_SOCKET(10 * i + 1);
        snprintf(path, sizeof path, "/run/none/%d.pid", getpid());
        FAIL_OPEN(10 * i + 2, path);
        write(done[1], "x", 1);
        _exit(0);
      }
      _exit(0);
    }
    close(done[1]);
    waitpid(child, 0, 0);
    read(done[0], &byte, 1);
    close(done[0]);
    FAIL_FCNTL(10 * i + 3, 0);
  }
  cleanup();
}
