#include <sys/socket.h>

namespace net {
int last = -1;
namespace {
int hidden;
}
}  // namespace net

struct Base {
  long tag;
  int fd = -1;
};

class Server : public Base {
 public:
  static int opened;
  int backlog[2];

  __attribute__((noinline)) void start(int &out) {
    fd = ::socket(AF_INET, SOCK_STREAM, 0);
    backlog[1] = ::socket(AF_INET, SOCK_STREAM, 0);
    opened = ::socket(AF_INET, SOCK_STREAM, 0);
    out = ::socket(AF_INET, SOCK_STREAM, 0);
    net::last = ::socket(AF_INET, SOCK_STREAM, 0);
    net::hidden = ::socket(AF_INET, SOCK_STREAM, 0);
  }
};

int Server::opened;

int main() {
  Server server;
  int out;
  server.start(out);
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  return server.fd + server.backlog[1] + out + net::hidden + fd;
}
