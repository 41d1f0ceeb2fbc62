/*
 * Preloaded into a worker process: counts what it writes to disk, and makes one of these calls the last, or a failing one.
 *
 *   CHAOS_DISK=kill  the process gets SIGKILL before call number CHAOS_DISK_AT of pwrite, fsync, fdatasync, ftruncate
 *                    and rename
 *   CHAOS_DISK=sync  call number CHAOS_DISK_AT of fsync and fdatasync fails with EIO
 *
 * Says on standard error when it has done so, and at the end of the process how many calls were counted.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long count;
static long at;
static enum { NOTHING, KILL, SYNC } mode;

__attribute__((constructor)) static void begin(void) {
  const char *what = getenv("CHAOS_DISK");
  const char *when = getenv("CHAOS_DISK_AT");
  at = when ? atol(when) : 0;
  if (!what) return;
  if (!strcmp(what, "kill")) mode = KILL;
  if (!strcmp(what, "sync")) mode = SYNC;
}

__attribute__((destructor)) static void end(void) {
  if (mode != NOTHING) dprintf(2, "chaos: passed %ld\n", count);
}

/* Calls of the checkpoint thread and of Node's pool are counted too, hence atomically. */
static long next(void) { return __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST); }

static void write_call(void) {
  if (mode == KILL && next() == at) kill(getpid(), SIGKILL);
}

/* Whether this sync is to fail. */
static int sync_call(void) {
  if (mode == KILL) write_call();
  if (mode != SYNC) return 0;
  long n = next();
  if (n == at) dprintf(2, "chaos: failed %ld\n", n);
  return n == at;
}

#define REAL(name, type) \
  static __typeof__(type) real; \
  if (!real) real = (__typeof__(type))dlsym(RTLD_NEXT, name)

int fsync(int fd) {
  REAL("fsync", int (*)(int));
  if (sync_call()) { errno = EIO; return -1; }
  return real(fd);
}

int fdatasync(int fd) {
  REAL("fdatasync", int (*)(int));
  if (sync_call()) { errno = EIO; return -1; }
  return real(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t));
  write_call();
  return real(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  REAL("pwrite", ssize_t (*)(int, const void *, size_t, off_t));
  write_call();
  return real(fd, bytes, length, offset);
}

int ftruncate64(int fd, off64_t length) {
  REAL("ftruncate64", int (*)(int, off64_t));
  write_call();
  return real(fd, length);
}

int rename(const char *from, const char *to) {
  REAL("rename", int (*)(const char *, const char *));
  write_call();
  return real(from, to);
}
