import Journal
import Projections

/// A story's vault as the store of names.
struct VaultBook: NameStore {
  let vault: Vault
  /// The type of every card, as the daemon numbers it.
  private static let cardType: UInt32 = 1

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    let entry = try vault.intern(text, type: Self.cardType)
    return (entry.id, entry.canonical)
  }

  func text(_ id: UInt64) throws -> String? { try vault.token(id)?.text }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    try vault.setSecret(name, value)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    try vault.secret(name, version: version)
  }
}
