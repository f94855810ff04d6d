/* A file system with one file, `file`, whose use hangs: hang DIR lookup|open|read. It answers what comes before that,
   prints `ready` when it is mounted, and `hangs` when a request is left without an answer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int fuse;

static void answer(struct fuse_in_header *in, int error, const void *body, size_t size)
{
  char out[4096];
  struct fuse_out_header header = {sizeof header + size, error, in->unique};
  memcpy(out, &header, sizeof header);
  if (size)
    memcpy(out + sizeof header, body, size);
  if (write(fuse, out, header.len) < 0)
    perror("answer");
}

static void attributes(struct fuse_attr *of, unsigned long node)
{
  memset(of, 0, sizeof *of);
  of->ino = node;
  of->mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0644;
  of->nlink = 1;
  of->size = node == 1 ? 0 : 100;
}

int main(int count, char **words)
{
  static char request[1 << 20];
  char options[100];
  fuse = open("/dev/fuse", O_RDWR);
  if (count != 3 || fuse < 0)
    return perror("/dev/fuse"), 1;
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fuse, getuid(), getgid());
  if (mount("hang", words[1], "fuse", MS_NOSUID | MS_NODEV, options))
    return perror("mount"), 1;
  puts("ready"), fflush(stdout);
  while (read(fuse, request, sizeof request) > 0) {
    struct fuse_in_header *in = (void *)request;
    const char *name = in->opcode == FUSE_LOOKUP ? "lookup" : in->opcode == FUSE_OPEN ? "open"
                     : in->opcode == FUSE_READ ? "read" : "";
    if (*name && strcmp(name, words[2]) == 0) {
      puts("hangs"), fflush(stdout);
      continue;
    }
    switch (in->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_LOOKUP: {
      struct fuse_entry_out out = {.nodeid = 2, .entry_valid = 100, .attr_valid = 100};
      attributes(&out.attr, 2);
      int found = strcmp(request + sizeof *in, "file") == 0;
      answer(in, found ? 0 : -ENOENT, &out, found ? sizeof out : 0);
      break;
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {.attr_valid = 100};
      attributes(&out.attr, in->nodeid);
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_OPEN: case FUSE_OPENDIR: {
      struct fuse_open_out out = {.fh = 1};
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_STATFS: {
      struct fuse_statfs_out out = {.st = {.bsize = 4096, .namelen = 255}};
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT:
      break;
    default:
      answer(in, -ENOSYS, 0, 0);
    }
  }
}
