/// Where a value stands in a document, spelled `chargingProfile.stackLevel` or `EVSEs[0].id`.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
  /// The path as people read it, empty for the document itself.
  public private(set) var description: String

  /// The document itself.
  public init() {
    description = ""
  }

  private init(_ description: String) {
    self.description = description
  }

  /// The path of a member of the object that stands here.
  public func member(_ name: String) -> JSONPath {
    JSONPath(Self.join(name, description, reversed: true))
  }

  /// The path of an element, counted from 0, of the array that stands here.
  public func element(_ index: Int) -> JSONPath {
    JSONPath(description + "[\(index)]")
  }

  /// Puts a step in front of (or behind) a path: brackets follow without a point.
  static func join(_ step: String, _ rest: String, reversed: Bool = false) -> String {
    let (first, second) = reversed ? (rest, step) : (step, rest)
    if first.isEmpty { return second }
    if second.isEmpty || second.utf8.first == UInt8(ascii: "[") { return first + second }
    return first + "." + second
  }
}
