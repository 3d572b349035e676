import Drivers

/// 32 registers of 24 bits in the frames of a CS5460A.
final class RegisterChip: SPIChip {
  private(set) var registers = [UInt32](repeating: 0, count: 32)
  private var frame: [UInt8] = []
  private let isReader: Bool

  init(_ value: UInt32, isReader: Bool) {
    registers[10] = value
    self.isReader = isReader
  }

  func select(nowNanoseconds: Int64) { frame = [] }
  func deselect(nowNanoseconds: Int64) {}

  func exchange(_ byte: UInt8, nowNanoseconds: Int64) -> UInt8 {
    frame.append(byte)
    let register = Int(frame[0] >> 1 & 31)
    guard frame.count > 1 else { return 0xFF }
    if frame[0] & 0x40 != 0 {
      registers[register] = registers[register] << 8 & 0xFFFFFF | UInt32(byte)
    }
    return UInt8(truncatingIfNeeded: registers[register] >> UInt32(8 * (4 - min(frame.count, 4))))
  }
}
