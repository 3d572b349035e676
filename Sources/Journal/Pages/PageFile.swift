import Glibc

/// An LMDB file read with `pread`, so that no content of it can raise a signal.
///
/// A map beyond the file's end answers with SIGBUS, and LMDB maps before it looks; therefore
/// whatever decides if LMDB may look is read this way.
final class PageFile {
  private let file: FileHandle
  let path: String
  let fileBytes: Int
  let inode: UInt64
  /// The newer of the two meta pages, or the one that was asked for.
  let meta: MetaPage
  let pageBytes: Int

  /// Opens a file and judges its two meta pages: `foreign` if it never was an LMDB file, `corrupt`
  /// if it was.
  ///
  /// With the number of a commit, it is that commit's state that is looked at, while its meta page
  /// is there.
  init(_ path: String, transaction: UInt64? = nil) throws(JournalError) {
    let file = try FileHandle(path, flags: O_RDONLY)
    let status = try file.status()
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      throw .foreign(path: path, detail: isDirectory ? "it is a directory" : "it is no plain file")
    }
    self.path = path
    fileBytes = Int(status.st_size)
    inode = UInt64(status.st_ino)
    meta = try Self.meta(of: transaction, file, fileBytes: fileBytes, path)
    pageBytes = meta.pageBytes
    self.file = file
  }

  private static func meta(
    of transaction: UInt64?, _ file: borrowing FileHandle, fileBytes: Int, _ path: String
  ) throws(JournalError) -> MetaPage {
    let first = try readMeta(file, at: 0, path)
    if let fault = first.formFault { throw .corrupt(path: path, detail: fault) }
    guard fileBytes >= 2 * first.pageBytes else {
      throw .corrupt(path: path, detail: "it is cut off after \(fileBytes) bytes")
    }
    let second = try readMeta(file, at: first.pageBytes, path)
    if let fault = second.formFault { throw .corrupt(path: path, detail: fault) }
    let newer = second.transaction > first.transaction ? second : first
    guard isPair(first, second) else {
      throw .corrupt(
        path: path,
        detail: "its two meta pages are of commits "
          + "\(first.transaction) and \(second.transaction), which never stand side by side")
    }
    let isNewest = transaction == nil || transaction == newer.transaction
    let wanted = isNewest ? newer : newer == first ? second : first
    // The other one need not describe a state: after a write of a meta page that failed, LMDB
    // writes the old number back into it, and leaves the new trees beside it.
    if let fault = wanted.fault { throw .corrupt(path: path, detail: fault) }
    return wanted
  }

  /// Commits alternate between the pages: even ones in the first, odd ones in the second.
  private static func isPair(_ first: MetaPage, _ second: MetaPage) -> Bool {
    if first.pageBytes != second.pageBytes { return false }
    if first.transaction == second.transaction { return first.transaction == 0 }
    let distance =
      first.transaction > second.transaction
      ? first.transaction - second.transaction : second.transaction - first.transaction
    return distance == 1 && first.transaction % 2 == 0
  }

  private static func readMeta(
    _ file: borrowing FileHandle, at offset: Int, _ path: String
  ) throws(JournalError) -> MetaPage {
    var bytes = [UInt8](repeating: 0, count: MetaPage.byteCount)
    let count = try readBytes(file, at: offset, into: &bytes)
    let meta = bytes.withUnsafeBytes { MetaPage($0) }
    if offset > 0 { return meta }
    guard count > 0 else { throw .foreign(path: path, detail: "it is empty") }
    guard meta.magic == MetaPage.magic, count >= PageLayout.headerBytes + 8 else {
      throw .foreign(path: path, detail: Self.guess(bytes))
    }
    guard count == bytes.count else {
      throw .corrupt(path: path, detail: "it is cut off after \(count) bytes")
    }
    guard meta.version == MetaPage.version else {
      throw .foreign(path: path, detail: "it is an LMDB file of version \(meta.version)")
    }
    return meta
  }

  private static func guess(_ bytes: [UInt8]) -> String {
    if bytes.starts(with: Array("SQLite format 3".utf8)) { return "it is an SQLite database" }
    return "it is no LMDB file"
  }

  static func readBytes(
    _ file: borrowing FileHandle, at offset: Int, into bytes: inout [UInt8]
  ) throws(JournalError) -> Int {
    let result = bytes.withUnsafeMutableBytes { (buffer) -> Result<Int, JournalError> in
      do throws(JournalError) {
        return .success(try file.read(into: buffer, at: offset))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Whether pages `number` … `number + count - 1` are numbered by the meta page and within the
  /// file.
  func contains(_ number: UInt64, count: UInt64 = 1) -> Bool {
    guard number >= 2, count >= 1, number <= meta.lastPage, count <= meta.lastPage - number + 1
    else { return false }
    return (number + count) * UInt64(pageBytes) <= UInt64(fileBytes)
  }

  /// Reads `bytes.count` bytes from the start of a page that `contains` has found to be there.
  func read(page number: UInt64, into bytes: inout [UInt8]) throws(JournalError) {
    let count = try Self.readBytes(file, at: Int(number) * pageBytes, into: &bytes)
    guard count == bytes.count else {
      throw .corrupt(path: path, detail: "it is cut off within page \(number)")
    }
  }
}
