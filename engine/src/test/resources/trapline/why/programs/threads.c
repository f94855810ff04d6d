/* Threads that make threads, in workers. */
#include "suite.h"
static void *leaf(void *number) {
  FAIL_SOCKET((long) number);
  FAIL_SEEK((long) number + 1);
  return 0;
}
static void *branch(void *number) {
  pthread_t threads[3];
  for (long i = 0; i < 3; i++) {
    pthread_create(&threads[i], 0, leaf, (void *) ((long) number + 10 * i));
    pthread_join(threads[i], 0);
  }
  FAIL_FCNTL((long) number + 5, 1);
  return 0;
}
static void one(int which) {
  pthread_t thread;
  pthread_create(&thread, 0, branch, (void *) (100L * which));
  pthread_join(thread, 0);
  FAIL_IOCTL(100L * which + 99, 0);
}
int main(void) {
  setup();
  if (kernel_has("CONFIG_SMP")) system("true");
  for (int i = 1; i <= 6; i++) in_worker(one, i);
  cleanup();
}
