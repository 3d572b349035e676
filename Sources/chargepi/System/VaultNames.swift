import Journal
import Projections

/// The vault as the projections' store of names, with a small memory of its own.
final class VaultNames: NameStore {
  private let vault: Vault
  private var texts: [UInt64: String] = [:]
  private var numbers: [String: (id: UInt64, canonical: UInt64)] = [:]
  /// Entries remembered; the memory starts anew when it is full.
  private static let most = 256

  /// Names in an open vault.
  init(_ vault: Vault) {
    self.vault = vault
  }

  /// OCPP 1.6 has one type of identification, a card's; the API's cards are of this type too.
  static let cardType: UInt32 = 1

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    if let known = numbers[text] { return known }
    let entry = try vault.intern(text, type: Self.cardType)
    if numbers.count >= Self.most { numbers.removeAll() }
    numbers[text] = (entry.id, entry.canonical)
    return (entry.id, entry.canonical)
  }

  func text(_ id: UInt64) throws -> String? {
    if let known = texts[id] { return known }
    guard let text = try vault.token(id)?.text else { return nil }
    if texts.count >= Self.most { texts.removeAll() }
    texts[id] = text
    return text
  }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    try vault.setSecret(name, value)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    try vault.secret(name, version: version)
  }
}
