import Projections

/// A vault in memory, which outlives the processes of a life.
final class MemoryNames: NameStore {
  private var texts: [String] = []
  private var secrets: [[UInt8]] = []
  /// Numbers by exact spelling; looked up, never walked.
  private var numbers: [String: UInt64] = [:]

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    let id = number(text)
    let folded = text.lowercased()
    return (id, folded == text ? id : canonical(folded) ?? id)
  }

  private func number(_ text: String) -> UInt64 {
    if let known = numbers[text] { return known }
    texts.append(text)
    numbers[text] = UInt64(texts.count)
    return UInt64(texts.count)
  }

  private func canonical(_ folded: String) -> UInt64? {
    texts.firstIndex { $0.lowercased() == folded }.map { UInt64($0) + 1 }
  }

  func text(_ id: UInt64) throws -> String? {
    id >= 1 && Int(id) <= texts.count ? texts[Int(id) - 1] : nil
  }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    secrets.append(value)
    return UInt32(secrets.count)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    version >= 1 && Int(version) <= secrets.count ? secrets[Int(version) - 1] : nil
  }
}
