import CLMDB
import Glibc

/// The unnamed database: LMDB's handle 1 (`MAIN_DBI`); handle 0 is the list of free pages.
enum DatabaseHandle {
  static let freePages: MDB_dbi = 0

  /// Every transaction asks for it: the first one of an environment sets the key order.
  static func main(_ transaction: OpaquePointer, flags: Int32, path: String)
    throws(JournalError) -> MDB_dbi
  {
    var handle: MDB_dbi = 0
    let code = mdb_dbi_open(transaction, nil, UInt32(flags), &handle)
    try LMDBFailure.check(code, "mdb_dbi_open", path)
    return handle
  }
}

/// A consistent snapshot, released when its owner's life ends.
///
/// `~Copyable`, and lent by `Environment.read` only: it cannot outlive its environment or be
/// released twice.
struct ReadTransaction: ~Copyable {
  // Right because this owner is the only one, and its `deinit` the only place that frees it.
  private let transaction: OpaquePointer
  private let database: MDB_dbi
  private let path: String

  fileprivate static func begin(
    _ environment: OpaquePointer, _ path: String
  ) throws(JournalError) -> OpaquePointer {
    var transaction: OpaquePointer?
    let code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    try LMDBFailure.check(code, "mdb_txn_begin", path)
    guard let transaction else { throw .os(path: path, call: "mdb_txn_begin", errno: ENOMEM) }
    return transaction
  }

  init(environment: OpaquePointer, path: String) throws(JournalError) {
    let transaction = try Self.begin(environment, path)
    do {
      database = try DatabaseHandle.main(transaction, flags: 0, path: path)
    } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    self.transaction = transaction
    self.path = path
  }

  deinit { mdb_txn_abort(transaction) }

  /// The number of the commit that this snapshot shows.
  var id: UInt64 { UInt64(mdb_txn_id(transaction)) }

  /// Lends the value of an integer key; nil when there is none.
  func withValue<R>(
    of number: UInt64, _ body: (UnsafeRawBufferPointer) -> R
  ) throws(JournalError) -> R? {
    try KeyBytes.withKey(number) { (key) throws(JournalError) -> R? in
      try lookUp(&key, body)
    }
  }

  /// Lends the value of a byte key; nil when there is none.
  func withValue<R>(
    of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> R
  ) throws(JournalError) -> R? {
    try KeyBytes.withKey(bytes) { (key) throws(JournalError) -> R? in
      try lookUp(&key, body)
    }
  }

  private func lookUp<R>(
    _ key: inout MDB_val, _ body: (UnsafeRawBufferPointer) -> R
  ) throws(JournalError) -> R? {
    var value = MDB_val()
    let code = mdb_get(transaction, database, &key, &value)
    if code == MDB_NOTFOUND { return nil }
    try LMDBFailure.check(code, "mdb_get", path)
    // Right because the value lies in the snapshot's pages, which live as long as `self`.
    return body(UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
  }

  /// Lends every entry in key order, until `body` says false.
  func forEach(
    inFreeList: Bool = false,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(JournalError) -> Bool
  ) throws(JournalError) {
    let handle = inFreeList ? DatabaseHandle.freePages : database
    let cursor = try Cursor(transaction: transaction, database: handle, path: path)
    var entry = try cursor.move(MDB_FIRST)
    while let (key, value) = entry {
      guard try body(key, value) else { return }
      entry = try cursor.move(MDB_NEXT)
    }
  }
}

/// A cursor within one transaction, closed when its owner's life ends.
struct Cursor: ~Copyable {
  // Right because this owner is the only one, and its `deinit` the only place that frees it.
  private let cursor: OpaquePointer
  private let path: String

  init(transaction: OpaquePointer, database: MDB_dbi, path: String) throws(JournalError) {
    var cursor: OpaquePointer?
    try LMDBFailure.check(mdb_cursor_open(transaction, database, &cursor), "mdb_cursor_open", path)
    guard let cursor else { throw .os(path: path, call: "mdb_cursor_open", errno: ENOMEM) }
    self.cursor = cursor
    self.path = path
  }

  deinit { mdb_cursor_close(cursor) }

  /// Moves and gives the entry there, or nil when there is none. The bytes live as long as the
  /// transaction.
  func move(
    _ operation: MDB_cursor_op
  ) throws(JournalError) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer)? {
    var key = MDB_val()
    var value = MDB_val()
    let code = mdb_cursor_get(cursor, &key, &value, operation)
    if code == MDB_NOTFOUND { return nil }
    try LMDBFailure.check(code, "mdb_cursor_get", path)
    return (
      UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size),
      UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
    )
  }
}

/// Keys as LMDB takes them, for the time of one call.
enum KeyBytes {
  static func withKey<R>(
    _ number: UInt64, _ body: (inout MDB_val) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    var number = number
    // Right because LMDB only reads a key, and `number` lives until `body` returns.
    return try withUnsafeMutableBytes(of: &number) { (bytes) throws(JournalError) -> R in
      var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      return try body(&key)
    }
  }

  static func withKey<R>(
    _ bytes: [UInt8], _ body: (inout MDB_val) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    let result = bytes.withUnsafeBytes { (bytes) -> Result<R, JournalError> in
      // Right because LMDB only reads a key.
      let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
      var key = MDB_val(mv_size: bytes.count, mv_data: start)
      do throws(JournalError) {
        return .success(try body(&key))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
