/* Threads and processes that name files by process, thread, time and counters. */
#include "suite.h"
static int counter;
static void named(int which, const char *format, long number) {
  char path[160], name[80];
  snprintf(name, sizeof name, format, number);
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FAIL_OPEN(which, path);
}
static void *thread(void *number) {
  long which = (long) number;
  named(which, "thread-%ld", syscall(SYS_gettid));
  named(which + 1, "counter-%ld", ++counter);
  FAIL_SEEK(which + 2);
  return 0;
}
static void worker(int which) {
  char own[160];
  pthread_t one, two;
  if (which % 4 == 0 && access("/proc/config.gz", F_OK) == 0) system("true");
  snprintf(own, sizeof own, "%s/w.XXXXXX", directory);
  if (!mkdtemp(own)) _exit(1);
  pthread_create(&one, 0, thread, (void *) (20L * which));
  pthread_join(one, 0);
  pthread_create(&two, 0, thread, (void *) (20L * which + 3));
  pthread_join(two, 0);
  named(20 * which + 6, "%ld.log", time(0));
  named(20 * which + 7, "log.%ld", (long) getpid());
  strcat(own, "/none");
  FAIL_OPEN(20 * which + 8, own);
  if (fork() == 0) {
    named(20 * which + 9, "child-%ld", (long) getpid());
    named(20 * which + 10, "of-%ld", (long) getppid());
    execlp("cat", "cat", "/none", (char *) 0);
    _exit(1);
  }
  wait(0);
  rmdir(strrchr(own, '/') ? (*strrchr(own, '/') = 0, own) : own);
}
int main(void) {
  setup();
  kernel_has("CONFIG_FUTEX");
  freopen("/dev/null", "w", stderr);
  for (int i = 1; i <= 12; i++) {
    if (i % 3 == 0) kernel_has("CONFIG_BLOCK");
    in_worker(worker, i);
    named(20 * i + 11, "run-%ld", counter + i);
  }
  cleanup();
}
