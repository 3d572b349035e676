import CLMDB
import Glibc

extension JournalWriter {
  /// Keeps written zeros ahead of the last page in use, so that commits seldom make the file grow.
  ///
  /// A file that grows costs the file system a transaction of its own journal with every commit
  /// (ext4: 12 kB more each time); within its size a commit writes its pages and nothing else. Not
  /// part of `append`, so that what waits for a commit never waits for this: call it when the
  /// commit's consequences are done. A full disk is no error here, because nothing is lost by it;
  /// any other failure poisons the writer.
  public func keepRoom() throws(JournalError) {
    let records = try records
    let used = try records.usedBytes
    if roomEnd == 0 { roomEnd = try RecordMap.size(of: records.environment) }
    guard used > roomEnd - Self.leastRoomBytes, used >= nextRoomAttempt else { return }
    // A large commit may have gone beyond the room: what is in use is never written to.
    let start = max(roomEnd, used)
    let end = used + Self.roomBytes
    do throws(JournalError) {
      let file = try FileHandle(path, flags: O_WRONLY)
      try file.zero(at: start, count: end - start)
      try file.sync()
      roomEnd = end
    } catch {
      guard case .noSpace = error else {
        poison(with: error)
        throw error
      }
      roomEnd = try RecordMap.size(of: records.environment)
      nextRoomAttempt = used + Self.leastRoomBytes
    }
  }

  /// Room that is made at a time, in bytes.
  static let roomBytes = 512 << 10
  /// Room below which more is made, in bytes: several commits' worth.
  static let leastRoomBytes = 128 << 10
}

extension RecordMap {
  /// The end of the last page that the newest state has ever used, in bytes from the file's start.
  var usedBytes: Int {
    get throws(JournalError) {
      var info = MDB_envinfo()
      let code = mdb_env_info(try environment.opened(), &info)
      try LMDBFailure.check(code, "mdb_env_info", path)
      return (info.me_last_pgno + 1) * pageBytes
    }
  }
}
