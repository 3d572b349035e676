import Drivers

/// The chips of an I2C bus by their 7-bit addresses.
final class I2CBus {
  private var chips: [UInt8: any I2CChip] = [:]
  /// Addresses whose chips have fallen off.
  var missing: Set<UInt8> = []
  /// Transfers to addresses that nobody acknowledged.
  private(set) var unanswered = 0

  func attach(_ chip: any I2CChip, at address: UInt8) { chips[address] = chip }

  private func chip(_ address: UInt8) -> (any I2CChip)? {
    missing.contains(address) ? nil : chips[address]
  }

  func write(_ bytes: [UInt8], to address: UInt8) -> Bool {
    let isHeard = chip(address)?.write(bytes, nowNanoseconds: monotonicNanoseconds()) ?? false
    if !isHeard { unanswered += 1 }
    return isHeard
  }

  func read(_ count: Int, from address: UInt8) -> [UInt8]? {
    let bytes = chip(address)?.read(count, nowNanoseconds: monotonicNanoseconds())
    if bytes == nil { unanswered += 1 }
    return bytes
  }
}

/// Who listens to the pins of an adapter.
protocol PinPort: AnyObject {
  var bank: PinBank { get }
  func setOutputs(_ mask: UInt8)
  func write(_ values: UInt8, mask: UInt8)
  func lostPower()
}

/// Pins to which nothing is wired.
final class LoosePins: PinPort {
  private(set) var bank = PinBank(external: 0xFF)

  func setOutputs(_ mask: UInt8) { bank.setOutputs(mask) }
  func write(_ values: UInt8, mask: UInt8) { bank.write(values, mask: mask) }
  func lostPower() { bank.reset() }
}

/// The chips of an SPI bus, each with its chip select.
///
/// Several may be selected at once: that is the mistake which this finds.
final class SPIBus {
  /// One chip and what its data sheet allows.
  private struct Member {
    let chip: any SPIChip
    let hertz: ClosedRange<UInt32>
    var isSelected = false
    /// It has fallen off.
    var isMissing = false
  }

  private var members: [Member] = []
  /// Bytes that were moved while more than one chip was selected.
  private(set) var collisions = 0
  /// Bytes that a chip did not understand: wrong mode, or a clock that it cannot follow.
  private(set) var misheard = 0

  /// Adds a member; they are numbered from 0.
  func attach(_ chip: any SPIChip, hertz: ClosedRange<UInt32>) {
    members.append(Member(chip: chip, hertz: hertz))
  }

  func setMissing(_ index: Int, _ isMissing: Bool) { members[index].isMissing = isMissing }

  func setSelected(_ index: Int, _ isSelected: Bool) {
    guard members[index].isSelected != isSelected else { return }
    members[index].isSelected = isSelected
    let now = monotonicNanoseconds()
    let chip = members[index].chip
    if isSelected { chip.select(nowNanoseconds: now) } else { chip.deselect(nowNanoseconds: now) }
  }

  /// Eight clocks a byte. Who is not selected leaves the line alone, which then reads ones.
  func exchange(_ bytes: [UInt8], hertz: UInt32, mode: UInt32) -> [UInt8] {
    let selected = members.filter { $0.isSelected }
    if selected.count > 1 { collisions += bytes.count }
    var line = [UInt8](repeating: 0xFF, count: bytes.count)
    for member in selected where !member.isMissing {
      guard mode & SpidevNode.Mode.clock == 0, member.hertz.contains(hertz) else {
        misheard += bytes.count
        continue
      }
      let now = monotonicNanoseconds()
      for (index, byte) in bytes.enumerated() {
        line[index] &= member.chip.exchange(byte, nowNanoseconds: now)
      }
    }
    return line
  }
}
