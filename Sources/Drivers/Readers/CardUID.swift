/// The identifier of a contactless card: 4, 7 or 10 bytes (ISO/IEC 14443-3 §6.5.4).
///
/// It is an identifier and no secret: whoever can read a card can make another one like it.
public struct CardUID: Hashable, Sendable {
  /// The bytes in the order of the air, without cascade tags.
  public let bytes: [UInt8]

  /// Takes what can be a UID: nil for other sizes, and for a cascade tag where none may stand (it
  /// would be half of a longer UID).
  public init?(_ bytes: [UInt8]) {
    switch bytes.count {
    case 4 where bytes[0] != ISO14443A.cascadeTag: break
    case 7 where bytes[3] != ISO14443A.cascadeTag: break
    case 10: break
    default: return nil
    }
    self.bytes = bytes
  }

  /// Reads the text of `text()`, in either case of letters.
  public init?(text: String) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      guard character.isASCII, let digit = character.hexDigitValue else { return nil }
      if let half = high {
        bytes.append(half << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    guard high == nil else { return nil }
    self.init(bytes)
  }

  /// Whether the card makes up another UID each time a field wakes it (phones, passports): such
  /// a UID says nothing about who holds it (ISO/IEC 14443-3 §6.5.4: a single size UID from 0x08).
  public var isRandom: Bool { bytes.count == 4 && bytes[0] == 0x08 }

  /// 8, 14 or 20 upper-case hexadecimal digits, which fit an idTag of OCPP 1.6. Reversed
  /// (`uid_order`) for systems that have stored their cards from the last byte on.
  public func text(isReversed: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".unicodeScalars)
    var text = ""
    for byte in isReversed ? bytes.reversed() : bytes {
      text.unicodeScalars.append(digits[Int(byte >> 4)])
      text.unicodeScalars.append(digits[Int(byte & 0x0F)])
    }
    return text
  }
}
