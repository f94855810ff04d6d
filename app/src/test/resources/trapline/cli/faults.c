/* Preloaded into a program: of the calls that make or change files below $FAULT_BELOW, the one with
   the number $FAULT_AT, from 1, fails with the error $FAULT_ERRNO; with $FAULT_LASTS every later one,
   too, as on a full disk. Its name is appended to $FAULT_SAID.

   Each file that is opened to be written and may be made is appended to $MADE_SAID: the mode and owner
   of its directory, both in octal, the flags (open(2)) and its path. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int calls;

static int below(const char *path)
{
  const char *where = getenv("FAULT_BELOW");
  return where && path && strncmp(path, where, strlen(where)) == 0;
}

static int of_descriptor(int descriptor)
{
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0)
    return 0;
  path[length] = 0;
  return below(path);
}

static int at(int folder, const char *path)
{
  return path[0] == '/' || folder == AT_FDCWD ? below(path) : of_descriptor(folder);
}

static int fails(int concerned, const char *name)
{
  const char *number = getenv("FAULT_AT");
  if (!concerned || !number)
    return 0;
  int call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (call != atoi(number) && !(getenv("FAULT_LASTS") && call > atoi(number)))
    return 0;
  const char *said = getenv("FAULT_SAID");
  int file = said ? syscall(SYS_open, said, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
  if (file >= 0) {
    syscall(SYS_write, file, name, strlen(name));
    syscall(SYS_write, file, "\n", 1);
    syscall(SYS_close, file);
  }
  errno = atoi(getenv("FAULT_ERRNO"));
  return 1;
}

static void made(const char *path, int flags)
{
  const char *said = getenv("MADE_SAID");
  char folder[PATH_MAX], line[PATH_MAX + 64];
  struct stat status;
  if (!said || !(flags & O_CREAT) || strlen(path) >= sizeof folder)
    return;
  strcpy(folder, path);
  char *slash = strrchr(folder, '/');
  if (!slash)
    strcpy(folder, ".");
  else
    slash[slash == folder] = 0;
  if (stat(folder, &status))
    return;
  int length = snprintf(line, sizeof line, "%o %o %o %s\n", (unsigned)status.st_mode & 07777,
                        (unsigned)status.st_uid, (unsigned)flags, path);
  int file = syscall(SYS_open, said, O_WRONLY | O_CREAT | O_APPEND, 0644);
  syscall(SYS_write, file, line, length);
  syscall(SYS_close, file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITES(flags) ((flags) & (O_CREAT | O_WRONLY | O_RDWR))

#define OPEN(name) \
  int name(const char *path, int flags, ...) \
  { \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    made(path, flags); \
    return fails(WRITES(flags) && below(path), #name) ? -1 : REAL(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) \
  { \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    made(path, flags); \
    return fails(WRITES(flags) && at(folder, path), #name) ? -1 \
                                                            : REAL(name)(folder, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

int mkdir(const char *path, mode_t mode)
{
  return fails(below(path), "mkdir") ? -1 : REAL(mkdir)(path, mode);
}

int rename(const char *from, const char *to)
{
  return fails(below(to), "rename") ? -1 : REAL(rename)(from, to);
}

ssize_t write(int file, const void *bytes, size_t count)
{
  return fails(of_descriptor(file), "write") ? -1 : REAL(write)(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
  return fails(of_descriptor(file), "writev") ? -1 : REAL(writev)(file, parts, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t where)
{
  return fails(of_descriptor(file), "pwrite64") ? -1 : REAL(pwrite64)(file, bytes, count, where);
}

int ftruncate64(int file, off64_t size)
{
  return fails(of_descriptor(file), "ftruncate64") ? -1 : REAL(ftruncate64)(file, size);
}

int fsync(int file)
{
  return fails(of_descriptor(file), "fsync") ? -1 : REAL(fsync)(file);
}

int fdatasync(int file)
{
  return fails(of_descriptor(file), "fdatasync") ? -1 : REAL(fdatasync)(file);
}
