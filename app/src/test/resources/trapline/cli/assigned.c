#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>

struct endpoint {
  char name[12];
  union {
    int fd;
    float other;
  };
  struct {
    int in, out;
  } pair;
};

struct server {
  struct endpoint ends[3];
  struct endpoint *peer;
  long total;
  unsigned bits : 3;
  short small;
};

int listen_fd = -1;
static int file_fd;
int table[4];
struct server global;
static struct server *shared;
extern int other_fd;
struct server *volatile keep;

#define SIZE 4096

__attribute__((noinline)) void through(struct server *server, int *out, int i) {
  server->ends[1].fd = socket(AF_INET, SOCK_STREAM, 0);
  server->ends[i].pair.out = socket(AF_INET, SOCK_STREAM, 0);
  *out = socket(AF_INET, SOCK_STREAM, 0);
  server->peer->fd = socket(AF_INET, SOCK_STREAM, 0);
  shared->small = socket(AF_INET, SOCK_STREAM, 0);
  out[1] = socket(AF_INET, SOCK_STREAM, 0);
}

int main(void) {
  static int counted;
  struct server s = {0};
  int fds[3] = {0};
  long grid[2][2] = {0};
  unsigned char byte;
  bool flag;
  listen_fd = socket(AF_INET, SOCK_STREAM, 0);
  file_fd = socket(AF_INET, SOCK_STREAM, 0);
  other_fd = socket(AF_INET, SOCK_STREAM, 0);
  counted = socket(AF_INET, SOCK_STREAM, 0);
  table[2] = socket(AF_INET, SOCK_STREAM, 0);
  global.ends[2].fd = socket(AF_INET, SOCK_STREAM, 0);
  s.ends[0].pair.in = socket(AF_INET, SOCK_STREAM, 0);
  s.total = socket(AF_INET, SOCK_STREAM, 0);
  fds[1] = socket(AF_INET, SOCK_STREAM, 0);
  grid[1][0] = socket(AF_INET, SOCK_STREAM, 0);
  byte = socket(AF_INET, SOCK_STREAM, 0);
  s.peer = &global.ends[0];
  shared = &s;
  keep = calloc(1, sizeof *keep);
  keep->peer = &global.ends[1];
  through(keep, calloc(4, 4), 2);
  int bad = socket(-1, 0, 0);
  void *page = mmap(0, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  unsigned long count = socket(AF_INET, SOCK_STREAM, 0);
  int *volatile held = &fds[2];
  *held = socket(AF_INET, SOCK_STREAM, 0);
  // None of these assigns the result itself.
  flag = socket(AF_INET, SOCK_STREAM, 0) > 0;
  if (socket(-1, 0, 0) < 0) flag = !flag;
  s.total += socket(AF_INET, SOCK_STREAM, 0);
  global.bits = socket(AF_INET, SOCK_STREAM, 0);
  socket(AF_INET, SOCK_STREAM, 0);
  return file_fd + counted + fds[1] + (int)grid[1][0] + byte + bad + (page != 0) + (int)count + flag
      + (int)s.total;
}
