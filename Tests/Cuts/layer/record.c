// The record, the count, and what shall happen at the n-th operation.
#define _GNU_SOURCE
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct control *control;
static int record_descriptor = -1;
static char root[PATH_BYTES];
static size_t root_bytes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// The descriptor stands far above those that the program gets, so that its own are the same.
static int open_high(const char *path, int flags) {
  int low = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
  if (low < 0) return low;
  int high = (int)syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, 500);
  syscall(SYS_close, low);
  return high;
}

__attribute__((constructor)) static void start(void) {
  const char *directory = getenv("CUTS_ROOT");
  const char *record_path = getenv("CUTS_RECORD");
  const char *control_path = getenv("CUTS_CONTROL");
  if (!directory || !record_path || !control_path) return;
  root_bytes = strlen(directory);
  if (root_bytes == 0 || root_bytes >= sizeof root) return;
  memcpy(root, directory, root_bytes + 1);
  int shared = open_high(control_path, O_RDWR);
  if (shared < 0) return;
  void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
  syscall(SYS_close, shared);
  if (map == MAP_FAILED) return;
  control = map;
  record_descriptor = open_high(record_path, O_WRONLY | O_APPEND | O_CREAT);
  struct record record = {.kind = KIND_START};
  write_record(&record, NULL, NULL, NULL, 0);
}

int is_active(void) { return record_descriptor >= 0; }

int is_counted(const char *path) {
  if (!is_active() || strncmp(path, root, root_bytes) != 0) return 0;
  return path[root_bytes] == '/' || path[root_bytes] == 0;
}

int absolute_path(int directory, const char *name, char path[]) {
  if (!is_active() || !name) return 0;
  if (name[0] == '/') return snprintf(path, PATH_BYTES, "%s", name) < PATH_BYTES;
  char link[64];
  if (directory == AT_FDCWD) {
    snprintf(link, sizeof link, "/proc/self/cwd");
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  }
  ssize_t count = readlink(link, path, PATH_MAX);
  if (count < 0) return 0;
  return count + snprintf(path + count, PATH_BYTES - (size_t)count, "/%s", name) < PATH_BYTES;
}

int counted_path(int descriptor, char path[], uint64_t *inode, int *is_directory) {
  struct stat status;
  if (!is_active() || fstat(descriptor, &status) != 0) return 0;
  *is_directory = S_ISDIR(status.st_mode);
  if (!*is_directory && !S_ISREG(status.st_mode)) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t count = readlink(link, path, PATH_MAX);
  if (count < 0) return 0;
  path[count] = 0;
  *inode = status.st_ino;
  return is_counted(path);
}

int is_socket(int descriptor) {
  struct stat status;
  return is_active() && fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

void layer_lock(void) { pthread_mutex_lock(&lock); }
void layer_unlock(void) { pthread_mutex_unlock(&lock); }

void end_process(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

int is_end_within(const struct record *record) {
  return control->kill_at == record->operation && control->kill_moment == WITHIN;
}

enum verdict begin_operation(struct record *record, enum kind kind) {
  record->kind = kind;
  record->operation = ++control->operations;
  if (control->kill_at == record->operation && control->kill_moment == BEFORE) end_process();
  if (control->fail_at == 0 || record->operation < control->fail_at ||
      record->operation > control->fail_through)
    return GO_ON;
  control->failed++;
  if (!control->fail_effect) return FAIL_BEFORE;
  record->flags |= FLAG_FAILED;
  return FAIL_AFTER;
}

long end_operation(struct record *record, long result, const char *path, const char *second,
                   const void *data, size_t data_bytes) {
  record->result = result;
  write_record(record, path, second, data, data_bytes);
  if (control->kill_at == record->operation) end_process();
  return result;
}

long failure(void) { return -(long)control->fail_errno; }

long outcome(long result) {
  if (result >= 0) return result;
  errno = (int)-result;
  return -1;
}

void write_record(struct record *record, const char *path, const char *second, const void *data,
                  size_t data_bytes) {
  struct timespec time;
  clock_gettime(CLOCK_BOOTTIME, &time);
  record->nanoseconds = time.tv_sec * 1000000000LL + time.tv_nsec;
  if (record->operation == 0) record->operation = control->operations;
  size_t path_bytes = path ? strlen(path) + 1 : 0;
  size_t second_bytes = second ? strlen(second) + 1 : 0;
  record->path_bytes = path_bytes + second_bytes;
  record->data_bytes = data_bytes;
  struct iovec parts[] = {
    {record, sizeof *record},
    {(void *)path, path_bytes},
    {(void *)second, second_bytes},
    {(void *)data, data_bytes},
  };
  size_t whole = sizeof *record + path_bytes + second_bytes + data_bytes;
  // A record that is cut off would be read as no end of the file: better no test than a wrong one.
  if (syscall(SYS_writev, record_descriptor, parts, 4) != (long)whole) end_process();
}

const char *gather(const struct iovec *parts, int count, size_t *bytes, char **allocated) {
  *allocated = NULL;
  *bytes = 0;
  for (int index = 0; index < count; index++) *bytes += parts[index].iov_len;
  if (count == 1) return parts[0].iov_base;
  char *whole = malloc(*bytes + 1);
  if (!whole) end_process();
  size_t position = 0;
  for (int index = 0; index < count; index++) {
    memcpy(whole + position, parts[index].iov_base, parts[index].iov_len);
    position += parts[index].iov_len;
  }
  *allocated = whole;
  return whole;
}
