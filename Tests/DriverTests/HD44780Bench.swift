import Drivers
import Synchronization
import Testing

/// An I2C bus of 100 kHz with one simulated chip: bytes take their time.
final class HandI2C: I2CDevice {
  private let chip: any I2CChip
  private let clock: VirtualClock
  /// What every transaction fails with.
  var failure: BusError?
  /// Transactions that go well before `failure` begins.
  var grace = 0
  /// What a read gives instead of what the chip says: RW at ground.
  var stuck: UInt8?
  private(set) var attempts = 0

  init(_ chip: any I2CChip, _ clock: VirtualClock) {
    self.chip = chip
    self.clock = clock
  }

  private func begin() throws(BusError) {
    attempts += 1
    if grace > 0 {
      grace -= 1
    } else if let failure {
      throw failure
    }
  }

  func write(_ bytes: [UInt8]) throws(BusError) {
    try begin()
    guard chip.write(bytes, nowNanoseconds: clock.nowNanoseconds) else { throw .nack }
    clock.nowNanoseconds += Int64(bytes.count + 1) * 90_000
  }

  func read(_ count: Int) throws(BusError) -> [UInt8] {
    try begin()
    guard let bytes = chip.read(count, nowNanoseconds: clock.nowNanoseconds) else { throw .nack }
    clock.nowNanoseconds += Int64(count + 1) * 90_000
    return stuck.map { [UInt8](repeating: $0, count: count) } ?? bytes
  }

  func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] {
    try write(bytes)
    return try read(count)
  }
}

/// What a driver has told through its closure.
final class Told<Failure: Sendable>: Sendable {
  private let list = Mutex<[Failure?]>([])

  func add(_ failure: Failure?) { list.withLock { $0.append(failure) } }
  var all: [Failure?] { list.withLock { $0 } }
}

/// A display at a bus, run as the bus's thread runs it.
final class DisplayBench {
  let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
  let chip: SimulatedHD44780
  let bus: HandI2C
  let display: HD44780
  let told = Told<HD44780Failure>()
  /// The longest that one `run` has held the bus.
  private(set) var longestHold: Int64 = 0
  private var due: Int64 = 0

  init(_ size: HD44780Size = .columns16Rows2, verifies: Bool = false) {
    chip = SimulatedHD44780(
      columns: size.columns, rows: size.rows, nowNanoseconds: clock.nowNanoseconds)
    bus = HandI2C(chip, clock)
    let told = told
    display = HD44780(device: bus, clock: clock, size: size, verifies: verifies) { told.add($0) }
  }

  func show(_ lines: [String]) {
    display.show(lines)
    due = 0
  }

  func disturb() {
    display.disturbed()
    due = 0
  }

  /// Lets time pass; the driver runs when it is due, a millisecond behind its last run at least.
  func pass(milliseconds: Int64) {
    let end = clock.nowNanoseconds + milliseconds * 1_000_000
    while true {
      let moment = max(due, clock.nowNanoseconds)
      guard moment <= end else { break }
      clock.nowNanoseconds = moment
      let next = display.run(nowNanoseconds: moment)
      longestHold = max(longestHold, clock.nowNanoseconds - moment)
      due = max(next, clock.nowNanoseconds + 1_000_000)
    }
    clock.nowNanoseconds = max(clock.nowNanoseconds, end)
  }

  /// Lines with what is missing to the display's width.
  static func padded(_ lines: [String], _ size: HD44780Size) -> [String] {
    (0..<size.rows).map { row in
      let line = row < lines.count ? lines[row] : ""
      return line + String(repeating: " ", count: size.columns - line.count)
    }
  }
}
