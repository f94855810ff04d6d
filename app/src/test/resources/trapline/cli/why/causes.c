// Calls that fail for reasons that can be seen on this machine. Run in an empty directory.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int listener(int type, struct sockaddr_in *at) {
  int s = socket(AF_INET, type, 0);
  memset(at, 0, sizeof *at);
  at->sin_family = AF_INET;
  at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(s, (struct sockaddr *)at, sizeof *at);
  socklen_t size = sizeof *at;
  getsockname(s, (struct sockaddr *)at, &size);
  if (type == SOCK_STREAM) listen(s, 1);
  return s;
}

static void ports(void) {
  struct sockaddr_in at;
  int own = listener(SOCK_STREAM, &at);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  bind(s, (struct sockaddr *)&at, sizeof at);  // port-own
  close(own);
  int ready[2], done[2];
  pipe(ready);
  pipe(done);
  pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    listener(SOCK_DGRAM, &at);
    write(ready[1], &at, sizeof at);
    read(done[0], &at, 1);
    _exit(0);
  }
  read(ready[0], &at, sizeof at);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  bind(s, (struct sockaddr *)&at, sizeof at);  // port-other
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  own = listener(SOCK_STREAM, &at);
  close(own);
  s = socket(AF_INET, SOCK_STREAM, 0);
  connect(s, (struct sockaddr *)&at, sizeof at);  // nobody-listens
  shutdown(socket(AF_INET, SOCK_STREAM, 0), SHUT_RD);  // no-peer
  struct sockaddr_un un = {AF_UNIX, "sock"};
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(s, (struct sockaddr *)&un, sizeof un);
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(s, (struct sockaddr *)&un, sizeof un);     // unix-there
  connect(s, (struct sockaddr *)&un, sizeof un);  // unix-nobody
  inet_pton(AF_INET, "203.0.113.9", &at.sin_addr);
  s = socket(AF_INET, SOCK_STREAM, 0);
  bind(s, (struct sockaddr *)&at, sizeof at);  // not-local
}

// Errors that the kernel keeps for a later call.
static void kept(void) {
  struct sockaddr_in at;
  close(listener(SOCK_DGRAM, &at));
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  connect(s, (struct sockaddr *)&at, sizeof at);
  send(s, "ask", 3, 0);
  char answer[8];
  recv(s, answer, sizeof answer, 0);  // unheard
  write(s, "again", 5);
  send(s, "once more", 9, 0);  // sent-into-nothing
  close(listener(SOCK_STREAM, &at));
  s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connect(s, (struct sockaddr *)&at, sizeof at) < 0) {
    struct pollfd p = {s, POLLOUT, 0};
    poll(&p, 1, -1);
    read(s, answer, sizeof answer);  // later-refused
  }
}

static void paths(void) {
  char name[400];
  mkdir("d", 0700);
  mkdir("d/e", 0700);
  close(open("d/file", O_CREAT | O_WRONLY, 0640));
  symlink("nowhere", "d/dangling");
  symlink("loop", "loop");
  open("d/missing/x", O_RDONLY);           // missing-directory
  open("d/dangling", O_RDONLY);            // dangling
  open("d/file/x", O_RDONLY);              // not-directory
  open("loop", O_RDONLY);                  // loop
  open("d/dangling", O_RDONLY | O_NOFOLLOW);  // no-follow
  mkdir("d/e", 0700);                      // exists
  rmdir("d");                              // not-empty
  open("d", O_WRONLY);                     // directory
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  open(name, O_RDONLY);  // long-name
  int f = open("script", O_CREAT | O_WRONLY, 0755);
  write(f, "#!/no/such/shell -x\n", 20);
  symlink("nowhere", "d/\xff");
  open("d/\xff", O_RDONLY);          // odd-name
  open("/proc/self/nothing", O_RDONLY);  // own-process
  close(f);
  char *argv[] = {"script", NULL};
  execv("script", argv);  // interpreter
  link("d/file", "d/none/x");  // missing-target
}

static void descriptors(void) {
  int f = open("d/file", O_RDONLY);
  write(f, "x", 1);        // read-only
  read(777, &f, 1);        // not-open
  int p[2];
  pipe(p);
  lseek(p[0], 0, SEEK_SET);  // pipe
  listen(f, 1);              // not-socket
  struct winsize w;
  ioctl(f, TIOCGWINSZ, &w);  // not-terminal
}

