// Calls that are given less room than there is to return, or that return more than they store.
// Every buffer is full of '#' before the call: what is shown of it was not put there by the kernel.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <mqueue.h>
#include <unistd.h>

static unsigned char full[8192];
static void *fresh(void) {
  static int next;
  next = (next + 1) % 8;
  unsigned char *b = full + next * 1024;
  memset(b, '#', 1024);
  return b;
}
static int room_of[8];
static int *room(int n) {
  static int next;
  next = (next + 1) % 8;
  room_of[next] = n;
  return room_of + next;
}

static void datagrams(void) {
  int p[2];
  syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, p);
  for (int i = 0; i < 8; i++) syscall(SYS_write, p[0], "sixteen bytes it", 16);
  syscall(SYS_recvfrom, p[1], fresh(), 4, MSG_TRUNC, 0, 0);
  syscall(SYS_recvfrom, p[1], fresh(), 0, MSG_TRUNC, 0, 0);
  syscall(SYS_recvfrom, p[1], fresh(), 5, MSG_TRUNC | MSG_PEEK, fresh(), room(0));
  unsigned char *b = fresh();
  struct iovec two[2] = {{b, 3}, {b + 64, 4}};
  struct msghdr m = {.msg_iov = two, .msg_iovlen = 2, .msg_control = fresh(), .msg_controllen = 100};
  syscall(SYS_recvmsg, p[1], &m, MSG_TRUNC);
  unsigned char *c = fresh();
  struct iovec three[2] = {{c, 3}, {c + 64, 5}};
  struct mmsghdr mm[3] = {{{.msg_iov = three, .msg_iovlen = 1}, 77}, {{.msg_iov = three + 1, .msg_iovlen = 1}, 78}, {{0}, 79}};
  syscall(SYS_recvmmsg, p[1], mm, 2, MSG_TRUNC | MSG_DONTWAIT, 0);
  syscall(SYS_recvmmsg, p[1], mm, 3, MSG_DONTWAIT, 0);
  // Of messages that were not sent nothing is stored.
  struct iovec some = {"some", 4}, none = {(void *)8, 4};
  struct mmsghdr sent[3] = {{{.msg_iov = &some, .msg_iovlen = 1}}, {{.msg_iov = &none, .msg_iovlen = 1}}, {{.msg_iov = &some, .msg_iovlen = 1}}};
  for (int i = 0; i < 3; i++) memset(&sent[i].msg_len, '#', 4);
  syscall(SYS_sendmmsg, p[0], sent, 3, MSG_DONTWAIT);
  while (recv(p[1], c, 1, MSG_DONTWAIT) >= 0);
  struct msghdr e = {.msg_name = fresh(), .msg_namelen = 40, .msg_iov = two, .msg_iovlen = 2};
  syscall(SYS_recvmsg, p[1], &e, MSG_DONTWAIT);
  syscall(SYS_recvmmsg, p[1], mm, 2, MSG_DONTWAIT, 0);
  syscall(SYS_recvmsg, -1, 8, 0);
  syscall(SYS_recvfrom, p[1], fresh(), 5, MSG_DONTWAIT, fresh(), room(20));
}

