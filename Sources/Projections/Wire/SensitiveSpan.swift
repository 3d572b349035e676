/// A stretch of a frame's bytes that must not reach the journal.
public struct SensitiveSpan: Hashable, Sendable {
  /// Why it must not.
  public enum Kind: Hashable, Sendable {
    /// A card number or another idToken: personal.
    case token
    /// A password or key.
    case secret
  }

  /// The raw bytes between the quotes, escapes as they stand; to the text's end if it is cut off.
  public let range: Range<Int>
  /// What it is.
  public let kind: Kind

  /// A stretch of that kind.
  public init(range: Range<Int>, kind: Kind) {
    self.range = range
    self.kind = kind
  }
}

/// Finds card numbers and secrets in the bytes of a frame, JSON or not.
///
/// The raw bytes of every frame are recorded, also of those that no parser accepts, so the search
/// is lexical: it takes truncated and malformed texts, does not recurse and is linear in time. When
/// in doubt it marks too much: keys are compared without case and with their escapes resolved.
public enum SensitiveSpans {
  /// The spans in ascending order, without overlaps.
  ///
  /// - Strings under `idTag`, `parentIdTag`, `idToken`, `groupIdToken` and their like are tokens.
  /// - Strings under the names of passwords are secrets (`password`, `apnPassword`, …).
  /// - In `{"key": "AuthorizationKey", "value": "…"}` (OCPP 1.6), the value is a secret, in either
  ///   order; so is `attributeValue` beside `{"variable": {"name": "BasicAuthPassword"}}` (2.0.1).
  public static func scan(_ bytes: UnsafeRawBufferPointer) -> [SensitiveSpan] {
    guard mayContainAny(bytes) else { return [] }
    var scanner = SensitiveScanner(bytes: bytes)
    return scanner.scan()
  }

  /// The spans in ascending order, without overlaps.
  public static func scan(_ bytes: [UInt8]) -> [SensitiveSpan] {
    bytes.withUnsafeBytes { scan($0) }
  }

  /// Whether a string begins like one of the names that matter, or something hides one.
  ///
  /// Most frames (heartbeats, statuses, meter values) end here. A text that is cut off may lack the
  /// name that comes after its value, and an escape may hide a letter: both are looked at closely.
  static func mayContainAny(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 2 else { return false }
    var last = bytes.count - 1
    while last > 0, bytes[last] <= 0x20 { last -= 1 }
    if bytes[last] != UInt8(ascii: "]") && bytes[last] != UInt8(ascii: "}") { return true }
    for index in 0..<(bytes.count - 2) {
      if bytes[index] == UInt8(ascii: "\\") { return true }
      guard bytes[index] == UInt8(ascii: "\"") else { continue }
      if SensitiveNames.beginnings.contains(where: {
        $0.0 == bytes[index + 1] | 0x20 && $0.1 == bytes[index + 2] | 0x20
      }) {
        return true
      }
    }
    return false
  }
}
