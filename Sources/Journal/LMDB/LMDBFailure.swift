import CLMDB
import Glibc

/// What a code that LMDB returned means to a journal.
enum LMDBFailure {
  /// Near the limit of the disk, LMDB reports a short write as an input/output error.
  private static let nearlyFullBytes: UInt64 = 1 << 20

  static func error(_ code: Int32, call: String, path: String) -> JournalError {
    switch code {
    case MDB_MAP_FULL: return .full(path: path)
    case ENOSPC, EDQUOT, EFBIG: return .noSpace(path: path)
    case EIO where isNearlyFull(path): return .noSpace(path: path)
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC:
      return .corrupt(path: path, detail: "\(call): \(String(cString: mdb_strerror(code)))")
    case MDB_INVALID:
      return .foreign(path: path, detail: "it is no LMDB file")
    default: return .os(path: path, call: call, errno: code)
    }
  }

  static func check(_ code: Int32, _ call: String, _ path: String) throws(JournalError) {
    if code != MDB_SUCCESS { throw error(code, call: call, path: path) }
  }

  private static func isNearlyFull(_ path: String) -> Bool {
    var volume = statvfs()
    if statvfs(path, &volume) == 0,
      UInt64(volume.f_bavail) * UInt64(volume.f_frsize) < nearlyFullBytes
    {
      return true
    }
    var limit = rlimit()
    var status = stat()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
      stat(path, &status) == 0
    else { return false }
    return limit.rlim_cur < UInt64(status.st_size) + nearlyFullBytes
  }
}
