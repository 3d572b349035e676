/// A DS18B20 thermometer (Maxim 19-7487), alone on a 1-wire bus: what it says, bit by bit.
final class DS18B20 {
  private enum Command {
    static let searchAddress: UInt8 = 0xF0
    static let readAddress: UInt8 = 0x33
    static let matchAddress: UInt8 = 0x55
    static let skipAddress: UInt8 = 0xCC
    static let convert: UInt8 = 0x44
    static let readMemory: UInt8 = 0xBE
    static let readSupply: UInt8 = 0xB4
  }

  /// What the next bits are.
  private enum Phase {
    /// Not addressed until the next reset.
    case deaf
    case addressing
    /// The next bit of the address, and which of its three turns.
    case search(Int, turn: Int)
    case match(Int)
    case commanding
    case answering([UInt8], Int)
  }

  /// How long a measurement of twelve bits takes.
  private static let conversionNanoseconds: Int64 = 750_000_000

  /// How warm it is.
  var millidegrees: Int64 = 20_000
  private let address: [UInt8]
  private var phase = Phase.deaf
  private var byte: UInt8 = 0
  private var bits = 0
  /// Sixteenths of a degree; 85 °C before the first measurement.
  private var measured: Int64 = 85 * 16
  private var pending: (value: Int64, readyNanoseconds: Int64)?

  /// - Parameter serial: 48 bits; the family is 0x28.
  init(serial: UInt64) {
    let bytes = [0x28] + (0..<6).map { UInt8(truncatingIfNeeded: serial >> (8 * $0)) }
    address = bytes + [Self.checksum(bytes)]
  }

  func reset() {
    phase = .addressing
    (byte, bits) = (0, 0)
  }

  /// One time slot: what the master puts on the wire; gives what is on it, where zero wins.
  func bit(_ sent: Bool, _ now: Int64) -> UInt8 {
    switch phase {
    case .deaf: break
    case .search(let place, let turn): return search(sent, place, turn)
    case .match(let place):
      let isMine = address.bit(place) == (sent ? 1 : 0)
      phase = !isMine ? .deaf : place == 63 ? .commanding : .match(place + 1)
    case .answering(let bytes, let place):
      guard place < bytes.count * 8 else { break }
      phase = .answering(bytes, place + 1)
      return sent ? bytes.bit(place) : 0
    case .addressing, .commanding: collect(sent, now)
    }
    return sent ? 1 : 0
  }

  private func search(_ sent: Bool, _ place: Int, _ turn: Int) -> UInt8 {
    let own = address.bit(place)
    guard turn == 2 else {
      phase = .search(place, turn: turn + 1)
      return turn == 0 ? own : 1 - own
    }
    phase = own != (sent ? 1 : 0) || place == 63 ? .deaf : .search(place + 1, turn: 0)
    return sent ? 1 : 0
  }

  private func collect(_ sent: Bool, _ now: Int64) {
    byte |= (sent ? 1 : 0) << UInt8(bits)
    bits += 1
    guard bits == 8 else { return }
    let command = byte
    (byte, bits) = (0, 0)
    if case .addressing = phase { begin(command) } else { obey(command, now) }
  }

  private func begin(_ command: UInt8) {
    switch command {
    case Command.searchAddress: phase = .search(0, turn: 0)
    case Command.readAddress: phase = .answering(address, 0)
    case Command.matchAddress: phase = .match(0)
    case Command.skipAddress: phase = .commanding
    default: phase = .deaf
    }
  }

  private func obey(_ command: UInt8, _ now: Int64) {
    settle(now)
    switch command {
    case Command.convert:
      pending = (millidegrees * 16 / 1_000, now + Self.conversionNanoseconds)
      phase = .deaf
    case Command.readMemory: phase = .answering(memory, 0)
    // Ones: it has a supply of its own.
    case Command.readSupply: phase = .answering([0xFF], 0)
    default: phase = .deaf
    }
  }

  private func settle(_ now: Int64) {
    guard let pending, now >= pending.readyNanoseconds else { return }
    measured = pending.value
    self.pending = nil
  }

  /// The scratchpad: temperature, alarms, twelve bits, three that are reserved, checksum.
  private var memory: [UInt8] {
    let value = UInt16(truncatingIfNeeded: measured)
    let bytes: [UInt8] = [
      UInt8(value & 0xFF), UInt8(value >> 8), 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10,
    ]
    return bytes + [Self.checksum(bytes)]
  }

  /// CRC-8 of 1-wire: x⁸ + x⁵ + x⁴ + 1, the lowest bit first.
  private static func checksum(_ bytes: [UInt8]) -> UInt8 {
    bytes.reduce(0) { sum, byte in
      (0..<8).reduce(sum ^ byte) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x8C : rest >> 1 }
    }
  }
}

extension [UInt8] {
  /// A bit, the lowest of the first byte being the first.
  fileprivate func bit(_ place: Int) -> UInt8 { self[place / 8] >> UInt8(place % 8) & 1 }
}
