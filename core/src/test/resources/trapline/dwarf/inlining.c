#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct point {
  int x, y;
};
enum color { RED = -1, GREEN, BLUE };
union word {
  long number;
  char text[8];
};
typedef unsigned long size_type;
typedef int (*operation)(int, const char *);

static int counter;

static inline __attribute__((always_inline)) int inner(int a, int b) {
  int product = a * b;
  if (product > 100)
    product -= counter++;
  return product;
}

static inline __attribute__((always_inline)) int middle(int limit) {
  int sum = 0;
  for (int i = 0; i < limit; i++) {
    sum += inner(i, limit) + inner(limit, sum);
  }
  return sum;
}

__attribute__((noinline)) static int cold_path(const char *what) {
  fprintf(stderr, "%s\n", what);
  abort();
}

__attribute__((noinline)) int apply(operation what, const char *const name) {
  return what(3, name) + 1;
}

static int length_of(int base, const char *name) { return base + (int)strlen(name); }

__attribute__((noinline)) int shapes(
    struct point *p, const struct point *const q, char **names, int grid[3][4]) {
  enum color paint = p->x > 3 ? BLUE : RED;
  union word w;
  volatile unsigned char small = (unsigned char)p->y;
  char buffer[16];
  const int fixed = 42;
  size_type n = strlen(names[0]);
  double ratio = n / 2.0;
  _Bool flag = ratio > 1;
  static long calls;
  calls++;
  w.number = q->x;
  memcpy(buffer, w.text, 8);
  buffer[8] = 0;
  if (flag) {
    int nested = grid[1][2] + fixed;
    struct {
      short a, b;
    } unnamed = {1, 2};
    printf("%d %d %s\n", nested, unnamed.a, buffer);
  }
  return paint + small + (int)calls;
}

int work(struct point *p, int n) {
  int result = middle(n);
  if (result == -12345)
    cold_path("never");
  p->x = result;
  p->y = middle(result & 7);
  return result;
}

int call(int domain,
         int type) {
  int sfd = socket(domain,
                   type,
                   0);
  if (sfd < 0) {
    perror("socket");
    exit(1);
  }
  return sfd;
}

int main(int argc, char **argv) {
  struct point p = {argc, 2};
  int grid[3][4] = {{argc}};
  int r = work(&p, argc);
  int s = call(AF_INET, SOCK_STREAM);
  int t = shapes(&p, &p, argv, grid) + apply(length_of, argv[0]);
  printf("%d %d %d %d %d %s\n", r, p.x, p.y, s, t, argv[0]);
  return 0;
}
