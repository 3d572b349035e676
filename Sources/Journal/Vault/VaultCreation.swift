import Glibc

/// Making a vault's file: a new one, or one without what shall be forgotten.
enum VaultCreation {
  typealias Entry = (key: [UInt8], value: [UInt8])

  /// The file that is being written.
  static func newPath(_ path: String) -> String { path + ".new" }
  /// The file that is being overwritten with zeros.
  static func oldPath(_ path: String) -> String { path + ".old" }

  /// Makes an empty vault if there is none.
  static func createIfMissing(_ path: String) throws(JournalError) {
    if FileSystem.exists(path) { return }
    let header = VaultMessages.Header(version: VaultMessages.knownFormat, nextToken: 1)
    try write([(VaultMessages.headerKey, VaultMessages.encode(header))], for: path)
    try FileSystem.replace(path, with: newPath(path))
  }

  /// Writes entries to a new file beside the vault, durably.
  static func write(_ entries: [Entry], for path: String) throws(JournalError) {
    let newPath = newPath(path)
    try FileSystem.removeIfPresent(newPath)
    try FileSystem.createEmpty(newPath)
    let environment = try Environment(
      Environment.Configuration(
        path: newPath, mapBytes: VaultStore.mapBytes, usesLockFile: false))
    defer { environment.close() }
    try environment.write { (transaction) throws(JournalError) in
      for entry in entries { try transaction.put(entry.key, entry.value) }
    }
    try FileSystem.sync(newPath)
  }

  /// Puts the new file in the vault's place; the old one stays under another name until it is
  /// overwritten.
  static func exchange(_ path: String) throws(JournalError) {
    try FileSystem.removeIfPresent(oldPath(path))
    guard link(path, oldPath(path)) == 0 else {
      throw LMDBFailure.error(errno, call: "link", path: path)
    }
    try FileSystem.replace(path, with: newPath(path))
  }

  /// Overwrites the old file with zeros and removes it; also what a power cut left of either file.
  static func finish(_ path: String) throws(JournalError) {
    try FileSystem.removeIfPresent(newPath(path))
    let oldPath = oldPath(path)
    guard FileSystem.exists(oldPath) else { return }
    if try !isSameFile(path, oldPath) {
      let file = try FileHandle(oldPath, flags: O_RDWR)
      try file.zero(at: 0, count: Int(try file.status().st_size))
      // Without this, the system would drop the zeros together with the file.
      try file.sync()
    }
    try FileSystem.removeIfPresent(oldPath)
    try FileSystem.syncDirectory(of: path)
  }

  /// Whether a power cut came between giving the old file its second name and taking its first.
  private static func isSameFile(_ path: String, _ other: String) throws(JournalError) -> Bool {
    var first = stat()
    var second = stat()
    guard stat(path, &first) == 0, stat(other, &second) == 0 else {
      throw .os(path: path, call: "stat", errno: errno)
    }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
