import Drivers

/// A DS2482-100 (I2C to 1-wire, Maxim 19-4930), as the kernel's ds2482 knows it: so that its w1 bus
/// is a real one, with a real `w1_slave` on it.
///
/// What its bus does is done when its command has been written: it is never busy.
final class DS2482: I2CChip {
  private enum Command {
    static let reset: UInt8 = 0xF0
    static let setReadPointer: UInt8 = 0xE1
    static let writeConfiguration: UInt8 = 0xD2
    static let resetWire: UInt8 = 0xB4
    static let singleBit: UInt8 = 0x87
    static let writeByte: UInt8 = 0xA5
    static let readByte: UInt8 = 0x96
    static let triplet: UInt8 = 0x78
  }

  /// Registers by what the read pointer calls them.
  private enum Register: UInt8 {
    case status = 0xF0
    case data = 0xE1
    case configuration = 0xC3
  }

  private enum Status {
    static let presence: UInt8 = 0x02
    static let level: UInt8 = 0x08
    static let wasReset: UInt8 = 0x10
    static let bit: UInt8 = 0x20
    static let complement: UInt8 = 0x40
    static let direction: UInt8 = 0x80
  }

  private let wire: DS18B20
  private var pointer = Register.status
  private var status = Status.level | Status.wasReset
  private var configuration: UInt8 = 0
  private var data: UInt8 = 0

  init(_ wire: DS18B20) { self.wire = wire }

  func write(_ bytes: [UInt8], nowNanoseconds now: Int64) -> Bool {
    guard let command = bytes.first else { return true }
    return bytes.count > 1
      ? take(command, bytes[1], nowNanoseconds: now) : take(command, nowNanoseconds: now)
  }

  func read(_ count: Int, nowNanoseconds: Int64) -> [UInt8]? {
    let byte =
      switch pointer {
      case .status: status
      case .data: data
      case .configuration: configuration
      }
    return [UInt8](repeating: byte, count: count)
  }

  private func take(_ command: UInt8, nowNanoseconds now: Int64) -> Bool {
    pointer = .status
    switch command {
    case Command.reset: status = Status.level | Status.wasReset
    case Command.resetWire:
      wire.reset()
      status = status & Status.wasReset | Status.level | Status.presence
    case Command.readByte: data = (0..<8).reduce(0) { $0 | wire.bit(true, now) << UInt8($1) }
    default: return false
    }
    return true
  }

  /// Who does not know a command does not acknowledge it; so the driver tells this chip from one
  /// with eight channels.
  private func take(_ command: UInt8, _ parameter: UInt8, nowNanoseconds now: Int64) -> Bool {
    switch command {
    case Command.setReadPointer:
      guard let register = Register(rawValue: parameter) else { return false }
      pointer = register
      return true
    case Command.writeConfiguration:
      configuration = parameter & 0x0F
      status &= ~Status.wasReset
      pointer = .configuration
      return true
    case Command.writeByte: for place in 0..<8 { _ = wire.bit(parameter >> place & 1 == 1, now) }
    case Command.singleBit: answer(bit: wire.bit(parameter & 0x80 != 0, now))
    case Command.triplet: triplet(prefersOne: parameter & 0x80 != 0, now)
    default: return false
    }
    pointer = .status
    return true
  }

  private func answer(bit: UInt8, complement: UInt8 = 0, direction: UInt8 = 0) {
    status &= ~(Status.bit | Status.complement | Status.direction)
    status |= bit * Status.bit | complement * Status.complement | direction * Status.direction
  }

  /// Two bits are read, and the one by which the search goes on is written.
  private func triplet(prefersOne: Bool, _ now: Int64) {
    let bit = wire.bit(true, now)
    let complement = wire.bit(true, now)
    let direction = bit == complement ? (prefersOne || bit == 1 ? 1 : 0) : bit
    _ = wire.bit(direction == 1, now)
    answer(bit: bit, complement: complement, direction: direction)
  }
}
