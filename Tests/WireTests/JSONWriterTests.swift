import Projections
import Testing

@Suite("JSON is written deterministically")
struct JSONWriterTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test("commas stand between members and elements, and nowhere else")
  func structure() {
    let text = written { writer in
      writer.beginArray()
      writer.integer(2)
      writer.beginObject()
      writer.member("a", 1)
      writer.member("none", Int?.none)
      writer.name("b")
      writer.beginArray()
      writer.endArray()
      writer.member("c", [true, false])
      writer.endObject()
      writer.beginObject()
      writer.endObject()
      writer.null()
      writer.endArray()
    }
    #expect(text == #"[2,{"a":1,"b":[],"c":[true,false]},{},null]"#)
  }

  @Test("strings are escaped as little as possible")
  func strings() {
    let text = written { $0.string("a\"b\\c/d\u{8}\t\n\u{C}\r\u{0}\u{1f}\u{7f}é😀\u{2028}") }
    let expected = #""a\"b\\c/d\b\t\n\f\r\u0000\u001f"# + "\u{7f}é😀\u{2028}\""
    #expect(text == expected)
    #expect(written { $0.string("") } == "\"\"")
  }

  @Test("integers are exact to the limits")
  func integers() {
    #expect(written { $0.integer(.min) } == "-9223372036854775808")
    #expect(written { $0.integer(.max) } == "9223372036854775807")
    #expect(written { $0.integer(0) } == "0")
  }

  @Test(
    "decimals place their point by the scale",
    arguments: [
      (12345, 3, "12.345"), (-5, 3, "-0.005"), (0, 1, "0.0"), (160, 1, "16.0"), (7, 0, "7"),
      (Int64.min, 9, "-9223372036.854775808"), (Int64.max, 0, "9223372036854775807"),
    ] as [(Int64, Int, String)])
  func decimals(units: Int64, scale: Int, expected: String) throws {
    #expect(written { $0.decimal(units, scale: scale) } == expected)
    #expect(written { $0.decimalString(units, scale: scale) } == "\"\(expected)\"")
  }

  @Test("decimals read exactly, and not at all where digits would be lost")
  func readingDecimals() throws {
    for tenths in (-5000...5000) as ClosedRange<Int64> {
      let decimal = JSONDecimal(units: tenths, scale: 1)
      let json = try JSON.parse(decimal.jsonBytes)
      #expect(JSONDecimal(json, scale: 1) == decimal)
    }
    #expect(JSONDecimal(.number(21.45), scale: 1) == nil)
    #expect(JSONDecimal(.number(21.400000001), scale: 1) == nil)
    #expect(JSONDecimal(.integer(16), scale: 1) == JSONDecimal(units: 160, scale: 1))
    #expect(JSONDecimal(.integer(.max), scale: 1) == nil)
    #expect(JSONDecimal(.number(1e300)) == nil)
    #expect(JSONDecimal(.number(0.125)) == JSONDecimal(units: 125, scale: 3))
    #expect(JSONDecimal(.string("1"), scale: 1) == nil)
  }

  @Test("rescaling keeps the number or refuses")
  func rescaling() {
    let decimal = JSONDecimal(units: 1250, scale: 2)
    #expect(decimal.rescaled(to: 1) == JSONDecimal(units: 125, scale: 1))
    #expect(decimal.rescaled(to: 0) == nil)
    #expect(decimal.rescaled(to: 3) == JSONDecimal(units: 12500, scale: 3))
    #expect(JSONDecimal(units: .max, scale: 0).rescaled(to: 1) == nil)
  }
}
