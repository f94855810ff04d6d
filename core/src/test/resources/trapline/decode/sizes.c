// Structures that say their size, or are given one: shorter and longer than they are known to be.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
struct sched_attr { uint32_t size, sched_policy; uint64_t sched_flags; int32_t sched_nice; uint32_t sched_priority; uint64_t runtime, deadline, period; uint32_t util_min, util_max; };

static unsigned char full[8192];
static void *fresh(void) {
  static int next;
  next = (next + 1) % 8;
  unsigned char *b = full + next * 1024;
  memset(b, '#', 1024);
  return b;
}
/// A structure at the end of readable memory, so that nothing behind it can be read.
static void *at_end(const void *from, size_t size) {
  static unsigned char *page;
  if (!page) {
    page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
  }
  memset(page, '#', 4096);
  return memcpy(page + 4096 - size, from, size);
}

static void open_hows(void) {
  struct { struct open_how how; uint64_t more[4]; } h = {{O_RDONLY | O_CLOEXEC, 0, 0x10}};
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 24L);
  syscall(SYS_openat2, AT_FDCWD, "/", at_end(&h, 24), 24L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 16L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 0L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 23L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 40L);
  h.more[1] = 0x102030405060708;
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 32L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 40L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 37L);
  syscall(SYS_openat2, AT_FDCWD, "/", at_end(&h, 40), 48L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 4097L);
  syscall(SYS_openat2, AT_FDCWD, "/", &h, 1L << 40);
}

static void clones(void) {
  struct { uint64_t w[16]; } c = {{0}};
  static int parent, pidfd, child;
  c.w[4] = SIGCHLD;
  int sizes[] = {0, 8, 63, 64, 68, 72, 80, 88, 96, 128};
  for (int i = 0; i < 10; i++) {
    long r = syscall(SYS_clone3, &c, (long)sizes[i]);
    if (r == 0) _exit(0);
    if (r > 0) waitpid(r, 0, 0);
  }
  c.w[12] = 0xabcd;
  syscall(SYS_clone3, &c, 88L) == 0 ? _exit(0) : 0;
  wait(0);
  syscall(SYS_clone3, &c, 100L);
  syscall(SYS_clone3, &c, 104L);
  syscall(SYS_clone3, &c, 5000L);
  c.w[0] = CLONE_PARENT_SETTID | CLONE_PIDFD | CLONE_CHILD_SETTID;
  c.w[1] = (uintptr_t)&pidfd; c.w[2] = (uintptr_t)&child; c.w[3] = (uintptr_t)&parent;
  memset(&parent, '#', 4); memset(&pidfd, '#', 4); memset(&child, '#', 4);
  syscall(SYS_clone3, &c, 64L) == 0 ? _exit(0) : 0;
  wait(0);
  memset(&parent, '#', 4);
  c.w[0] = CLONE_PARENT_SETTID;
  syscall(SYS_clone3, &c, 88L) == 0 ? _exit(0) : 0;
  wait(0);
  memset(&parent, '#', 4);
  c.w[0] = CLONE_PARENT_SETTID | CLONE_THREAD;
  syscall(SYS_clone3, &c, 88L);
  c.w[0] = CLONE_PIDFD; c.w[8] = (uintptr_t)&child; c.w[9] = 77;
  syscall(SYS_clone3, &c, 88L);
  syscall(SYS_clone3, &c, 64L) == 0 ? _exit(0) : 0;
  wait(0);
  syscall(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, &parent, 0, 0) == 0 ? _exit(0) : 0;
  wait(0);
  syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &parent, 0, 0) == 0 ? _exit(0) : 0;
  wait(0);
}

static void schedules(void) {
  struct { struct sched_attr a; uint32_t more[10]; } s;
  int sizes[] = {0, 4, 47, 48, 52, 56, 64, 72, 4096, 5000};
  for (int i = 0; i < 10; i++) {
    memset(&s, 0, sizeof s);
    s.a.size = sizes[i];
    s.a.sched_nice = 1;
    syscall(SYS_sched_setattr, 0, &s, 0);
  }
  s.a.size = 72;
  s.more[0] = 0x55; s.more[2] = 9; s.more[3] = 10;
  syscall(SYS_sched_setattr, 0, &s, 0);
  for (int i = 0; i < 10; i++) syscall(SYS_sched_getattr, 0, fresh(), sizes[i], 0);
}

