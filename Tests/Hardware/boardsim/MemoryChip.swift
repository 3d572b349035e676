import Drivers

/// 256 bytes behind an address, as an EEPROM: what the rig proves its own I2C path with.
final class MemoryChip: I2CChip {
  private var memory = [UInt8](repeating: 0xFF, count: 256)
  private var position: UInt8 = 0

  func write(_ bytes: [UInt8], nowNanoseconds: Int64) -> Bool {
    guard let first = bytes.first else { return true }
    position = first
    for byte in bytes.dropFirst() {
      memory[Int(position)] = byte
      position &+= 1
    }
    return true
  }

  func read(_ count: Int, nowNanoseconds: Int64) -> [UInt8]? {
    (0..<count).map { _ in
      defer { position &+= 1 }
      return memory[Int(position)]
    }
  }
}
