import CLMDB
import Glibc
import Synchronization

/// An open LMDB file: the one place that begins transactions, each of which a closure bounds.
///
/// LMDB's rule that a file may be open only once in a process (its record locks would vanish with
/// the first close) is enforced by `OpenFiles`. Used by one thread only, so nothing here is locked.
final class Environment {
  struct Configuration {
    var path: String
    var mapBytes: Int
    var readOnly = false
    /// Whether LMDB's lock file is used; without it nobody knows of our snapshots.
    var usesLockFile = true
  }

  let path: String
  private let identity: OpenFiles.Identity
  // Right because `close` is the only one to free it, and every use goes through `opened()`.
  private var handle: OpaquePointer?
  /// Snapshots of this environment that are lent at this moment.
  private(set) var snapshots = 0

  init(_ configuration: Configuration) throws(JournalError) {
    path = configuration.path
    identity = try OpenFiles.enter(path)
    do {
      handle = try Self.open(configuration)
    } catch {
      OpenFiles.leave(identity)
      throw error
    }
  }

  deinit { close() }

  /// Closes the file; idempotent. Not from within a closure that a transaction was lent to.
  func close() {
    guard let handle else { return }
    mdb_env_close(handle)
    self.handle = nil
    OpenFiles.leave(identity)
  }

  /// The handle, as long as the environment is open.
  func opened() throws(JournalError) -> OpaquePointer {
    guard let handle else { throw .os(path: path, call: "use after close", errno: EBADF) }
    return handle
  }

  /// Lends a consistent snapshot of the file; it is released when `body` returns.
  func read<R>(
    _ body: (borrowing ReadTransaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    let transaction = try ReadTransaction(environment: try opened(), path: path)
    snapshots += 1
    defer { snapshots -= 1 }
    return try body(transaction)
  }

  /// Lends a write transaction that is committed, durably, when `body` returns, and aborted if it
  /// throws.
  func write<R>(
    _ body: (borrowing WriteTransaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    let transaction = try WriteTransaction(environment: try opened(), path: path)
    let result = try body(transaction)
    try transaction.commit()
    return result
  }

  private static func open(_ wanted: Configuration) throws(JournalError) -> OpaquePointer {
    var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS)
    if wanted.readOnly { flags |= UInt32(MDB_RDONLY) }
    if !wanted.usesLockFile { flags |= UInt32(MDB_NOLOCK) }
    var environment: OpaquePointer?
    var code = mdb_env_create(&environment)
    guard code == MDB_SUCCESS, let environment else {
      throw LMDBFailure.error(code, call: "mdb_env_create", path: wanted.path)
    }
    code = mdb_env_set_mapsize(environment, wanted.mapBytes)
    if code == MDB_SUCCESS {
      code = mdb_env_open(environment, wanted.path, flags, FileSystem.privateMode)
    }
    if code == MDB_SUCCESS, wanted.usesLockFile {
      // A reader that was killed would keep its pages from being used again for ever.
      code = mdb_reader_check(environment, nil)
    }
    guard code == MDB_SUCCESS else {
      mdb_env_close(environment)
      throw LMDBFailure.error(code, call: "mdb_env_open", path: wanted.path)
    }
    return environment
  }
}

/// Which files this process has open through LMDB, by device and inode.
enum OpenFiles {
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  private static let entries = Mutex(Set<Identity>())

  static func enter(_ path: String) throws(JournalError) -> Identity {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .os(path: path, call: "stat", errno: errno)
    }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    let isNew = entries.withLock { $0.insert(identity).inserted }
    guard isNew else { throw .taken(path: path, holderPID: getpid()) }
    return identity
  }

  static func leave(_ identity: Identity) {
    entries.withLock { _ = $0.remove(identity) }
  }
}
