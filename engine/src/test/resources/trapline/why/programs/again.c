/* Runs itself again for each case, by fork and exec, posix_spawn and a shell. */
#include "suite.h"
extern char **environ;
int main(int n, char **v) {
  if (n > 1) {
    int which = atoi(v[1]);
    char path[128];
    FAIL_SOCKET(10 * which);
    snprintf(path, sizeof path, "%s/none-%s", n > 2 ? v[2] : "/nowhere", v[1]);
    FAIL_OPEN(10 * which + 1, path);
    FAIL_SEEK(10 * which + 2);
    return 0;
  }
  setup();
  kernel_has("CONFIG_PCI");
  for (int i = 1; i <= 12; i++) {
    char number[20], command[200];
    snprintf(number, sizeof number, "%d", i);
    char *arguments[] = {v[0], number, directory, 0};
    pid_t child;
    if (i % 3 == 0) {
      snprintf(command, sizeof command, "%s %d %s; true", v[0], i, directory);
      system(command);
    } else if (i % 3 == 1) {
      posix_spawn(&child, v[0], 0, 0, arguments, environ);
      waitpid(child, 0, 0);
    } else if ((child = fork()) == 0) {
      execv(v[0], arguments);
    } else {
      waitpid(child, 0, 0);
    }
  }
  cleanup();
}
