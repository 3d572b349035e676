import Testing

@testable import Drivers

/// The two readers, for tests of what they have in common.
enum ReaderKind: String, CaseIterable, Sendable {
  case mfrc522
  case pn532
}

/// What a bench connects, and how.
struct CardBenchSettings {
  var rules = CardRules()
  var faults = ChipFaults()
  var hasReset = false
  var hasInterrupt = false
  /// The IRQ pin never moves.
  var isInterruptSilent = false
  var seed: UInt64 = 1
}

/// A card reader with its modelled chip on a bus that takes as long as a real one, and on a clock
/// of its own.
final class CardBench {
  /// What the reader has told, and when.
  final class Log {
    var cards: [CardUID] = []
    var cardNanoseconds: [Int64] = []
    var refusals: [CardRefusal] = []
    var states: [ReaderState] = []
  }

  let kind: ReaderKind
  let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
  let world = SimulatedWorld()
  let log = Log()
  let bus = TimedBus()
  let mfrc522: SimulatedMFRC522
  let pn532: SimulatedPN532
  let reader: any BusTask
  let resetPin: SimulatedPin
  let interruptPin: SimulatedPin
  private var dueNanoseconds: Int64 = 0
  /// The longest that one `run` took.
  private(set) var longestRunNanoseconds: Int64 = 0

  init(_ kind: ReaderKind, _ change: (inout CardBenchSettings) -> Void = { _ in }) {
    var settings = CardBenchSettings()
    change(&settings)
    self.kind = kind
    let (clock, log, world) = (clock, log, world)
    let mfrc522 = SimulatedMFRC522(seed: settings.seed)
    let pn532 = SimulatedPN532(seed: settings.seed)
    (self.mfrc522, self.pn532) = (mfrc522, pn532)
    resetPin = SimulatedPin(world: world) { isHeld in
      mfrc522.holdReset(isHeld, nowNanoseconds: clock.nowNanoseconds)
      pn532.holdReset(isHeld, nowNanoseconds: clock.nowNanoseconds)
    }
    let isSilent = settings.isInterruptSilent
    interruptPin = SimulatedPin(
      world: world,
      reading: {
        if isSilent { return false }
        return kind == .mfrc522
          ? mfrc522.isInterrupting(nowNanoseconds: clock.nowNanoseconds)
          : pn532.isInterrupting(nowNanoseconds: clock.nowNanoseconds)
      })
    let reports = ReaderReports(
      onCard: {
        log.cards.append($0)
        log.cardNanoseconds.append(clock.nowNanoseconds)
      }, onRefusal: { log.refusals.append($0) }, onState: { log.states.append($0) })
    bus.clock = clock
    bus.spi = SimulatedSPIDevice(
      chip: mfrc522, clock: clock, world: world, faults: settings.faults, seed: settings.seed)
    bus.i2c = SimulatedI2CDevice(
      chip: pn532, clock: clock, world: world, faults: settings.faults, seed: settings.seed)
    let reset = settings.hasReset ? resetPin : nil
    let interrupt = settings.hasInterrupt ? interruptPin : nil
    switch kind {
    case .mfrc522:
      reader = MFRC522(
        device: bus, reset: reset, interrupt: interrupt, clock: clock, rules: settings.rules,
        reports: reports)
    case .pn532:
      reader = PN532(
        device: bus, reset: reset, interrupt: interrupt, clock: clock, rules: settings.rules,
        reports: reports)
    }
  }

  var field: SimulatedField { kind == .mfrc522 ? mfrc522.field : pn532.field }

  var state: ReaderState {
    (reader as? MFRC522)?.state ?? (reader as? PN532)?.state ?? ReaderState()
  }

  var faults: ChipFaults {
    get { bus.spi?.faults ?? ChipFaults() }
    set {
      bus.spi?.faults = newValue
      bus.i2c?.faults = newValue
    }
  }

