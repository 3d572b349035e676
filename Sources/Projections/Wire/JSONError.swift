/// Why a text was not accepted as JSON, and where.
///
/// The sentence never quotes the text: what stands near a fault can be a card number or a key.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of fault that a caller may want to tell apart.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The text breaks the grammar of RFC 8259, or is not UTF-8.
    case syntax
    /// The text ends before its value does, or is empty.
    case truncated
    /// Arrays and objects are nested deeper than was allowed.
    case tooDeep
    /// An object has two members of one name.
    case duplicateKey
    /// A number does not fit: an integer beyond 64 bits, or one beyond a finite `Double`.
    case numberTooLarge
    /// A member's name contains U+0000, which the parser cannot represent.
    case nulInKey
    /// Memory ran out while parsing.
    case outOfMemory
  }

  /// Which kind of fault.
  public let kind: Kind
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in characters of the line; 0 where the line has not begun.
  public let column: Int
  /// How many bytes of the text had been read, counted from 0.
  public let offset: Int

  /// Whether the text was JSON, and only more than this program takes.
  ///
  /// A call with such a payload deserves an answer, one that is no JSON has no id to answer to.
  public var isJSONBeyondLimits: Bool {
    switch kind {
    case .tooDeep, .duplicateKey, .numberTooLarge, .nulInKey: true
    case .syntax, .truncated, .outOfMemory: false
    }
  }

  /// What is wrong, without the place.
  public var reason: String {
    switch kind {
    case .syntax: "the text is not JSON"
    case .truncated: "the text ends too early"
    case .tooDeep: "arrays and objects are nested too deeply"
    case .duplicateKey: "an object has two members of the same name"
    case .numberTooLarge: "a number is too large"
    case .nulInKey: "a member's name contains U+0000"
    case .outOfMemory: "there is not enough memory to parse the text"
    }
  }

  public var description: String {
    "line \(line), column \(column): \(reason)"
  }
}
