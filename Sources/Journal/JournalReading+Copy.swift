import CLMDB
import Glibc

extension JournalReading {
  /// Writes a copy of the journal's newest state, without its free pages, and makes it durable.
  ///
  /// The way to copy a live journal: `cp` would mix states. The file must not exist yet (`os` with
  /// EEXIST); its mode is 0600. The source is inspected in full before, since LMDB copies what it
  /// believes.
  public func copy(to target: String) throws(JournalError) {
    let records = try records
    try records.inspect()
    let file = try FileHandle(target, flags: O_WRONLY | O_CREAT | O_EXCL)
    do {
      let code = mdb_env_copyfd2(
        try records.environment.opened(), file.descriptor, UInt32(MDB_CP_COMPACT))
      try LMDBFailure.check(code, "mdb_env_copyfd2", target)
      try file.sync()
    } catch {
      try FileSystem.removeIfPresent(target)
      throw error
    }
    try FileSystem.syncDirectory(of: target)
  }
}