static void perf(void) {
  struct { struct perf_event_attr a; uint64_t more[8]; } p;
  int sizes[] = {0, 8, 48, 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 200, 5000};
  for (int i = 0; i < 15; i++) {
    memset(&p, 0, sizeof p);
    p.a.type = PERF_TYPE_SOFTWARE;
    p.a.size = sizes[i];
    p.a.config = PERF_COUNT_SW_CPU_CLOCK;
    p.a.sample_period = 7;
    p.a.disabled = 1; p.a.exclude_kernel = 1; p.a.exclude_hv = 1;
    p.a.wakeup_events = 5;
    p.a.bp_type = 0;
    p.a.config1 = 0x11; p.a.config2 = 0x22; p.a.branch_sample_type = 1;
    p.a.sample_regs_user = 0x33; p.a.sample_stack_user = 16;
    p.a.clockid = 1; p.a.aux_watermark = 3; p.a.sample_max_stack = 9;
    syscall(SYS_perf_event_open, &p, 0, -1, -1, 0);
  }
  p.a.size = 160;
  p.more[0] = p.more[1] = p.more[2] = 0x4142434445464748;
  syscall(SYS_perf_event_open, &p, 0, -1, -1, 0);
}

static void others(void) {
  uint64_t w[16] = {0};
  // mount_setattr, landlock, xattrat, file attributes
  w[0] = 1;
  int sizes[] = {0, 8, 16, 24, 31, 32, 40, 64, 5000};
  for (int i = 0; i < 9; i++) {
    syscall(442, -1, "/nowhere", 0, w, (long)sizes[i]);
    int fd = syscall(444, w, (long)sizes[i], 0);
    if (fd > 0) close(fd);
    syscall(463, AT_FDCWD, "/nowhere", 0, "user.x", w, (long)sizes[i]);
    syscall(464, AT_FDCWD, "/nowhere", 0, "user.x", w, (long)sizes[i]);
    syscall(468, AT_FDCWD, "/", fresh(), (long)sizes[i], 0);
    syscall(469, AT_FDCWD, "/nowhere", w, (long)sizes[i], 0);
  }
  w[5] = 0x7788;
  syscall(442, -1, "/nowhere", 0, w, 48L);
  syscall(444, w, 48L, 0);
  syscall(469, AT_FDCWD, "/nowhere", w, 48L, 0);
  syscall(444, 0, 0, 1);
  // statmount, listmount
  struct { uint32_t size, spare; uint64_t id, param, ns, more; } r = {24, 0, 1, 3, 0, 0};
  int sized[] = {0, 8, 24, 32, 40, 5000};
  for (int i = 0; i < 6; i++) {
    r.size = sized[i];
    syscall(457, &r, fresh(), 512, 0);
    r.id = -1; r.param = 0;
    syscall(458, &r, fresh(), 2, 0);
    r.id = 1; r.param = 3;
  }
  r.size = 40; r.more = 99;
  syscall(457, &r, fresh(), 512, 0);
  syscall(457, &r, fresh(), 0, 0);
  // lists of security modules
  int size = 4;
  syscall(461, fresh(), &size, 0);
  size = 500;
  syscall(461, fresh(), &size, 0);
  size = 500;
  syscall(459, 100, fresh(), &size, 0);
  // bpf
  union bpf_attr b;
  memset(&b, 0, sizeof b);
  b.map_type = BPF_MAP_TYPE_ARRAY; b.key_size = 4; b.value_size = 8; b.max_entries = 1;
  int bs[] = {0, 4, 16, 20, 28, 44, 48, 72, 128, 160};
  for (int i = 0; i < 10; i++) { int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &b, bs[i]); if (fd > 0) close(fd); }
  ((char *)&b)[100] = 1;
  syscall(SYS_bpf, BPF_MAP_CREATE, &b, 128);
}

static void rings(void) {
  struct io_uring_params p;
  memset(&p, 0, sizeof p);
  int fd = syscall(SYS_io_uring_setup, 4, &p);
  struct { void *base; size_t length; } buffers[2] = {{full, 4096}, {full + 4096, 100}};
  syscall(SYS_io_uring_register, fd, 0, buffers, 2);
  syscall(SYS_io_uring_register, fd, 1, 0, 0);
  int files[3] = {0, -1, 1};
  syscall(SYS_io_uring_register, fd, 2, files, 3);
  syscall(SYS_io_uring_register, fd, 2, 8, 3);
  syscall(SYS_io_uring_register, fd, 4, files, 1);
  syscall(SYS_io_uring_register, fd, 99, files, 1);
  syscall(SYS_io_uring_setup, 5, &p);
  memset(&p, 0, sizeof p);
  p.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP; p.cq_entries = 32;
  syscall(SYS_io_uring_setup, 3, &p);
  memset(&p, 0, sizeof p);
  p.flags = IORING_SETUP_SQPOLL | 0x80000000; p.sq_thread_cpu = 1; p.sq_thread_idle = 20; p.wq_fd = 5;
  syscall(SYS_io_uring_setup, 3, &p);
  memset(&p, 0, sizeof p);
  p.flags = IORING_SETUP_ATTACH_WQ; p.wq_fd = fd;
  syscall(SYS_io_uring_setup, 3, &p);
  p.resv[0] = 5;
  syscall(SYS_io_uring_setup, 3, &p);
  syscall(SYS_io_uring_setup, 0, 8);
}

