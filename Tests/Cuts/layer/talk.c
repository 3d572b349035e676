// What leaves the process: bytes to sockets, to standard output and to standard error.
#define _GNU_SOURCE
#include "layer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// glibc's own functions set errno; a system call through syscall() does so, too.
static long raw(long result) { return result < 0 ? -errno : result; }

static long told(int descriptor, long result, const struct iovec *parts, int count) {
  if (result > 0) {
    size_t bytes;
    char *allocated;
    const char *data = gather(parts, count, &bytes, &allocated);
    struct record record = {.kind = KIND_TALK, .descriptor = descriptor, .result = result};
    write_record(&record, NULL, NULL, data, (size_t)result);
    free(allocated);
  }
  layer_unlock();
  return outcome(result);
}

// For `write` and `writev` on what is no file that counts.
long talk_vector(int descriptor, const struct iovec *parts, int count) {
  if (descriptor != STDOUT_FILENO && descriptor != STDERR_FILENO && !is_socket(descriptor))
    return syscall(SYS_writev, descriptor, parts, count);
  layer_lock();
  return told(descriptor, raw(syscall(SYS_writev, descriptor, parts, count)), parts, count);
}

ssize_t sendto(int descriptor, const void *data, size_t bytes, int flags,
               const struct sockaddr *address, socklen_t address_bytes) {
  if (!is_active())
    return syscall(SYS_sendto, descriptor, data, bytes, flags, address, address_bytes);
  struct iovec part = {(void *)data, bytes};
  layer_lock();
  long result = raw(syscall(SYS_sendto, descriptor, data, bytes, flags, address, address_bytes));
  return told(descriptor, result, &part, 1);
}

ssize_t send(int descriptor, const void *data, size_t bytes, int flags) {
  return sendto(descriptor, data, bytes, flags, NULL, 0);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
  if (!is_active()) return syscall(SYS_sendmsg, descriptor, message, flags);
  layer_lock();
  long result = raw(syscall(SYS_sendmsg, descriptor, message, flags));
  return told(descriptor, result, message->msg_iov, (int)message->msg_iovlen);
}

int close(int descriptor) {
  if (!is_socket(descriptor)) return (int)syscall(SYS_close, descriptor);
  layer_lock();
  struct record record = {.kind = KIND_CLOSE, .descriptor = descriptor};
  write_record(&record, NULL, NULL, NULL, 0);
  long result = raw(syscall(SYS_close, descriptor));
  layer_unlock();
  return (int)outcome(result);
}

int bind(int descriptor, const struct sockaddr *address, socklen_t bytes) {
  char path[PATH_BYTES];
  const struct sockaddr_un *local = (const struct sockaddr_un *)address;
  if (address->sa_family != AF_UNIX || !absolute_path(-100, local->sun_path, path) ||
      !is_counted(path))
    return (int)syscall(SYS_bind, descriptor, address, bytes);
  layer_lock();
  struct record record = {.descriptor = descriptor};
  enum verdict verdict = begin_operation(&record, KIND_SOCKET);
  long result = verdict == FAIL_BEFORE ? failure() : raw(syscall(SYS_bind, descriptor, address, bytes));
  end_operation(&record, result, path, NULL, NULL, 0);
  layer_unlock();
  return (int)outcome(verdict == FAIL_AFTER ? failure() : result);
}

unsigned int sleep(unsigned int seconds) {
  struct timespec wanted = {.tv_sec = seconds};
  if (is_active() && control->sleep_cap_ms && seconds * 1000ULL > control->sleep_cap_ms) {
    wanted.tv_sec = (time_t)(control->sleep_cap_ms / 1000);
    wanted.tv_nsec = (long)(control->sleep_cap_ms % 1000) * 1000000;
  }
  return nanosleep(&wanted, NULL) == 0 ? 0 : seconds;
}
