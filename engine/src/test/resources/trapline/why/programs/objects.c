/* Objects whose numbers the kernel gives out: shared memory, queues, semaphores, pipes. */
#include "suite.h"
static void one(int which) {
  int memory = shmget(IPC_PRIVATE, 4096, 0600), queue = msgget(IPC_PRIVATE, 0600);
  shmctl(memory, 9999, (void *) TAG(10 * which));
  msgctl(queue, 9999, (void *) TAG(10 * which + 1));
  int ends[2];
  pipe(ends);
  FAIL_FCNTL(10 * which + 2, ends[0]);
  FAIL_IOCTL(10 * which + 3, ends[1]);
  shmctl(memory, IPC_RMID, 0);
  msgctl(queue, IPC_RMID, 0);
}
int main(void) {
  setup();
  int config = open("/proc/config.gz", O_RDONLY); // stays open, so that descriptors are others
  if (config >= 0) dup(config);
  for (int i = 1; i <= 15; i++) in_worker(one, i);
  cleanup();
}