static void addresses(void) {
  struct sockaddr_in any = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
  int l = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in here = any;
  int size = sizeof here;
  for (int i = 0; i < 3; i++) {}
  bind(l, (void *)&any, sizeof any);
  listen(l, 5);
  getsockname(l, (void *)&here, (socklen_t *)&size);
  int rooms[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 30, 200};
  for (int i = 0; i < 11; i++) syscall(SYS_getsockname, l, fresh(), room(rooms[i]));
  int c[4];
  for (int i = 0; i < 4; i++) { c[i] = socket(AF_INET, SOCK_STREAM, 0); connect(c[i], (void *)&here, sizeof here); }
  syscall(SYS_accept, l, fresh(), room(4));
  syscall(SYS_accept4, l, fresh(), room(0), SOCK_CLOEXEC);
  syscall(SYS_accept4, l, fresh(), room(2), 0);
  syscall(SYS_accept, l, fresh(), room(64));
  syscall(SYS_getpeername, c[0], fresh(), room(6));
  syscall(SYS_getpeername, c[0], fresh(), room(16));
  struct sockaddr_in6 six = {AF_INET6, 0, 0, IN6ADDR_LOOPBACK_INIT, 0};
  int u = socket(AF_INET6, SOCK_DGRAM, 0);
  bind(u, (void *)&six, sizeof six);
  for (int i = 0; i < 30; i += 5) syscall(SYS_getsockname, u, fresh(), room(i));
  // A sender with a long name, into little room.
  struct sockaddr_un long_name = {AF_UNIX, "trapline-a-socket-with-quite-a-long-name"};
  int d = socket(AF_UNIX, SOCK_DGRAM, 0), s = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un to = {AF_UNIX, "trapline-to"};
  bind(d, (void *)&to, sizeof to);
  syscall(SYS_bind, s, &long_name, sizeof long_name);
  for (int i = 0; i < 8; i++) sendto(s, "text", 4, 0, (void *)&to, sizeof to);
  syscall(SYS_recvfrom, d, fresh(), 100, 0, fresh(), room(2));
  syscall(SYS_recvfrom, d, fresh(), 100, 0, fresh(), room(12));
  syscall(SYS_recvfrom, d, fresh(), 100, 0, fresh(), room(110));
  syscall(SYS_recvfrom, d, fresh(), 2, MSG_TRUNC, fresh(), room(0));
  struct iovec one = {fresh(), 3};
  struct msghdr m = {.msg_name = fresh(), .msg_namelen = 9, .msg_iov = &one, .msg_iovlen = 1};
  syscall(SYS_recvmsg, d, &m, 0);
  struct mmsghdr mm[2] = {
    {{.msg_name = fresh(), .msg_namelen = 10, .msg_iov = &one, .msg_iovlen = 1}},
    {{.msg_name = fresh(), .msg_namelen = 200, .msg_iov = &one, .msg_iovlen = 1}}};
  syscall(SYS_recvmmsg, d, mm, 2, 0, 0);
  syscall(SYS_getsockname, s, fresh(), room(14));
  unlink("trapline-a-socket-with-quite-a-long-name");
  unlink("trapline-to");
}

static void options(void) {
  int s = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
  int p[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  for (int n = 0; n < 13; n += 2) {
    syscall(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, fresh(), room(n));
    syscall(SYS_getsockopt, s, SOL_SOCKET, SO_LINGER, fresh(), room(n));
    syscall(SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, fresh(), room(n));
    syscall(SYS_getsockopt, s, SOL_SOCKET, SO_RCVTIMEO, fresh(), room(n));
    syscall(SYS_getsockopt, s, IPPROTO_TCP, 13 /* TCP_CONGESTION */, fresh(), room(n));
    syscall(SYS_getsockopt, p[0], SOL_SOCKET, SO_PEERCRED, fresh(), room(n));
  }
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_RCVTIMEO, fresh(), room(100));
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_LINGER, fresh(), room(100));
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_RCVBUF, fresh(), room(100));
  syscall(SYS_getsockopt, s, SOL_SOCKET, SO_RCVBUF, fresh(), room(-1));
  struct linger l = {1, 2};
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_LINGER, &l, 4);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_LINGER, &l, 8);
  struct { struct linger l; int more; } ll = {{1, 3}, 4};
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_LINGER, &ll, 12);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &ll, 12);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &ll, 2);
  syscall(SYS_setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &ll, 8);
}

static void attributes(void) {
  int fd = syscall(SYS_open, "trapline-xattr", O_RDWR | O_CREAT, 0600);
  syscall(SYS_setxattr, "trapline-xattr", "user.k", "value", 5, 0);
  syscall(SYS_getxattr, "trapline-xattr", "user.k", fresh(), 0);
  syscall(SYS_getxattr, "trapline-xattr", "user.k", 0, 0);
  syscall(SYS_lgetxattr, "trapline-xattr", "user.k", fresh(), 0);
  syscall(SYS_fgetxattr, fd, "user.k", fresh(), 0);
  syscall(SYS_getxattr, "trapline-xattr", "user.k", fresh(), 3);
  syscall(SYS_getxattr, "trapline-xattr", "user.k", fresh(), 50);
  syscall(SYS_listxattr, "trapline-xattr", fresh(), 0);
  syscall(SYS_llistxattr, "trapline-xattr", fresh(), 0);
  syscall(SYS_flistxattr, fd, fresh(), 0);
  syscall(SYS_flistxattr, fd, 0, 0);
  syscall(SYS_flistxattr, fd, fresh(), 3);
  syscall(SYS_flistxattr, fd, fresh(), 60);
  syscall(SYS_read, fd, fresh(), 0);
  syscall(SYS_read, fd, fresh(), 9);
  syscall(SYS_pread64, fd, fresh(), 9, 100L);
  unlink("trapline-xattr");
}

