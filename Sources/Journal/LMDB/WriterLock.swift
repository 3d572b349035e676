import Glibc

/// The lock that makes one process the writer: a non-blocking `flock` on a file that holds its pid.
///
/// LMDB's own writer lock would wait for ever; this one answers at once, and goes away with the
/// process whatever ends it. The pid in the file only serves to name the holder.
struct WriterLock: ~Copyable {
  private let file: FileHandle

  init(_ lockPath: String, journal: String) throws(JournalError) {
    let file = try FileHandle(lockPath, flags: O_RDWR | O_CREAT)
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else {
        throw .os(path: lockPath, call: "flock", errno: errno)
      }
      throw .taken(path: journal, holderPID: Self.holder(file))
    }
    try Self.writeOwnPID(file)
    self.file = file
  }

  private static func holder(_ file: borrowing FileHandle) -> Int32? {
    var text = [UInt8](repeating: 0, count: 16)
    let count = text.withUnsafeMutableBytes { pread(file.descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    let digits = text[..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int32(String(decoding: digits, as: UTF8.self))
  }

  private static func writeOwnPID(_ file: borrowing FileHandle) throws(JournalError) {
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(file.descriptor, 0) == 0,
      pwrite(file.descriptor, text, text.count, 0) == text.count
    else { throw LMDBFailure.error(errno, call: "pwrite", path: file.path) }
  }
}
