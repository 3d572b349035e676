import Glibc

/// The calls to the operating system that a journal needs beside LMDB.
enum FileSystem {
  /// Journal, vault and lock are their owner's alone.
  static let privateMode: mode_t = 0o600

  /// Makes an empty file, so that it has its mode and its identity before LMDB opens it.
  static func createEmpty(_ path: String) throws(JournalError) {
    _ = try FileHandle(path, flags: O_RDWR | O_CREAT | O_EXCL)
  }

  /// Makes a file's content and size durable, whoever wrote it.
  static func sync(_ path: String) throws(JournalError) {
    let file = try FileHandle(path, flags: O_RDONLY)
    try file.sync()
  }

  /// Makes the names of a directory durable, after a rename in it.
  static func syncDirectory(of path: String) throws(JournalError) {
    let directory = parent(of: path)
    let file = try FileHandle(directory, flags: O_RDONLY | O_DIRECTORY)
    try file.sync()
  }

  /// Makes what is seen of a file durable, its name included, before anything is built on it.
  ///
  /// A process that was killed between a write and its sync, or between a rename and the
  /// directory's, leaves what the next one sees and a power cut takes back. A write that failed may
  /// even stand on the disk while the old content is seen: LMDB takes back a meta page that way.
  static func settle(_ path: String) throws(JournalError) {
    try sync(path)
    try syncDirectory(of: path)
  }

  /// Gives a file another's name, durably: the name is either the old file or the new one at any
  /// time.
  static func replace(_ path: String, with newPath: String) throws(JournalError) {
    guard rename(newPath, path) == 0 else { throw .os(path: path, call: "rename", errno: errno) }
    try syncDirectory(of: path)
  }

  /// Removes a file if it is there.
  static func removeIfPresent(_ path: String) throws(JournalError) {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .os(path: path, call: "unlink", errno: errno)
    }
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// A file descriptor that is closed with its owner's life.
struct FileHandle: ~Copyable {
  let descriptor: Int32
  let path: String

  /// Opens without following into an `exec`, and without waiting for a pipe's other end.
  init(_ path: String, flags: Int32) throws(JournalError) {
    let all = flags | O_CLOEXEC | O_NONBLOCK
    descriptor = open(path, all, FileSystem.privateMode)
    self.path = path
    if descriptor < 0 {
      let code = errno
      if code == ENOENT, flags & O_CREAT == 0 { throw .missing(path: path) }
      throw LMDBFailure.error(code, call: "open", path: path)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func status() throws(JournalError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .os(path: path, call: "fstat", errno: errno)
    }
    return status
  }

  func sync() throws(JournalError) {
    guard fsync(descriptor) == 0 else {
      throw LMDBFailure.error(errno, call: "fsync", path: path)
    }
  }

  /// Reads up to `buffer.count` bytes; fewer only at the file's end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(JournalError) -> Int {
    var done = 0
    while done < buffer.count, let start = buffer.baseAddress {
      let count = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .os(path: path, call: "pread", errno: errno) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes `count` zero bytes over what is there.
  func zero(at offset: Int, count: Int) throws(JournalError) {
    let zeros = [UInt8](repeating: 0, count: min(count, 1 << 16))
    var done = 0
    while done < count {
      let length = min(zeros.count, count - done)
      let written = pwrite(descriptor, zeros, length, off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw LMDBFailure.error(errno, call: "pwrite", path: path) }
      done += written
    }
  }
}
