// A library that is preloaded into the daemon: it counts and records what the process does to the
// files below one directory, and what the process tells anybody, in one order; and it stops the
// process, or lets an operation fail, at the n-th.
//
// Linux alone, 64 bits, little endian. Calls go on as system calls, so no symbol has to be found and
// nothing in here calls itself. One lock is held over each operation and its record.
#ifndef CUTS_LAYER_H
#define CUTS_LAYER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum kind {
  KIND_START = 1,  // a process (or a program, after exec) begins; not an operation
  KIND_TALK,       // bytes went to a socket or a standard stream; not an operation
  KIND_CLOSE,      // a socket was closed; not an operation
  KIND_MAP,        // a file was mapped for shared writing; not an operation
  KIND_WRITE = 16,
  KIND_SYNC,
  KIND_TRUNCATE,
  KIND_ALLOCATE,
  KIND_CREATE,
  KIND_RENAME,
  KIND_LINK,
  KIND_UNLINK,
  KIND_DIRECTORY,  // mkdir
  KIND_SOCKET,     // bind to a path
};

enum flag {
  FLAG_DATA_SYNC = 1,  // the write is durable when it returns (O_DSYNC, O_SYNC)
  FLAG_DIRECTORY = 2,  // the sync is a directory's
  FLAG_HALF = 4,       // only the first pages of the write were made, then the process ended
  FLAG_FAILED = 8,     // it had its effect, and the process was told that it failed
};

enum moment { BEFORE = 0, WITHIN = 1, AFTER = 2 };

// Shared with the test through a mapped file; survives exec and the process.
struct control {
  uint64_t operations;     // that have begun
  uint64_t kill_at;        // the process ends at this operation (0: never)
  uint64_t kill_moment;    // enum moment
  uint64_t fail_at;        // operations from here ...
  uint64_t fail_through;   // ... to here fail
  uint64_t fail_errno;     // with this error
  uint64_t fail_effect;    // 1: although they have had their effect
  uint64_t failed;         // how many have failed
  uint64_t sleep_cap_ms;   // sleep() takes no longer than this (0: as asked)
};

// What is written about an event: this header, the path with its zero byte, the data.
struct record {
  uint32_t kind;
  uint32_t flags;
  uint64_t operation;  // its number; of others, how many operations had ended
  int64_t nanoseconds;  // since boot
  int64_t descriptor;
  int64_t result;  // of the call, or minus errno
  uint64_t inode;
  uint64_t offset;  // of a write; the new size of a truncation
  uint64_t path_bytes;
  uint64_t data_bytes;
};

enum verdict { GO_ON, FAIL_BEFORE, FAIL_AFTER };

extern struct control *control;

// Whether this process is recorded at all.
int is_active(void);
// Whether an absolute path lies below the directory that counts.
int is_counted(const char *path);
// The absolute path of a name beside a directory's descriptor; 0 when there is none.
int absolute_path(int directory, const char *name, char path[]);
// The path of an open file or directory that counts; 0 when it is something else.
int counted_path(int descriptor, char path[], uint64_t *inode, int *is_directory);
int is_socket(int descriptor);

void layer_lock(void);
void layer_unlock(void);
// Numbers an operation; ends the process when it is its turn and the moment is BEFORE.
enum verdict begin_operation(struct record *record, enum kind kind);
// Records it with its outcome; ends the process when the moment is AFTER.
long end_operation(struct record *record, long result, const char *path, const char *second,
                   const void *data, size_t data_bytes);
int is_end_within(const struct record *record);
void end_process(void);
void write_record(struct record *record, const char *path, const char *second, const void *data,
                  size_t data_bytes);
// The errno that a failing operation gets, as a negative result.
long failure(void);
// The usual -1 and errno from a result.
long outcome(long result);
// The bytes of several buffers in one that is to be freed, or the only buffer's own start.
const char *gather(const struct iovec *parts, int count, size_t *bytes, char **allocated);

#define PATH_BYTES 4352

#endif