static void sets(void) {
  gid_t groups[3] = {7, 8, 9};
  syscall(SYS_setgroups, 3, groups);
  syscall(SYS_getgroups, 0, fresh());
  syscall(SYS_getgroups, 0, 0);
  syscall(SYS_getgroups, 2, fresh());
  syscall(SYS_getgroups, 30, fresh());
  syscall(SYS_sched_getaffinity, 0, 4, fresh());
  syscall(SYS_sched_getaffinity, 0, 8, fresh());
  syscall(SYS_sched_getaffinity, 0, 512, fresh());
  int mode;
  memset(&mode, '#', 4);
  syscall(SYS_get_mempolicy, &mode, fresh(), 1, 0, 0);
  syscall(SYS_get_mempolicy, 0, fresh(), 64, 0, 4);
  syscall(SYS_get_mempolicy, 0, fresh(), 65, 0, 4);
  syscall(SYS_get_mempolicy, 0, fresh(), 1024, 0, 4);
  syscall(SYS_get_mempolicy, 0, fresh(), 1025, 0, 4);
  syscall(SYS_get_mempolicy, &mode, 0, 0, &mode, 3);
  unsigned long nodes[3] = {1, 0x2323232323232323, 0x2323232323232323};
  syscall(SYS_set_mempolicy, 2, nodes, 1);
  syscall(SYS_set_mempolicy, 2, nodes, 64);
  syscall(SYS_set_mempolicy, 2, nodes, 65);
  syscall(SYS_set_mempolicy, 0, 0, 0);
  syscall(SYS_migrate_pages, -1, 65, nodes, nodes);
  syscall(SYS_syslog, 10, fresh(), 50);
  syscall(SYS_syslog, 3, fresh(), 0);
  syscall(SYS_syslog, 3, fresh(), 4);
  int proc = open("/proc/self", O_RDONLY | O_DIRECTORY);
  syscall(SYS_getdents64, proc, fresh(), 10);
  syscall(SYS_getdents64, proc, fresh(), 40);
  syscall(SYS_getcwd, fresh(), 1);
  syscall(SYS_readlink, "/proc/self/exe", fresh(), 4);
  syscall(SYS_readlink, "/proc/self/exe", fresh(), 0);
  syscall(SYS_mincore, full, 0, fresh());
}

static void waits(void) {
  int p[2];
  char c;
  pipe(p);
  int pid = fork();
  if (pid == 0) { close(p[1]); read(p[0], &c, 1); _exit(3); }
  syscall(SYS_wait4, pid, fresh(), WNOHANG, fresh());
  syscall(SYS_waitid, P_PID, pid, fresh(), WNOHANG | WEXITED, fresh());
  syscall(SYS_waitid, P_PID, pid, 0, WNOHANG | WEXITED, fresh());
  close(p[1]);
  syscall(SYS_waitid, P_PID, pid, fresh(), WNOWAIT | WEXITED, fresh());
  syscall(SYS_wait4, pid, fresh(), 0, fresh());
  syscall(SYS_wait4, -1, fresh(), 0, fresh());
}

static void queues(void) {
  int q = msgget(IPC_PRIVATE, 0600);
  struct { long t; char text[16]; } m = {5, "message"};
  for (int i = 0; i < 3; i++) msgsnd(q, &m, 7, 0);
  syscall(SYS_msgrcv, q, fresh(), 3, 0, MSG_NOERROR);
  syscall(SYS_msgrcv, q, fresh(), 3, 0, 0);
  syscall(SYS_msgrcv, q, fresh(), 100, 0, 0);
  msgctl(q, IPC_RMID, 0);
  int k = syscall(SYS_add_key, "user", "trapline:test", "payload", 7, -2);
  syscall(SYS_keyctl, KEYCTL_READ, k, fresh(), 0);
  syscall(SYS_keyctl, KEYCTL_READ, k, fresh(), 3);
  syscall(SYS_keyctl, KEYCTL_READ, k, fresh(), 7);
  syscall(SYS_keyctl, KEYCTL_READ, k, fresh(), 70);
  syscall(SYS_keyctl, KEYCTL_DESCRIBE, k, fresh(), 3);
  syscall(SYS_keyctl, KEYCTL_DESCRIBE, k, fresh(), 100);
  syscall(SYS_keyctl, KEYCTL_GET_SECURITY, k, fresh(), 0);
  syscall(SYS_keyctl, KEYCTL_GET_SECURITY, k, fresh(), 100);
}

int main(void) {
  datagrams();
  addresses();
  options();
  attributes();
  sets();
  waits();
  queues();
  return 0;
}
