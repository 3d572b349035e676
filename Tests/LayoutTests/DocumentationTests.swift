import Testing

/// Public declarations have doc comments.
///
/// The rule: what a library makes public has `///` above it (above its attributes). Not needed are
/// enumeration cases, initialisers, and what a protocol asks for and documents itself: `list`,
/// operators, and members that have the name of a requirement of a protocol in this repository or
/// of the standard library's (`description`, `hash`, …). Generated messages document their fields
/// by their constraints. A stored field of a record (`public var evse: UInt32 = 0`) may stand
/// without a comment where its name and its type's say everything.
@Suite("public declarations are documented")
struct DocumentationTests {
  static let libraries = ["ChargePiES", "Journal", "Projections", "Drivers", "Link"]
  static let standard: Set<String> = [
    "description", "debugDescription", "hash", "encode", "next", "makeIterator", "rawValue",
    "allCases", "startIndex", "endIndex", "subscript", "index", "Response", "RawValue", "Element",
  ]

  @Test("in every library", arguments: libraries)
  func library(name: String) {
    let witnesses = Self.requirements.union(Self.standard)
    var places: [String] = []
    for file in SourceTree.swift("Sources/" + name) where !file.isGenerated {
      for (index, line) in file.code.enumerated() {
        guard let declared = Self.declared(line), !witnesses.contains(declared),
          !Self.isField(line), !Self.isDocumented(file.lines, index)
        else { continue }
        places.append("\(file.path):\(index + 1): \(declared)")
      }
    }
    expectNone(places, "public and not documented")
  }

  @Test("declarations are found, with their names")
  func finder() {
    #expect(Self.declared("public struct Station: Hashable {") == "Station")
    #expect(Self.declared("  public private(set) var events: [Event] = []") == "events")
    #expect(Self.declared("  public static func list<V>(_ visitor: inout V) {") == nil)
    #expect(Self.declared("  public mutating func advance(to now: Int64) -> Int64 {") == "advance")
    #expect(Self.declared("  public init() {}") == nil)
    #expect(Self.declared("  public static func == (a: A, b: A) -> Bool {") == nil)
    #expect(Self.declared("  case public") == nil)
    #expect(Self.declared("public extension Foo {") == nil)
    #expect(Self.declared("  @inlinable public subscript(name: String) -> JSON? {") == "subscript")
    #expect(Self.declared("  var events: [Event]") == nil)
    #expect(Self.isField("  public var evse: UInt32 = 0"))
    #expect(!Self.isField("  public var isOnline: Bool { connection != 0 }"))
    #expect(!Self.isField("public struct Station: Hashable {"))
  }

  /// The name of what a line makes public; nil for what needs no comment.
  private static func declared(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard words.contains("public"), words.first != "case", !words.contains("extension") else {
      return nil
    }
    let kinds = [
      "struct", "enum", "class", "protocol", "func", "var", "let", "typealias", "associatedtype",
    ]
    guard let index = words.firstIndex(where: { kinds.contains(String($0)) }) else {
      return words.contains { $0.hasPrefix("subscript") } ? "subscript" : nil
    }
    let kind = words[index] == "class" && words.dropFirst(index + 1).first == "func"
    let name = words.dropFirst(kind ? index + 2 : index + 1).first ?? ""
    let plain = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return plain.isEmpty || plain == "list" ? nil : String(plain)
  }

  /// A stored field with a default, as every field of a record has.
  private static func isField(_ line: String) -> Bool {
    let isVariable = line.hasPrefix("  public var ") && !line.contains("{")
    return isVariable && (line.contains(" = ") || line.hasSuffix("?"))
  }

  private static func isDocumented(_ lines: [String], _ index: Int) -> Bool {
    var above = index - 1
    while above >= 0 {
      let line = lines[above].drop(while: \.isWhitespace)
      if line.hasPrefix("///") { return true }
      guard line.hasPrefix("@") || line.hasPrefix("//") || line.hasPrefix("#") else { return false }
      above -= 1
    }
    return false
  }

  /// Names that the protocols of this repository ask for.
  private static let requirements: Set<String> = {
    var names: Set<String> = []
    for file in SourceTree.swift("Sources") {
      var isInProtocol = false
      for line in file.code {
        if line.hasPrefix("}") { isInProtocol = false }
        let words = line.split(separator: " ")
        if words.contains("protocol") { isInProtocol = !line.contains("{}") }
        guard isInProtocol, line.hasPrefix("  "),
          let index = words.firstIndex(where: { $0 == "func" || $0 == "var" })
        else { continue }
        let name = (words.dropFirst(index + 1).first ?? "").prefix {
          $0.isLetter || $0.isNumber || $0 == "_"
        }
        names.insert(String(name))
      }
    }
    return names
  }()
}
