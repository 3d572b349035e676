/// The chip's memory as it shall be and as it is known to be; what differs has to be written.
///
/// One list for both: the 64 bytes of custom characters (CGRAM), then the cells (DDRAM) row by row.
struct HD44780Memory {
  /// Bytes behind one address: with the address they are 32 port bytes, one write on any adapter.
  static let bytesPerWrite = 7

  /// A stretch of memory in which the chip counts its address up by itself.
  private struct Area {
    var range: Range<Int>
    /// The instruction that sets the address of the first byte.
    var instruction: UInt8
  }

  /// What to write next.
  struct Part: Hashable {
    /// Where, in the list of bytes.
    var range: Range<Int>
    /// The instruction that sets the address.
    var instruction: UInt8
    var bytes: [UInt8]

    /// Everything on the port, in one write: a lost write leaves no other in the wrong place.
    var portBytes: [UInt8] {
      PCF8574Port.instruction(instruction) + bytes.flatMap(PCF8574Port.data)
    }
  }

  private let size: HD44780Size
  private let areas: [Area]
  private var slots = HD44780Slots()
  /// Nil: whatever is there is right.
  private var wanted: [UInt8?]
  /// Nil: nobody knows.
  private var known: [UInt8?]

  init(size: HD44780Size) {
    self.size = size
    let drawings = HD44780Slots.count * 8
    var areas = [Area(range: 0..<drawings, instruction: 0x40)]
    for (row, address) in size.rowAddresses.enumerated() {
      let first = drawings + row * size.columns
      areas.append(Area(range: first..<first + size.columns, instruction: 0x80 | address))
    }
    self.areas = areas
    let cells = [UInt8?](repeating: 0x20, count: size.columns * size.rows)
    wanted = [UInt8?](repeating: nil, count: drawings) + cells
    known = [UInt8?](repeating: nil, count: wanted.count)
  }

  /// Sets what shall be shown: lines are cut or filled with spaces, missing ones are empty.
  mutating func show(_ lines: [String]) {
    var text: [Character] = []
    for row in 0..<size.rows {
      let line = (row < lines.count ? Array(lines[row]) : []).prefix(size.columns)
      text += line + [Character](repeating: " ", count: size.columns - line.count)
    }
    let codes = slots.codes(of: text)
    let drawings = slots.characters.flatMap { character -> [UInt8?] in
      character.flatMap(HD44780Font.glyph) ?? [UInt8?](repeating: nil, count: 8)
    }
    wanted = drawings + codes.map(Optional.some)
  }

  /// Nobody knows any more what the chip holds.
  mutating func forget() { known = [UInt8?](repeating: nil, count: known.count) }

  /// What to write next; nil when the chip holds what it shall.
  func nextPart() -> Part? {
    for area in areas {
      guard let first = area.range.first(where: differs) else { continue }
      let range = first..<end(of: first, in: area)
      let offset = UInt8(first - area.range.lowerBound)
      return Part(
        range: range, instruction: area.instruction + offset,
        bytes: wanted[range].compactMap(\.self))
    }
    return nil
  }

  /// A byte that is right between two that are wrong is written again: that costs what a second
  /// address costs, in one write instead of two.
  private func end(of first: Int, in area: Area) -> Int {
    var last = first
    var index = first + 1
    let limit = min(area.range.upperBound, first + Self.bytesPerWrite)
    while index < limit, index - last <= 2, wanted[index] != nil {
      if differs(index) { last = index }
      index += 1
    }
    return last + 1
  }

  private func differs(_ index: Int) -> Bool {
    wanted[index].map { $0 != known[index] } ?? false
  }

  /// A part was written.
  mutating func wrote(_ part: Part) {
    known.replaceSubrange(part.range, with: part.bytes.map(Optional.some))
  }

  /// The address at which the chip must stand after a part; nil for drawings, which it counts
  /// differently.
  static func addressAfter(_ part: Part) -> UInt8? {
    guard part.instruction & 0x80 != 0 else { return nil }
    let address = Int(part.instruction & 0x7F) + part.bytes.count
    // Two lines of 40 cells each, at 0x00 and 0x40 (HD44780U, figure 4).
    switch address {
    case 0x28: return 0x40
    case 0x68: return 0x00
    default: return UInt8(address)
    }
  }
}
