import Testing

@testable import Drivers

@Suite("what a card says about itself")
struct CardTests {
  @Test("a UID has 4, 7 or 10 bytes, and its text fits an idTag")
  func sizes() throws {
    for size in 0...12 {
      let uid = CardUID(Array(repeating: 0x04, count: size))
      #expect((uid != nil) == [4, 7, 10].contains(size))
    }
    let uid = try #require(CardUID([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x0F]))
    #expect(uid.text() == "04A1B2C3D4E50F")
    #expect(uid.text(isReversed: true) == "0FE5D4C3B2A104")
  }

  @Test("a cascade tag is never the first byte of a level that ends a UID")
  func cascadeTag() {
    #expect(CardUID([0x88, 1, 2, 3]) == nil)
    #expect(CardUID([1, 2, 3, 0x88, 5, 6, 7]) == nil)
    #expect(CardUID([0x88, 1, 2, 3, 4, 5, 6]) != nil)
    #expect(CardUID([0x88, 1, 2, 0x88, 4, 5, 0x88, 7, 8, 9]) != nil)
  }

  @Test("text is read back in either case, and anything else is refused")
  func parsing() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<200 {
      let uid = random.uid()
      #expect(CardUID(text: uid.text()) == uid)
      #expect(CardUID(text: uid.text().lowercased()) == uid)
    }
    for text in ["", "04A1B2C", "04A1B2", "04A1B2G3", "04 A1 B2", "88A1B2C3", "٠٤A1B2C3"] {
      #expect(CardUID(text: text) == nil)
    }
  }

  @Test("four bytes from 0x08 are a random UID, longer ones are not")
  func random() {
    #expect(CardUID([0x08, 1, 2, 3])?.isRandom == true)
    #expect(CardUID([0x04, 1, 2, 3])?.isRandom == false)
    #expect(CardUID([0x08, 1, 2, 3, 4, 5, 6])?.isRandom == false)
  }

  @Test("CRC_A has the values of the standard's annex, and finds every flip of one or two bits")
  func crc() {
    #expect(ISO14443A.crc([0x00, 0x00]) == [0xA0, 0x1E])
    #expect(ISO14443A.crc([0x12, 0x34]) == [0x26, 0xCF])
    #expect(ISO14443A.crc([0x50, 0x00]) == [0x57, 0xCD])
    let frame = ISO14443A.withCRC([0x93, 0x70, 0x04, 0xA1, 0xB2, 0xC3, 0xD4])
    #expect(ISO14443A.hasValidCRC(frame))
    for first in 0..<frame.count * 8 {
      for second in first..<frame.count * 8 {
        var damaged = frame
        damaged[first / 8] ^= 1 << UInt8(first % 8)
        if second != first { damaged[second / 8] ^= 1 << UInt8(second % 8) }
        #expect(!ISO14443A.hasValidCRC(damaged))
      }
    }
  }

  @Test("levels carry the UID, with cascade tags before those that do not end it")
  func levels() throws {
    let single = try #require(CardUID([1, 2, 3, 4]))
    let double = try #require(CardUID([1, 2, 3, 4, 5, 6, 7]))
    let triple = try #require(CardUID([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    #expect(single.levels == [[1, 2, 3, 4]])
    #expect(double.levels == [[0x88, 1, 2, 3], [4, 5, 6, 7]])
    #expect(triple.levels == [[0x88, 1, 2, 3], [0x88, 4, 5, 6], [7, 8, 9, 10]])
  }
}
