/// Which of our drawings lie in the chip's eight slots for custom characters.
struct HD44780Slots {
  static let count = 8

  /// What each slot holds, or is about to.
  private(set) var characters = [Character?](repeating: nil, count: Self.count)

  /// The codes of a text, in reading order, with slots given to what the ROM does not have.
  ///
  /// Drawings stay in their slots while the text needs them, and afterwards until another needs the
  /// slot: the same text costs no drawing twice. The first eight get slots, the rest is shown as
  /// the nearest character of the ROM.
  mutating func codes(of text: [Character]) -> [UInt8] {
    let needed = needed(by: text)
    for character in needed where !characters.contains(character) {
      let free =
        characters.firstIndex(of: nil)
        ?? characters.firstIndex { slot in slot.map { !needed.contains($0) } ?? true }
      if let free { characters[free] = character }
    }
    return text.map(code)
  }

  private func needed(by text: [Character]) -> [Character] {
    var needed: [Character] = []
    for character in text where needed.count < Self.count {
      guard HD44780Font.romCode(character) == nil, HD44780Font.glyph(character) != nil,
        !needed.contains(character)
      else { continue }
      needed.append(character)
    }
    return needed
  }

  private func code(_ character: Character) -> UInt8 {
    if let code = HD44780Font.romCode(character) { return code }
    if let slot = characters.firstIndex(of: character) { return UInt8(slot) }
    return HD44780Font.nearest(character)
  }
}
