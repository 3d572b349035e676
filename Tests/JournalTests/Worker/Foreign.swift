import CLMDB
import Glibc

/// `foreign named|strings|empty|newer|gap PATH`: writes an LMDB file that is not a journal of ours,
/// through LMDB itself.
enum Foreign {
  static func run(_ parameters: [String]) {
    var environment: OpaquePointer?
    check(mdb_env_create(&environment))
    check(mdb_env_set_maxdbs(environment, 4))
    check(mdb_env_open(environment, parameters[1], UInt32(MDB_NOSUBDIR | MDB_NOLOCK), 0o600))
    var transaction: OpaquePointer?
    check(mdb_txn_begin(environment, nil, 0, &transaction))
    fill(parameters[0], transaction)
    check(mdb_txn_commit(transaction))
    mdb_env_close(environment)
  }

  private static func fill(_ kind: String, _ transaction: OpaquePointer?) {
    var database: MDB_dbi = 0
    switch kind {
    case "named":
      check(mdb_dbi_open(transaction, "theirs", UInt32(MDB_CREATE), &database))
      put(transaction, database, Array("key".utf8), Array("value".utf8))
    case "strings":
      check(mdb_dbi_open(transaction, nil, 0, &database))
      put(transaction, database, Array("key".utf8), Array("value".utf8))
    case "newer":
      check(mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database))
      let format: [UInt8] = [0x0A, 0x14, 0x0A, 0x10] + Array("ChargePi journal".utf8) + [0x10, 9]
      put(transaction, database, number(1), format)
    case "numbers":
      check(mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database))
      put(transaction, database, number(1), Array("value".utf8))
    case "gap":
      check(mdb_dbi_open(transaction, nil, UInt32(MDB_INTEGERKEY), &database))
      put(transaction, database, number(1_000_000), Array("value".utf8))
    default: break
    }
  }

  private static func number(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value) { [UInt8]($0) }
  }

  private static func put(
    _ transaction: OpaquePointer?, _ database: MDB_dbi, _ key: [UInt8], _ value: [UInt8]
  ) {
    var key = key
    var value = value
    key.withUnsafeMutableBytes { key in
      value.withUnsafeMutableBytes { value in
        var keyBytes = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
        var valueBytes = MDB_val(mv_size: value.count, mv_data: value.baseAddress)
        check(mdb_put(transaction, database, &keyBytes, &valueBytes, 0))
      }
    }
  }

  private static func check(_ code: Int32) {
    guard code == MDB_SUCCESS else {
      say("error \(String(cString: mdb_strerror(code)))")
      exit(4)
    }
  }
}
