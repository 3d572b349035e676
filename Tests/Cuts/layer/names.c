// Operations on the names of files that count: creations, renames, links, removals.
#define _GNU_SOURCE
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long raw(long result) { return result < 0 ? -errno : result; }

// Truncates an open file as an operation of its own: what O_TRUNC does.
static int emptied(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || status.st_size == 0) return descriptor;
  if (ftruncate(descriptor, 0) == 0) return descriptor;
  int error = errno;
  syscall(SYS_close, descriptor);
  errno = error;
  return -1;
}

static int open_any(int directory, const char *name, int flags, mode_t mode) {
  char path[PATH_BYTES];
  struct stat status;
  int is_changing = flags & (O_CREAT | O_TRUNC) && (flags & O_TMPFILE) != O_TMPFILE;
  if (!is_changing || !absolute_path(directory, name, path) || !is_counted(path))
    return (int)syscall(SYS_openat, directory, name, flags, mode);
  if (lstat(path, &status) == 0) {
    int kept = (int)syscall(SYS_openat, directory, name, flags & ~O_TRUNC, mode);
    return kept >= 0 && flags & O_TRUNC ? emptied(kept) : kept;
  }
  layer_lock();
  struct record record = {.descriptor = -1};
  enum verdict verdict = begin_operation(&record, KIND_CREATE);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_openat, directory, name, flags, mode));
  if (result >= 0 && fstat((int)result, &status) == 0) record.inode = status.st_ino;
  record.descriptor = result;
  end_operation(&record, result, path, NULL, NULL, 0);
  if (verdict == FAIL_AFTER && result >= 0) {
    syscall(SYS_close, (int)result);
    result = failure();
  }
  layer_unlock();
  return (int)outcome(result);
}

static mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(arguments, int) : 0;
}

#define OPENS(name, parameters, directory, path)        \
  int name parameters {                                 \
    va_list arguments;                                  \
    va_start(arguments, flags);                         \
    mode_t mode = mode_of(flags, arguments);            \
    va_end(arguments);                                  \
    return open_any(directory, path, flags, mode);      \
  }

OPENS(open, (const char *path, int flags, ...), AT_FDCWD, path)
OPENS(open64, (const char *path, int flags, ...), AT_FDCWD, path)
OPENS(openat, (int directory, const char *path, int flags, ...), directory, path)
OPENS(openat64, (int directory, const char *path, int flags, ...), directory, path)

int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) {
  return open_any(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned int flags) {
  char first[PATH_BYTES], second[PATH_BYTES];
  if (!absolute_path(from, old, first) || !absolute_path(to, new, second) ||
      (!is_counted(first) && !is_counted(second)))
    return (int)syscall(SYS_renameat2, from, old, to, new, flags);
  layer_lock();
  struct record record = {.offset = flags};
  enum verdict verdict = begin_operation(&record, KIND_RENAME);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_renameat2, from, old, to, new, flags));
  end_operation(&record, result, first, second, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int rename(const char *old, const char *new) {
  return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int renameat(int from, const char *old, int to, const char *new) {
  return renameat2(from, old, to, new, 0);
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
  char first[PATH_BYTES], second[PATH_BYTES];
  if (!absolute_path(from, old, first) || !absolute_path(to, new, second) || !is_counted(second))
    return (int)syscall(SYS_linkat, from, old, to, new, flags);
  layer_lock();
  struct record record = {0};
  enum verdict verdict = begin_operation(&record, KIND_LINK);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_linkat, from, old, to, new, flags));
  end_operation(&record, result, first, second, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int directory, const char *name, int flags) {
  char path[PATH_BYTES];
  struct stat status;
  // Removing what is not there changes nothing.
  if (!absolute_path(directory, name, path) || !is_counted(path) || lstat(path, &status) != 0)
    return (int)syscall(SYS_unlinkat, directory, name, flags);
  layer_lock();
  struct record record = {.inode = status.st_ino};
  enum verdict verdict = begin_operation(&record, KIND_UNLINK);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_unlinkat, directory, name, flags));
  end_operation(&record, result, path, NULL, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) {
  struct stat status;
  int flags = lstat(path, &status) == 0 && S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0;
  return unlinkat(AT_FDCWD, path, flags);
}

int mkdirat(int directory, const char *name, mode_t mode) {
  char path[PATH_BYTES];
  struct stat status;
  if (!absolute_path(directory, name, path) || !is_counted(path) || lstat(path, &status) == 0)
    return (int)syscall(SYS_mkdirat, directory, name, mode);
  layer_lock();
  struct record record = {0};
  enum verdict verdict = begin_operation(&record, KIND_DIRECTORY);
  long result =
    verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_mkdirat, directory, name, mode));
  end_operation(&record, result, path, NULL, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
