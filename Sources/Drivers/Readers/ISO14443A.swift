/// The pieces of ISO/IEC 14443-3 type A that readers and cards share.
enum ISO14443A {
  /// REQA, 7 bits: cards that are idle answer.
  static let request: UInt8 = 0x26
  /// WUPA, 7 bits: cards that are idle or halted answer.
  static let wakeUp: UInt8 = 0x52
  /// SEL, one for each cascade level.
  static let select: [UInt8] = [0x93, 0x95, 0x97]
  /// NVB of an anticollision frame that knows no bit of the UID yet.
  static let nothingKnown: UInt8 = 0x20
  /// NVB of a SELECT frame: all 40 bits are known.
  static let allKnown: UInt8 = 0x70
  /// CT: the first byte of a level after which another one follows.
  static let cascadeTag: UInt8 = 0x88
  /// The bit of a SAK that says that the UID is not complete.
  static let cascadeBit: UInt8 = 0x04
  /// HLTA without its CRC.
  static let halt: [UInt8] = [0x50, 0x00]

  /// CRC_A, low byte first, as it is sent (Annex B): preset 0x6363, polynomial 0x8408 reflected.
  static func crc(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var crc: UInt16 = 0x6363
    for byte in bytes {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }
    return [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
  }

  /// A frame with its CRC behind it.
  static func withCRC(_ bytes: [UInt8]) -> [UInt8] { bytes + crc(bytes) }

  /// Whether the last two bytes are the CRC of those before.
  static func hasValidCRC(_ bytes: [UInt8]) -> Bool {
    bytes.count > 2 && crc(bytes.dropLast(2)) == Array(bytes.suffix(2))
  }

  /// BCC: the exclusive or of a level's four bytes.
  static func blockCheck(_ bytes: some Sequence<UInt8>) -> UInt8 { bytes.reduce(0, ^) }
}

extension CardUID {
  /// The four bytes that each cascade level carries: cascade tags where another level follows.
  var levels: [[UInt8]] {
    let tag = [ISO14443A.cascadeTag]
    switch bytes.count {
    case 4: return [bytes]
    case 7: return [tag + bytes[0..<3], Array(bytes[3...])]
    default: return [tag + bytes[0..<3], tag + bytes[3..<6], Array(bytes[6...])]
    }
  }
}