  func brownOut() {
    mfrc522.brownOut(nowNanoseconds: clock.nowNanoseconds)
    pn532.brownOut(nowNanoseconds: clock.nowNanoseconds)
  }

  var isStuck: Bool {
    get { mfrc522.isStuck }
    set {
      mfrc522.isStuck = newValue
      pn532.isStuck = newValue
    }
  }

  /// Lets time pass; the reader runs when it is due, with a millisecond in between, as on a bus's
  /// thread.
  func pass(milliseconds: Int64) {
    let end = clock.nowNanoseconds + milliseconds * 1_000_000
    while dueNanoseconds < end {
      clock.nowNanoseconds = max(clock.nowNanoseconds, dueNanoseconds)
      let began = clock.nowNanoseconds
      let due = reader.run(nowNanoseconds: began)
      longestRunNanoseconds = max(longestRunNanoseconds, clock.nowNanoseconds - began)
      dueNanoseconds = max(due, clock.nowNanoseconds + 1_000_000)
    }
    clock.nowNanoseconds = max(clock.nowNanoseconds, end)
  }

  /// Lets time pass until something is so; false when the bound came first.
  func pass(atMostMilliseconds bound: Int64, until isSo: (CardBench) -> Bool) -> Bool {
    for _ in 0..<bound {
      if isSo(self) { return true }
      pass(milliseconds: 1)
    }
    return isSo(self)
  }
}

/// The devices of both buses, with the time that bytes take and a count of what was transferred.
final class TimedBus: SPIDevice, I2CDevice {
  var clock: VirtualClock?
  var spi: SimulatedSPIDevice?
  var i2c: SimulatedI2CDevice?
  /// What happens to bytes read from I2C.
  var spoil: ([UInt8]) -> [UInt8] = { $0 }
  private(set) var transactions = 0
  private(set) var longestNanoseconds: Int64 = 0

  /// 1 MHz and 100 kHz, nine bits a byte there, and what the kernel needs.
  private func take(_ count: Int, nanosecondsPerByte: Int64) {
    let time = 30_000 + Int64(count) * nanosecondsPerByte
    clock?.advance(nanoseconds: time)
    transactions += 1
    longestNanoseconds = max(longestNanoseconds, time)
  }

  func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
    guard let spi else { throw .gone }
    for step in steps {
      if case .transfer(let bytes) = step { take(bytes.count, nanosecondsPerByte: 8_000) }
    }
    return try spi.transaction(steps)
  }

  func write(_ bytes: [UInt8]) throws(BusError) {
    guard let i2c else { throw .gone }
    take(bytes.count + 1, nanosecondsPerByte: 90_000)
    try i2c.write(bytes)
  }

  func read(_ count: Int) throws(BusError) -> [UInt8] {
    guard let i2c else { throw .gone }
    take(count + 1, nanosecondsPerByte: 90_000)
    return spoil(try i2c.read(count))
  }

  /// Neither driver joins a write and a read; one that did would fail all its tests.
  func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] { throw .os(95) }
}

extension SeededRandom {
  /// Any UID of a size that a card may have; not a random one unless asked for.
  mutating func uid(_ size: Int) -> CardUID {
    while true {
      let bytes = (0..<size).map { _ in UInt8(below(256)) }
      if let uid = CardUID(bytes), !uid.isRandom { return uid }
    }
  }

  /// A UID of any size.
  mutating func uid() -> CardUID { uid([4, 7, 10][below(3)]) }

  /// A UID that begins like another one, as cards of one batch do: only its last bits differ.
  mutating func uid(_ size: Int, like other: CardUID) -> CardUID {
    while true {
      let shared = below(min(size, other.bytes.count))
      let bytes = other.bytes[..<shared] + (shared..<size).map { _ in UInt8(below(256)) }
      if let uid = CardUID(Array(bytes)), !uid.isRandom, uid != other { return uid }
    }
  }
}
