import Journal
import Projections

/// Card numbers as the daemon has them: in a vault, with a memory of those in use.
final class BenchNames: NameStore {
  let vault: Vault
  private var entries: [String: TokenEntry] = [:]
  private var texts: [UInt64: String] = [:]

  /// Names in an open vault.
  init(_ vault: Vault) {
    self.vault = vault
  }

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    let entry = try entries[text] ?? vault.intern(text, type: 1)
    entries[text] = entry
    texts[entry.id] = text
    return (entry.id, entry.canonical)
  }

  func text(_ id: UInt64) throws -> String? {
    try texts[id] ?? vault.token(id)?.text
  }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    try vault.setSecret(name, value)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    try vault.secret(name, version: version)
  }
}
