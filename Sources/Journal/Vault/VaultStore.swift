import Glibc

/// The entries of a vault file: live through LMDB for the one that writes, loaded for those that
/// only read.
///
/// The writer takes no LMDB lock: the daemon's own lock makes it the only one, and readers do not
/// go through LMDB at all, so that no `vault.db-lock` stands beside the vault and its file can be
/// replaced as a whole (`Vault.forget`).
final class VaultStore {
  static let mapBytes = 1 << 30

  let path: String
  let isReadOnly: Bool
  private var environment: Environment?
  private var loaded: [[UInt8]: [UInt8]] = [:]
  // The file and the commit that `loaded` shows.
  private var loadedState: FileState?

  init(path: String, readOnly: Bool) throws(JournalError) {
    self.path = path
    isReadOnly = readOnly
    if readOnly {
      try load()
    } else {
      try JournalInspection.check(path, keys: .bytes)
      try open()
    }
  }

  deinit { close() }

  func close() {
    environment?.close()
    environment = nil
  }

  /// The value of a key, or nil. A reader looks at the file again when it does not know the key.
  func value(_ key: [UInt8]) throws(JournalError) -> [UInt8]? {
    if isReadOnly {
      if let value = loaded[key] { return value }
      if try FileState(path) != loadedState { try load() }
      return loaded[key]
    }
    return try opened().read { (transaction) throws(JournalError) in
      try transaction.withValue(of: key) { [UInt8]($0) }
    }
  }

  /// Stores entries in one commit, durable when it returns.
  func put(_ entries: [(key: [UInt8], value: [UInt8])]) throws(JournalError) {
    try opened().write { (transaction) throws(JournalError) in
      for entry in entries { try transaction.put(entry.key, entry.value) }
    }
  }

  /// All entries, in key order.
  func all() throws(JournalError) -> [(key: [UInt8], value: [UInt8])] {
    var entries: [(key: [UInt8], value: [UInt8])] = []
    try opened().read { (transaction) throws(JournalError) in
      try transaction.forEach { (key, value) throws(JournalError) in
        entries.append(([UInt8](key), [UInt8](value)))
        return true
      }
    }
    return entries
  }

  /// Goes on with the file that now has the path.
  func reopen() throws(JournalError) {
    close()
    try open()
  }

  private func open() throws(JournalError) {
    environment = try Environment(
      Environment.Configuration(
        path: path, mapBytes: Self.mapBytes, usesLockFile: false))
  }

  private func opened() throws(JournalError) -> Environment {
    if isReadOnly { throw .os(path: path, call: "writing, opened for reading,", errno: EROFS) }
    guard let environment else { throw .os(path: path, call: "use after close", errno: EBADF) }
    return environment
  }

  /// Reads the whole vault: it is small, and nobody's snapshot is needed for that.
  private func load() throws(JournalError) {
    (loaded, loadedState) = try JournalInspection.repeated {
      () throws(JournalError) -> ([[UInt8]: [UInt8]], FileState) in
      let state = try FileState(path)
      var entries: [[UInt8]: [UInt8]] = [:]
      try JournalInspection.check(path, keys: .bytes) { entries[[UInt8]($0)] = [UInt8]($1) }
      guard try FileState(path) == state else {
        throw .corrupt(path: path, detail: "it changes faster than it can be read")
      }
      return (entries, state)
    }
  }
}

/// Which file has a path, and which commit it shows.
private struct FileState: Equatable {
  var inode: UInt64
  var transaction: UInt64

  init(_ path: String) throws(JournalError) {
    let file = try PageFile(path)
    inode = file.inode
    transaction = file.meta.transaction
  }
}
