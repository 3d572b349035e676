import CLMDB
import Glibc

/// The one write transaction, lent by `Environment.write`: committed once, or aborted with its
/// owner's life.
struct WriteTransaction: ~Copyable {
  // Right because this owner is the only one: `commit` empties it, and `deinit` aborts what is
  // left.
  private var transaction: OpaquePointer?
  private let database: MDB_dbi
  private let path: String

  init(environment: OpaquePointer, path: String) throws(JournalError) {
    var transaction: OpaquePointer?
    try LMDBFailure.check(
      mdb_txn_begin(environment, nil, 0, &transaction), "mdb_txn_begin", path)
    guard let transaction else { throw .os(path: path, call: "mdb_txn_begin", errno: ENOMEM) }
    do {
      database = try DatabaseHandle.main(transaction, flags: 0, path: path)
    } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    self.transaction = transaction
    self.path = path
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction) }
  }

  /// Writes everything and waits for the disk; a failure leaves nothing of it in the file.
  consuming func commit() throws(JournalError) {
    let ended = transaction
    // LMDB frees the transaction whatever the outcome.
    transaction = nil
    try LMDBFailure.check(mdb_txn_commit(ended), "mdb_txn_commit", path)
  }

  /// Declares the keys of a database that was just created to be 64-bit integers.
  func declareIntegerKeys() throws(JournalError) {
    _ = try DatabaseHandle.main(try open(), flags: MDB_INTEGERKEY, path: path)
  }

  /// The greatest integer key, or 0 when there is none.
  func lastNumber() throws(JournalError) -> UInt64 {
    let cursor = try Cursor(transaction: try open(), database: database, path: path)
    guard let (key, _) = try cursor.move(MDB_LAST) else { return 0 }
    guard key.count == MemoryLayout<UInt64>.size else {
      throw .corrupt(path: path, detail: "a key has \(key.count) bytes instead of 8")
    }
    return key.loadUnaligned(as: UInt64.self)
  }

  /// Adds a value behind the last one; LMDB refuses a key that is not above the last.
  func append(_ number: UInt64, _ value: UnsafeRawBufferPointer) throws(JournalError) {
    try KeyBytes.withKey(number) { (key) throws(JournalError) in
      try store(&key, value, flags: MDB_APPEND)
    }
  }

  /// Replaces or adds the value of an integer key.
  func put(_ number: UInt64, _ value: [UInt8]) throws(JournalError) {
    try KeyBytes.withKey(number) { (key) throws(JournalError) in try store(&key, value) }
  }

  /// Replaces or adds the value of a byte key.
  func put(_ bytes: [UInt8], _ value: [UInt8]) throws(JournalError) {
    try KeyBytes.withKey(bytes) { (key) throws(JournalError) in try store(&key, value) }
  }

  /// Removes an integer key; false when it is not there.
  func delete(_ number: UInt64) throws(JournalError) -> Bool {
    let transaction = try open()
    return try KeyBytes.withKey(number) { (key) throws(JournalError) -> Bool in
      let code = mdb_del(transaction, database, &key, nil)
      if code == MDB_NOTFOUND { return false }
      try LMDBFailure.check(code, "mdb_del", path)
      return true
    }
  }

  private func store(_ key: inout MDB_val, _ value: [UInt8]) throws(JournalError) {
    let result = value.withUnsafeBytes { (bytes) -> Result<Void, JournalError> in
      do throws(JournalError) {
        return .success(try store(&key, bytes, flags: 0))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func store(
    _ key: inout MDB_val, _ value: UnsafeRawBufferPointer, flags: Int32
  ) throws(JournalError) {
    // Right because LMDB only reads the value when it is put without MDB_RESERVE.
    let start = UnsafeMutableRawPointer(mutating: value.baseAddress)
    var data = MDB_val(mv_size: value.count, mv_data: start)
    let code = mdb_put(try open(), database, &key, &data, UInt32(flags))
    try LMDBFailure.check(code, "mdb_put", path)
  }

  private func open() throws(JournalError) -> OpaquePointer {
    guard let transaction else {
      throw .os(path: path, call: "use after commit", errno: EBADF)
    }
    return transaction
  }
}
