/* Thirty thousand calls, and some among them that fail. */
#include "suite.h"
int main(void) {
  setup();
  kernel_has("CONFIG_NET");
  int zero = open("/dev/zero", O_RDONLY);
  char byte;
  for (int i = 0; i < 30000; i++) {
    read(zero, &byte, 1);
    if (i % 3000 == 7) FAIL_SOCKET(i);
    if (i % 3000 == 1500) FAIL_SEEK(i);
  }
  read(-1, &byte, 1);
  cleanup();
}