static void interfaces(void) {
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  int asked[] = {SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMETRIC,
                 SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFMAP, SIOCGIFTXQLEN, SIOCGIFSLAVE, SIOCGIFMEM, SIOCGIFENCAP};
  for (int i = 0; i < 14; i++) {
    struct ifreq *r = fresh();
    strcpy(r->ifr_name, "lo");
    syscall(SYS_ioctl, s, (long)asked[i], r);
    strcpy(r->ifr_name, "nonesuch0");
    syscall(SYS_ioctl, s, (long)asked[i], r);
  }
  struct ifreq r = {0};
  r.ifr_ifindex = 1;
  syscall(SYS_ioctl, s, SIOCGIFNAME, &r);
  memset(&r, '#', sizeof r);
  r.ifr_ifindex = 9999;
  syscall(SYS_ioctl, s, SIOCGIFNAME, &r);
  memset(&r, 0, sizeof r);
  strcpy(r.ifr_name, "nonesuch1");
  r.ifr_flags = IFF_UP | IFF_PROMISC;
  syscall(SYS_ioctl, s, SIOCSIFFLAGS, &r);
  r.ifr_mtu = 1400;
  syscall(SYS_ioctl, s, SIOCSIFMTU, &r);
  r.ifr_metric = 3;
  syscall(SYS_ioctl, s, SIOCSIFMETRIC, &r);
  syscall(SYS_ioctl, s, SIOCSIFTXQLEN, &r);
  struct sockaddr_in a = {AF_INET, 0, {htonl(0x7f000009)}};
  memcpy(&r.ifr_addr, &a, sizeof a);
  syscall(SYS_ioctl, s, SIOCSIFADDR, &r);
  syscall(SYS_ioctl, s, SIOCSIFNETMASK, &r);
  syscall(SYS_ioctl, s, SIOCSIFBRDADDR, &r);
  syscall(SYS_ioctl, s, SIOCSIFDSTADDR, &r);
  r.ifr_hwaddr.sa_family = 1;
  syscall(SYS_ioctl, s, SIOCSIFHWADDR, &r);
  strcpy(r.ifr_newname, "other0");
  syscall(SYS_ioctl, s, SIOCSIFNAME, &r);
  syscall(SYS_ioctl, s, SIOCGIFFLAGS, 8);
  // The list of them, into different room.
  int lengths[] = {0, 10, 40, 80, 100, 800, -1};
  for (int i = 0; i < 7; i++) {
    struct ifconf c = {.ifc_len = lengths[i], .ifc_buf = fresh()};
    syscall(SYS_ioctl, s, SIOCGIFCONF, &c);
    c.ifc_len = lengths[i];
    c.ifc_buf = 0;
    syscall(SYS_ioctl, s, SIOCGIFCONF, &c);
  }
}

static void clocks(void) {
  struct timespec t;
  long ids[] = {0, 1, 11, 12, 15, 16, 99, -1, -6, -2, -5, (-1L << 3) | 2, ((~3L) << 3) | 3, 0xfffffffaL, 0x100000001L,
                (~(long)getpid() << 3) | 2, (~(long)getpid() << 3) | 6, 0x80000000L, 0xfffffffffffffffbL};
  for (int i = 0; i < 19; i++) {
    syscall(SYS_clock_gettime, ids[i], &t);
    syscall(SYS_clock_getres, ids[i], &t);
  }
  timer_t id;
  struct itimerspec it = {{0}};
  syscall(SYS_timer_create, -6L, 0, &id);
  syscall(SYS_timerfd_create, 0xfffffffaL, 0);
  syscall(SYS_clock_nanosleep, -6L, 0, &it, 0);
}

int main(void) {
  open_hows();
  clones();
  schedules();
  perf();
  others();
  rings();
  interfaces();
  clocks();
  return 0;
}
