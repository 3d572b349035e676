import Testing

@testable import Drivers

@Suite("the letters of an HD44780")
struct HD44780FontTests {
  @Test("what the driver takes for a letter of the ROM looks like it")
  func rom() {
    let letters = (0x20...0x24F).compactMap { Unicode.Scalar($0 as Int).map(Character.init) }
    var found = 0
    for letter in letters + Array("→←αε\u{3BC}σρ√θ∞ΩΣπ█") {
      guard let code = HD44780Font.romCode(letter) else { continue }
      found += 1
      let seen = SimulatedHD44780Font.character(code)
      // U+00B5 and U+03BC are the same letter.
      let isSame = seen == letter || letter == "\u{B5}" && seen == "\u{3BC}"
      #expect(isSame, "\(letter) is \(code)")
    }
    // Printable ASCII without backslash and tilde, and what A00 has besides.
    #expect(found == 93 + 26)
  }

  @Test("no two drawings are alike, all have eight rows of five points, and none is in the ROM")
  func drawings() {
    for letter in "čšžČŠŽćĆđĐÄÖÜéèà\\~€" {
      let rows = HD44780Font.glyph(letter) ?? []
      #expect(rows.count == 8)
      let widest = rows.max() ?? 0xFF
      #expect(widest < 0x20)
      #expect(HD44780Font.character(glyph: rows) == letter)
      #expect(HD44780Font.romCode(letter) == nil)
    }
  }

  @Test("without a slot every letter is one plain cell", arguments: Array("čšžČŠŽćĆđĐÄÖÜéèà"))
  func nearest(letter: Character) {
    let code = HD44780Font.nearest(letter)
    #expect((0x41...0x7A).contains(code))
  }

  @Test("what nobody knows is a question mark")
  func unknown() {
    #expect(HD44780Font.nearest("漢") == 0x3F)
    #expect(HD44780Font.nearest("ø") == 0x6F)
    #expect(HD44780Font.nearest("–") == 0x2D)
  }

  @Test("the first eight letters that need a drawing get one, the rest is the nearest letter")
  func exhaustion() {
    let bench = DisplayBench()
    bench.show(["čšžČŠŽÄÖÜćé", "Überhitzt"])
    bench.pass(milliseconds: 300)
    #expect(bench.chip.text == ["čšžČŠŽÄÖUce     ", "Uberhitzt       "])
  }

  @Test("drawings that are not needed any more make room")
  func reuse() {
    let bench = DisplayBench()
    bench.show(["čšžČŠŽÄÖ"])
    bench.pass(milliseconds: 300)
    bench.show(["čšž Üćđé"])
    bench.pass(milliseconds: 100)
    #expect(bench.chip.text[0] == "čšž Üćđé        ")
  }

  @Test("a text that comes again costs no drawing again")
  func keeping() {
    let bench = DisplayBench()
    bench.show(["Polnjenje ž"])
    bench.pass(milliseconds: 300)
    bench.show(["Polnjenje x"])
    bench.pass(milliseconds: 100)
    let before = bench.chip.busBytes
    bench.show(["Polnjenje ž"])
    bench.pass(milliseconds: 100)
    #expect(bench.chip.busBytes - before == 9)
    #expect(bench.chip.text[0] == "Polnjenje ž     ")
  }
}
