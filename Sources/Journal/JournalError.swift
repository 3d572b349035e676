import CLMDB
import Glibc

/// What can be wrong with a journal or a vault, each with the path that it is about.
///
/// Every case needs another reaction of the operator, which is why they are told apart:
/// `description` says what is wrong and what to do.
public enum JournalError: Error, Equatable, CustomStringConvertible {
  /// The reserved address range (the map) is used up, although the disk may have room.
  case full(path: String)
  /// The disk, the quota or the file size limit of the process is used up.
  case noSpace(path: String)
  /// The file is ours, or was, and its content cannot be right.
  case corrupt(path: String, detail: String)
  /// The file is something else; it was not touched.
  case foreign(path: String, detail: String)
  /// The file was written by a newer ChargePi than this one.
  case newerFormat(path: String, found: UInt32, known: UInt32)
  /// Another program has it, or this process has it open already.
  case taken(path: String, holderPID: Int32?)
  /// There is no such file, and it was not asked to be created.
  case missing(path: String)
  /// The operating system or LMDB refused a call, `errno` being the code of either.
  case os(path: String, call: String, errno: Int32)

  public var description: String {
    switch self {
    case .full(let path):
      return "\(path) has used all of its reserved map. "
        + "Archive and prune it, or start it with a larger map."
    case .noSpace(let path):
      return "There is no room to write \(path): the disk, the quota or the file size limit is "
        + "used up. Free space, then start again; nothing that was committed is lost."
    case .corrupt(let path, let detail):
      return "\(path) is damaged: \(detail). It was not changed. Keep it, restore a copy in its "
        + "place or move it away to begin a new one; `chargepi-replay \(path) verify` says more."
    case .foreign(let path, let detail):
      return "\(path) is not a file of ChargePi: \(detail). It was not changed. "
        + "Move it away, or choose another data directory."
    case .newerFormat(let path, let found, let known):
      return "\(path) has format \(found), this program knows formats up to \(known). "
        + "Install the newer ChargePi that wrote it."
    case .taken(let path, let holder):
      let who = holder.map { "process \($0)" } ?? "another process"
      return "\(path) is in use by \(who). Stop that first; only one may write at a time."
    case .missing(let path):
      return "There is no \(path). Check the path; a daemon creates it at its first start."
    case .os(let path, let call, let code):
      return "\(call) failed for \(path): \(String(cString: mdb_strerror(code))). "
        + Self.advice(for: code)
    }
  }

  private static func advice(for code: Int32) -> String {
    switch code {
    case EACCES, EPERM: return "Run as the user who owns it, or give that user access."
    case EROFS: return "The file system is mounted read-only: remount it writable."
    case ENOENT, ENOTDIR: return "Create the directory, or correct the path."
    case EEXIST: return "Choose a name that is not in use."
    case EIO: return "The storage reports errors: replace the card or disk."
    case ENOMEM: return "Not enough memory or address space: lift the limit of the process."
    case MDB_READERS_FULL: return "Too many readers are open at once: close some."
    case MDB_VERSION_MISMATCH: return "A program with another LMDB holds it: stop that first."
    default: return "Correct that and start again."
    }
  }
}
