import CLMDB
import Glibc
import Journal

/// `bench DIRECTORY COMMITS RECORDS`: durable commits beside those of bare LMDB, append, scan,
/// chain.
enum Bench {
  static func run(_ parameters: [String]) throws {
    let directory = parameters[0]
    let commits = Int(parameters[1]) ?? 0
    let records = Int(parameters[2]) ?? 0
    try compareCommits(directory, commits)
    try bulk(directory + "/bulk.db", records)
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let time = try clock.measure(body).components
    return Double(time.seconds) + Double(time.attoseconds) / 1e18
  }

  /// One commit of each in turns, so that both meet the disk in the same mood.
  private static func compareCommits(_ directory: String, _ count: Int) throws {
    let path = directory + "/journal.db"
    for name in [path, directory + "/bare.db"] { unlink(name) }
    let writer = try JournalWriter(path: path, lockPath: path + ".lock")
    var environment: OpaquePointer?
    mdb_env_create(&environment)
    mdb_env_set_mapsize(environment, 64 << 30)
    mdb_env_open(environment, directory + "/bare.db", UInt32(MDB_NOSUBDIR), 0o600)
    var bytes = record(1, byteCount: 197)
    var batch = RecordBatch()
    var bare: [Double] = []
    var ours: [Double] = []
    for number in 1...count {
      bare.append(seconds { bareCommit(environment, UInt64(number), &bytes) })
      ours.append(
        try seconds {
          batch.append(bytes)
          _ = try writer.append(&batch)
        })
    }
    mdb_env_close(environment)
    writer.close()
    report("median", bare.sorted()[count / 2], ours.sorted()[count / 2])
    report("mean", bare.reduce(0, +) / Double(count), ours.reduce(0, +) / Double(count))
  }

  private static func report(_ what: String, _ bare: Double, _ ours: Double) {
    say(
      "commit of 200 bytes, \(what) µs: bare LMDB \(Int(bare * 1e6)), journal "
        + "\(Int(ours * 1e6)), ratio \(Double(Int(ours / bare * 1000)) / 1000)")
  }

  private static func bareCommit(
    _ environment: OpaquePointer?, _ number: UInt64, _ bytes: inout [UInt8]
  ) {
    var transaction: OpaquePointer?
    var database: MDB_dbi = 0
    var number = number
    mdb_txn_begin(environment, nil, 0, &transaction)
    mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database)
    withUnsafeMutableBytes(of: &number) { key in
      bytes.withUnsafeMutableBytes { value in
        var keyBytes = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
        var valueBytes = MDB_val(mv_size: value.count, mv_data: value.baseAddress)
        mdb_put(transaction, database, &keyBytes, &valueBytes, UInt32(MDB_APPEND))
      }
    }
    guard mdb_txn_commit(transaction) == MDB_SUCCESS else { exit(4) }
  }

  private static func bulk(_ path: String, _ count: Int) throws {
    unlink(path)
    let writer = try JournalWriter(path: path, lockPath: path + ".lock")
    defer { writer.close() }
    let bytes = record(1, byteCount: 58)
    var batch = RecordBatch()
    let appending = try seconds {
      for number in 1...count {
        batch.append(bytes)
        if number % 1000 == 0 { _ = try writer.append(&batch) }
      }
    }
    say("append of \(bytes.count)-byte records/s \(Int(Double(count) / appending))")
    for _ in 0..<2 {
      var sum = 0
      let scanning = try seconds {
        try writer.forEach(from: 1) { _, record in
          sum &+= Int(record[0])
          return true
        }
      }
      say("scan records/s \(Int(Double(count) / scanning)) (\(sum))")
    }
    let reversed = try seconds { try writer.forEachReversed { _, record in record.count > 0 } }
    say("scan reversed records/s \(Int(Double(count) / reversed))")
    let verifying = try seconds { guard try writer.verifyChain().isIntact else { exit(5) } }
    say("verify ns/record \(Int(verifying * 1e9) / count)")
    try lookUps(writer, count)
  }

  private static func lookUps(_ writer: JournalWriter, _ count: Int) throws {
    var generator = SystemRandomNumberGenerator()
    let looking = try seconds {
      for _ in 0..<100_000 {
        let number = UInt64.random(in: 1...UInt64(count), using: &generator)
        guard try writer.withRecord(number, { $0.count }) != nil else { exit(5) }
      }
    }
    say("withRecord ns \(Int(looking * 1e4))")
    writer.close()
    let opening = try seconds {
      try JournalWriter(path: writer.path, lockPath: writer.path + ".lock").close()
    }
    say("open µs \(Int(opening * 1e6))")
  }
}
