/// A contactless card: what it says on the air, bit by bit (ISO/IEC 14443-3 §6.3, type A).
public final class SimulatedCard {
  private enum Stage: Hashable {
    case resting
    /// Woken, or selected up to this cascade level.
    case ready(Int)
    case active
  }

  /// Its UID; one that is random changes whenever a field comes up.
  public private(set) var uid: CardUID
  private let isSmartCard: Bool
  private var stage = Stage.resting
  /// Whether it rests in HALT, where only WUPA wakes it.
  private var isHalted = false
  private var chance: SimulatedChance?

  /// A card that answers with this UID. Smart cards (ISO/IEC 14443-4) say so when they are
  /// selected; those with a random UID (phones, passports) always are, and the UID here is their
  /// first seed.
  public init(_ uid: CardUID, isSmartCard: Bool = false) {
    self.uid = uid
    self.isSmartCard = isSmartCard || uid.isRandom
    if uid.isRandom {
      chance = SimulatedChance(seed: uid.bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// The field comes up or goes.
  func powerUp() {
    stage = .resting
    isHalted = false
    guard let number = chance?.next() else { return }
    let tail = (0..<3).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    uid = CardUID([0x08] + tail) ?? uid
  }

  /// What the card answers to bits on the air; nil for silence.
  func answer(_ bits: [Bool]) -> [Bool]? {
    if bits.count == 7 { return woken(by: AirBits.bytes(bits)[0]) }
    if let answer = chosen(by: bits) { return answer.isEmpty ? nil : answer }
    let isHalt = AirBits.bytes(bits) == ISO14443A.withCRC(ISO14443A.halt)
    rest(isHalted: isHalted || stage == .active && isHalt)
    return nil
  }

  private func rest(isHalted: Bool) {
    stage = .resting
    self.isHalted = isHalted
  }

  private func woken(by command: UInt8) -> [Bool]? {
    let isCall =
      command == ISO14443A.wakeUp || command == ISO14443A.request && !isHalted
    guard stage == .resting, isCall else {
      // A call to a card that is awake is an error to it: it goes back to where it rested.
      rest(isHalted: isHalted)
      return nil
    }
    stage = .ready(0)
    // ATQA: the size of the UID, and bit frame anticollision.
    let size: UInt8 = uid.bytes.count == 4 ? 0 : uid.bytes.count == 7 ? 0x40 : 0x80
    return AirBits.bits([size | 0x04, 0x00])
  }

  /// Anticollision and SELECT; nil when the frame is neither, empty when the card keeps silent.
  private func chosen(by bits: [Bool]) -> [Bool]? {
    guard case .ready(let level) = stage, bits.count >= 16 else { return nil }
    let frame = AirBits.bytes(bits)
    guard frame[0] == ISO14443A.select[level] else { return nil }
    let part = uid.levels[level]
    let own = AirBits.bits(part + [ISO14443A.blockCheck(part)])
    if frame[1] == ISO14443A.allKnown {
      guard frame.count == 9, ISO14443A.hasValidCRC(frame), AirBits.bits(Array(frame[2..<7])) == own
      else { return nil }
      return selected(level)
    }
    let known = Int(frame[1] >> 4) * 8 + Int(frame[1] & 0x07) - 16
    guard known >= 0, known < 40, bits.count == 16 + known else { return nil }
    return Array(bits[16...]) == Array(own[..<known]) ? Array(own[known...]) : []
  }

  private func selected(_ level: Int) -> [Bool] {
    let isComplete = level + 1 == uid.levels.count
    stage = isComplete ? .active : .ready(level + 1)
    let sak = isComplete ? (isSmartCard ? 0x20 : 0x08) : ISO14443A.cascadeBit
    return AirBits.bits(ISO14443A.withCRC([sak]))
  }
}

/// Bytes as bits on the air, the lowest bit first, parity left out.
enum AirBits {
  static func bits(_ bytes: [UInt8]) -> [Bool] {
    bytes.flatMap { byte in (0..<8).map { byte >> UInt8($0) & 1 == 1 } }
  }

  /// The last byte is filled with zeros.
  static func bytes(_ bits: [Bool]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return bytes
  }
}
