import Projections
import Testing

@Suite("JSON is read whole, in order, and within bounds")
struct JSONTests {
  private func parse(_ text: String, allowDuplicates: Bool = false) throws(JSONError) -> JSON {
    try JSON.parse(Array(text.utf8), allowDuplicates: allowDuplicates)
  }

  private func error(of text: String) -> JSONError? {
    do throws(JSONError) {
      _ = try parse(text)
      return nil
    } catch {
      return error
    }
  }

  @Test("every kind of value is read")
  func kinds() throws {
    let json = try parse(#" {"b":[true,false,null],"a":{"x":-7,"y":1.5,"z":"é\u00e9\n"}} "#)
    let inner: [JSON.Member] = [
      .init("x", .integer(-7)), .init("y", .number(1.5)), .init("z", .string("éé\n")),
    ]
    #expect(
      json
        == .object([
          .init("b", .array([.bool(true), .bool(false), .null])), .init("a", .object(inner)),
        ]))
    #expect(try parse("5") == .integer(5))
    #expect(try parse(#""x""#) == .string("x"))
  }

  @Test("members keep the order of the text, however many there are")
  func order() throws {
    let names = (0..<500).map { "name\($0 &* 7919 % 500)" }
    let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    #expect(try parse(text).members?.map(\.name) == names)
  }

  @Test("accessors give what is there and nothing else")
  func accessors() throws {
    let json = try parse(#"{"i":5,"whole":5.0,"n":5.5,"s":"5","t":true,"l":[1],"huge":1e300}"#)
    #expect(json["i"]?.integer == 5)
    #expect(json["whole"]?.integer == 5)
    #expect(json["n"]?.integer == nil)
    #expect(json["huge"]?.integer == nil)
    #expect(json["s"]?.integer == nil)
    #expect(json["i"]?.double == 5)
    #expect(json["n"]?.double == 5.5)
    #expect(json["s"]?.string == "5")
    #expect(json["t"]?.boolean == true)
    #expect(json["l"]?.elements == [.integer(1)])
    #expect(json["missing"] == nil)
    #expect(json["l"]?["i"] == nil)
  }

  @Test("U+0000 is kept in strings and refused in names")
  func nul() throws {
    #expect(try parse(#""a\u0000b""#) == .string("a\u{0}b"))
    #expect(error(of: #"{"a\u0000b":1}"#)?.kind == .nulInKey)
  }

  @Test("numbers that do not fit are errors, those at the limit are exact")
  func largeNumbers() throws {
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("-9223372036854775808") == .integer(.min))
    #expect(error(of: "9223372036854775808")?.kind == .numberTooLarge)
    #expect(error(of: "-9223372036854775809")?.kind == .numberTooLarge)
    #expect(error(of: "[1e400]")?.kind == .numberTooLarge)
    #expect(error(of: "[-1e400]")?.kind == .numberTooLarge)
  }

  @Test(
    "what breaks the grammar is an error with its place",
    arguments: [
      "{", "[1,", "[1,]", "{\"a\":}", "{a:1}", "'x'", "nul", "[1] 2", "\"\\ud800\"", "\"\\x\"",
      "01",
      "+1", "NaN", "\"tab\tin it\"", "[1}", "\u{FEFF}1", "//1",
    ])
  func malformed(text: String) {
    let error = error(of: text)
    #expect(error?.kind == .syntax || error?.kind == .truncated, "\(text)")
    #expect(error?.line == 1)
    #expect((error?.offset ?? .max) <= text.utf8.count)
  }

  @Test("an empty text ends too early, and invalid UTF-8 is no JSON")
  func emptyAndInvalid() {
    #expect(error(of: "")?.kind == .truncated)
    #expect(error(of: "   ")?.kind == .truncated)
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xC3, 0x28, 0x22]) }
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test("the place of an error is where a person would look")
  func place() {
    let error = error(of: "{\n  \"a\": 1,\n  \"a\": 2\n}")
    #expect(error?.kind == .duplicateKey)
    #expect(error?.line == 3)
    #expect(error?.description.contains("line 3") == true)
  }

  @Test("errors do not quote the text, which may hold a card number")
  func errorsAreSilent() {
    for text in [#"["04A1B2C3" "x"]"#, #"{"04A1B2C3":1,"04A1B2C3":2}"#, #""04A1B2C3"#] {
      #expect(error(of: text)?.description.contains("04A1") == false)
    }
  }

  @Test("of duplicate members the last counts if they are allowed")
  func duplicates() throws {
    #expect(try parse(#"{"a":1,"a":2}"#, allowDuplicates: true)["a"] == .integer(2))
  }

  @Test("hostile nesting is an error, not a crash, whatever depth is allowed")
  func nesting() throws {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
      String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
    ] {
      #expect(error(of: text)?.kind == .tooDeep)
      #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8), maximumDepth: .max) }
    }
    let deepest = JSON.deepestNesting
    let text = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
    #expect(try JSON.parse(Array(text.utf8), maximumDepth: .max).elements?.count == 1)
    #expect(throws: JSONError.self) {
      try JSON.parse(Array("[\(text)]".utf8), maximumDepth: .max)
    }
  }

  @Test("depth counts open brackets only, and none inside strings")
  func depth() throws {
    let text = #"[[1],[2],{"[[[\"[[[":"{{{{"}]"#
    #expect(try JSON.parse(Array(text.utf8), maximumDepth: 2).elements?.count == 3)
    do throws(JSONError) {
      _ = try JSON.parse(Array("[1,\n [[]]]".utf8), maximumDepth: 2)
      Issue.record("three levels were accepted")
    } catch {
      #expect(error.kind == .tooDeep)
      #expect(error.line == 2)
      #expect(error.column == 3)
      #expect(error.offset == 6)
    }
  }

  @Test("what was written reads back, for random values")
  func roundTrip() throws {
    var random = SeededRandom(seed: 0x0C99)
    for _ in 0..<2000 {
      let json = random.json(depth: 4)
      #expect(try JSON.parse(json.jsonBytes) == json)
    }
  }
}