static void locks(void) {
  int f = open("d/lock", O_CREAT | O_RDWR, 0600);
  int ready[2], done[2];
  pipe(ready);
  pipe(done);
  pid_t child = fork();
  if (child == 0) {
    int g = open("d/lock", O_RDWR);
    flock(g, LOCK_EX);
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
    fcntl(g, F_SETLK, &l);
    write(ready[1], "x", 1);
    close(done[1]);
    read(done[0], &f, 1);
    _exit(0);
  }
  char c;
  read(ready[0], &c, 1);
  int other = open("d/elsewhere", O_CREAT | O_RDWR, 0600);
  flock(f, LOCK_EX | LOCK_NB);  // flock
  struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  fcntl(f, F_SETLK, &l);  // record-lock
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  waitpid(-1, NULL, 0);   // no-children
  kill(child, 0);         // no-process
}

static void limits(void) {
  struct rlimit old, few = {40, 40};
  getrlimit(RLIMIT_NOFILE, &old);
  few.rlim_max = old.rlim_max;
  setrlimit(RLIMIT_NOFILE, &few);
  while (dup(0) >= 0) {}  // descriptors
  setrlimit(RLIMIT_NOFILE, &old);
  for (int i = 20; i < 40; i++) close(i);
  getrlimit(RLIMIT_AS, &old);
  struct rlimit space = {64 << 20, old.rlim_max};
  setrlimit(RLIMIT_AS, &space);
  int how = MAP_PRIVATE | MAP_ANONYMOUS;
  mmap(NULL, 512 << 20, PROT_READ, how, -1, 0);  // address-space
  setrlimit(RLIMIT_AS, &old);
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &old);
  struct rlimit small = {4, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  int f = open("d/grown", O_CREAT | O_WRONLY, 0600);
  ftruncate(f, 5);  // file-size
  setrlimit(RLIMIT_FSIZE, &old);
}

static void as_root(void) {
  if (geteuid() != 0) return;
  mkdir("m", 0755);
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount("small", "m", "tmpfs", MS_NOEXEC, "size=8k,nr_inodes=10") != 0) {
    fputs("nothing can be mounted\n", stderr);
    return;
  }
  int f = open("m/f", O_CREAT | O_WRONLY, 0755);
  char page[16384] = {0};
  write(f, page, 8192);
  write(f, page, sizeof page);  // full
  close(f);
  f = open("m/kept", O_CREAT | O_RDWR, 0600);
  int flags = FS_IMMUTABLE_FL;
  if (ioctl(f, FS_IOC_SETFLAGS, &flags) == 0) unlink("m/kept");  // immutable
  flags = 0;
  ioctl(f, FS_IOC_SETFLAGS, &flags);
  close(f);
  char *argv[] = {"m/f", NULL};
  execv("m/f", argv);              // no-exec
  link("m/f", "d/linked");         // mounts
  mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL);
  open("m/g", O_CREAT | O_WRONLY, 0600);  // read-only-mount
  umount("m");
}

static void as_nobody(void) {
  if (geteuid() != 0) return;
  mkdir("closed", 0700);
  close(open("closed/file", O_CREAT | O_WRONLY, 0600));
  close(open("secret", O_CREAT | O_WRONLY, 0600));
  mkdir("shared", 01777);
  chmod("shared", 01777);
  close(open("shared/theirs", O_CREAT | O_WRONLY, 0666));
  pid_t child = fork();
  if (child != 0) {
    waitpid(child, NULL, 0);
    return;
  }
  setgid(65534);
  setuid(65534);
  open("closed/file", O_RDONLY);   // search
  open("secret", O_RDWR);          // mode
  open("new", O_CREAT | O_WRONLY, 0600);  // parent
  unlink("shared/theirs");         // sticky
  chmod("shared/theirs", 0600);    // owner
  kill(1, SIGHUP);                 // other-user
  sethostname("x", 1);             // capability
  struct sockaddr_in low = {.sin_family = AF_INET, .sin_port = htons(1)};
  int s = socket(AF_INET, SOCK_STREAM, 0);
  bind(s, (struct sockaddr *)&low, sizeof low);  // low-port
  _exit(0);
}

int main(void) {
  umask(022);
  ports();
  kept();
  paths();
  descriptors();
  locks();
  limits();
  as_root();
  as_nobody();
  return 0;
}
