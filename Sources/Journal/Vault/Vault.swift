import Glibc

/// The small store beside the journal for what must be able to be forgotten: card numbers and
/// secrets.
///
/// The journal is append-only and hash-chained, so it holds references only: a token's `id`, a
/// secret's name and version. What is new is durable in the vault before a call returns, so before
/// the turn that refers to it is committed. Owned by one thread; the one writer is the holder of
/// the journal's lock. Any number of readers may have it open, and none of them creates a file. A
/// reader holds the vault in memory as it was when it last missed something, so it may still know
/// what was forgotten since.
public final class Vault {
  /// Where the vault is.
  public let path: String
  let store: VaultStore
  let hasher = SHA256Hasher()

  /// Opens a vault, and creates an empty one if it is missing and to be written.
  ///
  /// Throws `missing` (reading only), `foreign`, `corrupt` or `newerFormat`. The whole file is
  /// inspected.
  public init(path: String, readOnly: Bool) throws(JournalError) {
    self.path = path
    if !readOnly {
      try VaultCreation.createIfMissing(path)
    }
    store = try VaultStore(path: path, readOnly: readOnly)
    let header = try header()
    guard header.version <= VaultMessages.knownFormat else {
      throw .newerFormat(
        path: path, found: header.version, known: VaultMessages.knownFormat)
    }
    if !readOnly {
      try FileSystem.settle(path)
      try VaultCreation.finish(path)
    }
  }

  /// Closes the file; idempotent. To be called before `exec`.
  public func close() { store.close() }

  func header() throws(JournalError) -> VaultMessages.Header {
    guard let bytes = try store.value(VaultMessages.headerKey),
      let header = VaultMessages.header(bytes)
    else { throw .foreign(path: path, detail: "it does not begin as a vault does") }
    return header
  }

  func corrupt(_ detail: String) -> JournalError {
    .corrupt(path: path, detail: detail)
  }
}
