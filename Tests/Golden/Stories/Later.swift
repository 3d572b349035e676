import ChargePiES

/// What a later version of the program might write, encoded by hand.
///
/// The numbers that stand for the unknown are never to become known: field 13 of a record, fields
/// 90 and from 300 on within one, kind 60, and of enumerations 44, 55, 77 and 99.
enum Later {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] {
    varint(field << 3) + varint(value)
  }

  static func block(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(UInt64(content.count)) + content
  }

  /// One unknown field, of each wire type in turn.
  private static func unknown(_ field: UInt64, _ turn: Int) -> [UInt8] {
    switch turn % 4 {
    case 0: number(field, 1 << 40)
    case 1: block(field, Array("not known yet".utf8))
    case 2: varint(field << 3 | 1) + [1, 2, 3, 4, 5, 6, 7, 8]
    default: varint(field << 3 | 5) + [9, 9, 9, 9]
    }
  }

  /// A record with unknown fields: beside the stamp, and at both ends of its body.
  static func withUnknownFields(_ record: [UInt8], _ turn: Int) -> [UInt8] {
    let parts = WireField.split(record)
    let known = parts.filter { $0.number < 16 }.flatMap(\.bytes)
    let bodies = parts.filter { $0.number >= 16 }.flatMap { part in
      block(
        part.number, unknown(300 + UInt64(turn), turn + 1) + part.content + unknown(90, turn + 2))
    }
    // Every third has its body in front: order is nobody's promise.
    return turn % 3 == 0
      ? bodies + known + unknown(13, turn) : unknown(13, turn) + known + bodies
  }

  /// A turn with numbers of enumerations that nobody knows yet.
  static let unknownCases: [[UInt8]] = [
    number(3, 1) + number(4, 400_000_000_000) + number(6, 99)
      + block(27, number(1, 1) + number(2, 77) + block(3, Array("Later".utf8)) + number(5, 1)),
    number(2, 1) + block(80, number(1, 1) + number(2, 77) + block(3, Array("Later".utf8))),
    number(2, 2) + block(66, number(1, 1) + number(2, 1) + number(3, 99) + number(4, 77)),
    number(2, 3) + block(89, number(1, 1) + number(2, 55) + number(3, 7) + number(6, 44)),
  ]

  /// A record of a kind that nobody knows yet.
  static func unknownKind(_ kind: UInt64, turnOffset: UInt64 = 0) -> [UInt8] {
    let head =
      turnOffset == 0 ? number(3, 1) + number(4, 400_000_000_000) : number(2, turnOffset)
    return head + block(kind, number(1, 5) + block(2, Array("later".utf8)))
  }
}
