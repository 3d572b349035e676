import Glibc

/// Reads a journal, live or at rest, and changes nothing: no file is created, none is written.
///
/// LMDB's lock file is used when it is there and usable, so that a live writer keeps the pages of
/// our snapshots; without it (a copy, a read-only medium, another user's file) the journal is read
/// as it lies there.
public final class JournalReader: JournalReading {
  /// Where the journal is.
  public let path: String
  /// Whether a live writer knows of this reader's snapshots.
  public let usesLockFile: Bool
  private var map: RecordMap?

  /// Opens a journal for reading.
  ///
  /// Throws `missing`, `foreign`, `corrupt` or `newerFormat`; `taken` when this process has the
  /// file open already, since LMDB allows that once: beside a writer in the same process, read with
  /// the writer.
  public init(path: String) throws(JournalError) {
    self.path = path
    (map, usesLockFile) = try Self.open(path)
    do {
      try JournalFormat.check(try records)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// Closes the file; idempotent.
  public func close() {
    map?.environment.close()
    map = nil
  }

  /// The open file.
  public var records: RecordMap {
    get throws(JournalError) {
      guard let map else { throw .os(path: path, call: "use after close", errno: EBADF) }
      return map
    }
  }

  /// The number of the last record by now.
  public var last: UInt64 {
    get throws(JournalError) { try JournalFormat.end(records).0 }
  }

  private static func open(_ path: String) throws(JournalError) -> (RecordMap, Bool) {
    var configuration = Environment.Configuration(
      path: path, mapBytes: JournalOptions().mapBytes, readOnly: true)
    // Asked for with `access`, never opened here: closing it would drop the locks that LMDB has on
    // it.
    if access(path + "-lock", R_OK | W_OK) == 0 {
      do {
        return (try RecordMap(configuration), true)
      } catch .os(_, "mdb_env_open", _) {
        // The lock file of another LMDB, or full: the journal can be read without.
        configuration.usesLockFile = false
      } catch .foreign {
        // LMDB's word for a lock file that is none; if it is the journal, the next line says so
        // again.
        configuration.usesLockFile = false
      }
    }
    configuration.usesLockFile = false
    return (try RecordMap(configuration), false)
  }
}
