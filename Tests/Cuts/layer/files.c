// Operations on the content of files that count: writes, syncs, truncations, allocations.
#define _GNU_SOURCE
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

long talk_vector(int descriptor, const struct iovec *parts, int count);

static long raw(long result) { return result < 0 ? -errno : result; }

static uint32_t sync_flags(int descriptor) {
  int flags = (int)syscall(SYS_fcntl, descriptor, F_GETFL);
  return flags & O_DSYNC ? FLAG_DATA_SYNC : 0;
}

// Where a write without a position goes.
static uint64_t position_of(int descriptor) {
  struct stat status;
  int flags = (int)syscall(SYS_fcntl, descriptor, F_GETFL);
  if (flags & O_APPEND && fstat(descriptor, &status) == 0) return (uint64_t)status.st_size;
  return (uint64_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
}

// A kill lets a write in progress stop between two pages, never within one.
static long write_half(int descriptor, const char *data, size_t bytes, uint64_t offset) {
  size_t first = 4096 - offset % 4096;
  size_t half = bytes / 2 < first ? first : first + (bytes / 2 - first) / 4096 * 4096;
  if (half >= bytes) return 0;
  return raw(syscall(SYS_pwrite64, descriptor, data, half, offset));
}

static long write_parts(int descriptor, const struct iovec *parts, int count, int64_t at,
                        const char *path, uint64_t inode) {
  size_t bytes;
  char *allocated;
  const char *data = gather(parts, count, &bytes, &allocated);
  layer_lock();
  struct record record = {.descriptor = descriptor, .inode = inode};
  record.offset = at >= 0 ? (uint64_t)at : position_of(descriptor);
  record.flags = sync_flags(descriptor);
  enum verdict verdict = begin_operation(&record, KIND_WRITE);
  long result;
  if (is_end_within(&record)) {
    record.flags |= FLAG_HALF;
    result = write_half(descriptor, data, bytes, record.offset);
  } else if (verdict == FAIL_BEFORE) {
    result = failure();
  } else if (at >= 0) {
    result = raw(syscall(SYS_pwrite64, descriptor, data, bytes, at));
  } else {
    result = raw(syscall(SYS_write, descriptor, data, bytes));
  }
  end_operation(&record, result, path, NULL, data, result > 0 ? (size_t)result : 0);
  free(allocated);
  layer_unlock();
  return outcome(verdict == FAIL_AFTER ? failure() : result);
}

static long write_any(int descriptor, const struct iovec *parts, int count, int64_t at) {
  char path[PATH_BYTES];
  uint64_t inode;
  int is_directory;
  if (counted_path(descriptor, path, &inode, &is_directory))
    return write_parts(descriptor, parts, count, at, path, inode);
  if (at < 0 && is_active()) return talk_vector(descriptor, parts, count);
  if (at < 0) return syscall(SYS_writev, descriptor, parts, count);
  return syscall(SYS_pwritev, descriptor, parts, count, at, 0);
}

ssize_t write(int descriptor, const void *data, size_t bytes) {
  struct iovec part = {(void *)data, bytes};
  return write_any(descriptor, &part, 1, -1);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  return write_any(descriptor, parts, count, -1);
}

ssize_t pwrite(int descriptor, const void *data, size_t bytes, off_t at) {
  struct iovec part = {(void *)data, bytes};
  return write_any(descriptor, &part, 1, at);
}

ssize_t pwrite64(int descriptor, const void *data, size_t bytes, off64_t at) {
  return pwrite(descriptor, data, bytes, at);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t at) {
  return write_any(descriptor, parts, count, at);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t at) {
  return pwritev(descriptor, parts, count, at);
}

static int sync_call(int descriptor, long number) {
  char path[PATH_BYTES];
  struct record record = {.descriptor = descriptor};
  int is_directory;
  if (!counted_path(descriptor, path, &record.inode, &is_directory))
    return (int)syscall(number, descriptor);
  layer_lock();
  record.flags = is_directory ? FLAG_DIRECTORY : 0;
  enum verdict verdict = begin_operation(&record, KIND_SYNC);
  long result = verdict == FAIL_BEFORE ? failure() : raw(syscall(number, descriptor));
  // What a sync has written before it failed is nobody's knowledge.
  if (verdict == FAIL_AFTER) result = failure();
  end_operation(&record, result, path, NULL, NULL, 0);
  layer_unlock();
  return (int)outcome(result);
}

int fsync(int descriptor) { return sync_call(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_call(descriptor, SYS_fdatasync); }

int ftruncate(int descriptor, off_t bytes) {
  char path[PATH_BYTES];
  struct record record = {.descriptor = descriptor, .offset = (uint64_t)bytes};
  int is_directory;
  if (!counted_path(descriptor, path, &record.inode, &is_directory))
    return (int)syscall(SYS_ftruncate, descriptor, bytes);
  layer_lock();
  enum verdict verdict = begin_operation(&record, KIND_TRUNCATE);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_ftruncate, descriptor, bytes));
  end_operation(&record, result, path, NULL, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int ftruncate64(int descriptor, off64_t bytes) { return ftruncate(descriptor, bytes); }

// `data` of the record: the mode, as one byte.
int fallocate(int descriptor, int mode, off_t at, off_t bytes) {
  char path[PATH_BYTES];
  struct record record = {.descriptor = descriptor, .offset = (uint64_t)(at + bytes)};
  int is_directory;
  if (!counted_path(descriptor, path, &record.inode, &is_directory))
    return (int)syscall(SYS_fallocate, descriptor, mode, at, bytes);
  layer_lock();
  enum verdict verdict = begin_operation(&record, KIND_ALLOCATE);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_fallocate, descriptor, mode, at, bytes));
  uint64_t details[3] = {(uint64_t)mode, (uint64_t)at, (uint64_t)bytes};
  end_operation(&record, result, path, NULL, details, sizeof details);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int fallocate64(int descriptor, int mode, off64_t at, off64_t bytes) {
  return fallocate(descriptor, mode, at, bytes);
}

int posix_fallocate(int descriptor, off_t at, off_t bytes) {
  return fallocate(descriptor, 0, at, bytes) == 0 ? 0 : errno;
}

int posix_fallocate64(int descriptor, off64_t at, off64_t bytes) {
  return posix_fallocate(descriptor, at, bytes);
}

// Writes through a map are not seen: the test refuses them, except for LMDB's lock file.
void *mmap(void *address, size_t bytes, int protection, int flags, int descriptor, off_t at) {
  char path[PATH_BYTES];
  struct record record = {.kind = KIND_MAP, .descriptor = descriptor};
  int is_directory;
  if (descriptor >= 0 && protection & PROT_WRITE && flags & MAP_SHARED && is_active() &&
      counted_path(descriptor, path, &record.inode, &is_directory)) {
    layer_lock();
    write_record(&record, path, NULL, NULL, 0);
    layer_unlock();
  }
  return (void *)syscall(SYS_mmap, address, bytes, protection, flags, descriptor, at);
}

void *mmap64(void *address, size_t bytes, int protection, int flags, int descriptor, off64_t at) {
  return mmap(address, bytes, protection, flags, descriptor, at);
}
