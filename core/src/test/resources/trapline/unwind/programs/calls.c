#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int sink;

__attribute__((noinline)) static int stop(const char *text) {
  return (int)write(1, text, strlen(text)) + sink;
}

__attribute__((noinline)) static int aligned(int n) {
  char block[256] __attribute__((aligned(64)));
  char *more = alloca((size_t)n * 32 + 16);
  memset(block, n, sizeof block);
  sprintf(more, "%d\n", n);
  return stop(more) + block[n];
}

__attribute__((noinline)) static int variable(int n) {
  char text[n + 20];
  sprintf(text, "%d", n);
  int got = aligned(n);
  return got + text[0];
}

__attribute__((noinline)) static int recurse(int n) {
  if (n == 0) return variable(3);
  return recurse(n - 1) + n;
}

static int compare(const void *a, const void *b) {
  static int once;
  if (!once++) sink += recurse(4);
  return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static int many(int a, int b, int c, int d, int e, int f, int g, int h) {
  int numbers[] = {a, b, c, d, e, f, g, h};
  qsort(numbers, 8, sizeof *numbers, compare);
  return numbers[0] * 7 + numbers[7];
}

int main(int argc, char **argv) {
  int result = many(argc, 7, 3, 9, 1, 4, 8, 2);
  return result + argv[0][0] == 0;
}
