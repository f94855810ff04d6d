/* Calls that fail; the comment at each line's end names the case in cases.txt. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
static struct sockaddr_in at(int port) {
  return (struct sockaddr_in) {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
int main(void) {
  struct sockaddr_in a = at(17123), closed = at(1), web = at(80);
  int one = 1;
  int first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_STREAM, 0);
  bind(first, (void *) &a, sizeof a);
  listen(first, 1);
  bind(second, (void *) &a, sizeof a);                         // taken port
  bind(second, (void *) &a, 3);                                // short address
  accept(second, 0, 0);                                        // not listening
  connect(second, (void *) &closed, sizeof closed);            // closed port
  setsockopt(second, 12345, TCP_NODELAY, &one, sizeof one);    // bad level
  setsockopt(second, IPPROTO_TCP, 12345, &one, sizeof one);    // bad option
  setsockopt(second, SOL_SOCKET, 12345, &one, sizeof one);     // bad socket option
  int third = socket(AF_INET, SOCK_STREAM, 0);
  if (fork() == 0) {
    setresuid(65534, 65534, 65534);
    bind(third, (void *) &web, sizeof web);                    // low port
    _exit(0);
  }
  wait(0);
}
