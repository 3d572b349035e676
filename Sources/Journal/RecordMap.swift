import CLMDB
import Glibc

/// An open journal's records: the environment, and where its map is.
///
/// LMDB does not tell where it maps a file. It is found once: the last record's place in the file
/// is known from the inspection, LMDB gives the same record's address, and the difference is the
/// map's start.
public final class RecordMap {
  static let maximumLooks = 1000

  let environment: Environment
  let path: String
  private let mapBytes: Int
  let pageBytes: Int
  // Right because it is only used within `withSnapshot`, while the environment is open.
  private let base: UnsafeRawPointer
  private var fileBytes: Int

  /// Judges the file by the quick inspection, then opens it.
  init(_ configuration: Environment.Configuration) throws(JournalError) {
    path = configuration.path
    _ = try Self.tail(configuration)
    environment = try Environment(configuration)
    do {
      (base, fileBytes) = try Self.locate(environment, configuration)
      let first = UnsafeRawBufferPointer(start: base, count: MetaPage.byteCount)
      pageBytes = MetaPage(first).pageBytes
      mapBytes = try Self.mapBytes(environment)
    } catch {
      environment.close()
      throw error
    }
  }

  /// Lends the newest state of the file.
  @usableFromInline
  func withSnapshot<R>(
    _ body: (Snapshot) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    // A writer that commits twice between the two looks takes the meta page away: look again.
    for _ in 0..<Self.maximumLooks {
      let result = try environment.read { (transaction) throws(JournalError) -> R? in
        guard let meta = meta(of: transaction.id) else { return nil }
        try growFileBytes(to: (Int(meta.lastPage) + 1) * pageBytes)
        return try body(Snapshot(base: base, path: path, meta: meta, fileBytes: fileBytes))
      }
      if let result { return result }
    }
    throw .corrupt(path: path, detail: "its newest state has no meta page")
  }

  /// Gives the pages that were read back to the system, so that resident memory stays flat.
  func adviseAway() throws(JournalError) {
    _ = try environment.opened()
    let start = UnsafeMutableRawPointer(mutating: base)
    guard madvise(start, mapBytes, MADV_DONTNEED) == 0 else {
      throw .os(path: path, call: "madvise", errno: errno)
    }
  }

  /// The meta page of a commit, or nil when it was replaced, or is not believable.
  private func meta(of transaction: UInt64) -> MetaPage? {
    let start = base + Int(transaction & 1) * pageBytes
    let meta = MetaPage(UnsafeRawBufferPointer(start: start, count: MetaPage.byteCount))
    return meta.transaction == transaction && meta.fault == nil ? meta : nil
  }

  private func growFileBytes(to needed: Int) throws(JournalError) {
    if needed > fileBytes { fileBytes = try Self.size(of: environment) }
  }

  private static func tail(
    _ configuration: Environment.Configuration
  ) throws(JournalError) -> JournalInspection.Tail {
    if !configuration.readOnly {
      return try JournalInspection.tail(configuration.path, forWriting: true)
    }
    return try JournalInspection.repeated { () throws(JournalError) in
      try JournalInspection.tail(configuration.path, forWriting: false)
    }
  }

  private static func locate(
    _ environment: Environment, _ configuration: Environment.Configuration
  ) throws(JournalError) -> (UnsafeRawPointer, Int) {
    for _ in 0..<maximumLooks {
      let tail = try tail(configuration)
      let found = try environment.read { (transaction) throws(JournalError) -> UnsafeRawPointer? in
        guard transaction.id == tail.transaction else { return nil }
        let address = try transaction.withValue(of: tail.number) { $0.baseAddress }
        return address.flatMap { $0 }.map { $0 - tail.valueOffset }
      }
      if let found { return (found, try size(of: environment)) }
    }
    throw .corrupt(
      path: environment.path, detail: "its lock file speaks of other commits than the file")
  }

  static func size(of environment: Environment) throws(JournalError) -> Int {
    var descriptor: Int32 = -1
    let code = mdb_env_get_fd(try environment.opened(), &descriptor)
    try LMDBFailure.check(code, "mdb_env_get_fd", environment.path)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .os(path: environment.path, call: "fstat", errno: errno)
    }
    return Int(status.st_size)
  }

  static func mapBytes(_ environment: Environment) throws(JournalError) -> Int {
    var info = MDB_envinfo()
    let code = mdb_env_info(try environment.opened(), &info)
    try LMDBFailure.check(code, "mdb_env_info", environment.path)
    return info.me_mapsize
  }
}
