import CLMDB

/// LMDB with nothing around it: the machine's limit, beside which our figures stand.
struct BareLMDB {
  private let environment: OpaquePointer
  private var next: UInt64

  /// Opens or creates an environment of one file.
  init(path: String, isReadOnly: Bool) throws {
    var opened: OpaquePointer?
    try Self.check(mdb_env_create(&opened), "mdb_env_create")
    guard let opened else { throw BenchError.text("mdb_env_create gave nothing") }
    environment = opened
    next = 1
    try Self.check(mdb_env_set_mapsize(environment, 64 << 30), "mdb_env_set_mapsize")
    let flags = MDB_NOSUBDIR | (isReadOnly ? MDB_RDONLY | MDB_NOLOCK : 0)
    try Self.check(mdb_env_open(environment, path, UInt32(flags), 0o600), "mdb_env_open")
    var statistics = MDB_stat()
    try Self.check(mdb_env_stat(environment, &statistics), "mdb_env_stat")
    next = UInt64(statistics.ms_entries) + 1
  }

  /// Closes the file.
  func close() {
    mdb_env_close(environment)
  }

  /// Appends records in one durable transaction.
  mutating func commit(_ records: [[UInt8]]) throws {
    var transaction: OpaquePointer?
    var database: MDB_dbi = 0
    try Self.check(mdb_txn_begin(environment, nil, 0, &transaction), "mdb_txn_begin")
    try Self.check(mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database), "dbi_open")
    for record in records {
      var number = next
      next += 1
      let code = withUnsafeMutableBytes(of: &number) { key in
        record.withUnsafeBytes { value in
          var keyBytes = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
          // LMDB only reads through this pointer.
          var valueBytes = MDB_val(
            mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
          return mdb_put(transaction, database, &keyBytes, &valueBytes, UInt32(MDB_APPEND))
        }
      }
      try Self.check(code, "mdb_put")
    }
    try Self.check(mdb_txn_commit(transaction), "mdb_txn_commit")
  }

  /// Walks over every record with a cursor and touches it; returns how many there are.
  func scan() throws -> Int {
    var transaction: OpaquePointer?
    var database: MDB_dbi = 0
    var cursor: OpaquePointer?
    try Self.check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction), "begin")
    try Self.check(mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database), "dbi_open")
    try Self.check(mdb_cursor_open(transaction, database, &cursor), "mdb_cursor_open")
    var key = MDB_val()
    var value = MDB_val()
    var count = 0
    var touched: UInt64 = 0
    while mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS {
      touched &+= UInt64(value.mv_data.load(as: UInt8.self)) &+ UInt64(value.mv_size)
      count += 1
    }
    mdb_cursor_close(cursor)
    mdb_txn_abort(transaction)
    guard touched > 0 else { throw BenchError.text("the scan found nothing") }
    return count
  }

  private static func check(_ code: Int32, _ call: String) throws {
    guard code == MDB_SUCCESS else {
      throw BenchError.text("\(call): \(String(cString: mdb_strerror(code)))")
    }
  }
}
