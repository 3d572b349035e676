import Testing

@testable import Drivers

extension VirtualClock {
  /// A machine that has been up for a quarter of an hour.
  static func meter() -> VirtualClock { VirtualClock(nowNanoseconds: 1_000_000_000_000) }
}

/// The wire between a driver and a chip model: eight microseconds a byte, twenty a transaction, and
/// a thread that can be preempted between any two bytes.
final class MeterWire: SPIDevice {
  let chip: any SPIChip
  let clock: VirtualClock
  var faults = ChipFaults()
  /// Time that passes before a byte, by its place in the transaction: a preempted thread.
  var stall: ((_ byte: Int) -> Int64)?
  private(set) var transactions = 0
  private(set) var bytes = 0
  private var chance: SimulatedChance

  init(chip: any SPIChip, clock: VirtualClock, seed: UInt64 = 1) {
    self.chip = chip
    self.clock = clock
    chance = SimulatedChance(seed: seed)
  }

  func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
    transactions += 1
    if faults.isGone { throw .gone }
    clock.nowNanoseconds += 20_000 + faults.latencyNanoseconds
    chip.select(nowNanoseconds: clock.nowNanoseconds)
    var answers: [[UInt8]] = []
    for step in steps {
      switch step {
      case .pause(let nanoseconds): clock.nowNanoseconds += nanoseconds
      case .transfer(let sent): answers.append(sent.indices.map { exchange(sent[$0], $0) })
      }
    }
    chip.deselect(nowNanoseconds: clock.nowNanoseconds)
    return answers
  }

  private func exchange(_ byte: UInt8, _ place: Int) -> UInt8 {
    bytes += 1
    clock.nowNanoseconds += 8_000 + (stall?(place) ?? 0)
    if faults.isMissing { return faults.missingLevel }
    let answer = chip.exchange(byte, nowNanoseconds: clock.nowNanoseconds)
    return chance.onTheWay(answer, flipPermille: faults.flipPermille)
  }
}

/// A driver and its chip on a clock of their own.
final class MeterBench {
  static let kilowatts7 = SimulatedLoad(millivolts: 230_000, milliamperes: 32_000)
  static let nothing = SimulatedLoad(millivolts: 230_000, milliamperes: 0)

  let clock: VirtualClock
  let chip: SimulatedCS5460A
  let wire: MeterWire
  let meter: CS5460A
  private(set) var due: Int64
  private let told: Told

  /// What the driver said, in a box that its closures can have before the bench exists.
  final class Told {
    var samples: [MeterSample] = []
    var states: [MeterState] = []
    var history: [CycleReading] = []
  }

  var samples: [MeterSample] { told.samples }
  var states: [MeterState] { told.states }
  /// Every cycle that the chip has finished.
  var history: [CycleReading] { told.history }

  init(
    load: SimulatedLoad = kilowatts7, clock: VirtualClock = .meter(), seed: UInt64 = 1,
    chipMicroamperes: Int64 = 50_000_000,
    calibration change: (inout MeterCalibration) -> Void = { _ in },
    settings adjust: (inout CS5460A.Settings) -> Void = { _ in }
  ) throws {
    self.clock = clock
    let chip = SimulatedCS5460A(
      fullScaleMicrovolts: 512_000_000, fullScaleMicroamperes: chipMicroamperes, seed: seed
    ) { _ in load }
    let wire = MeterWire(chip: chip, clock: clock, seed: seed)
    var calibration = try Self.calibration()
    change(&calibration)
    var settings = CS5460A.Settings(scale: try MeterScale(calibration))
    adjust(&settings)
    let told = Told()
    chip.onCycle = { told.history.append($0) }
    meter = CS5460A(
      device: wire, clock: clock, settings: settings, onSample: { told.samples.append($0) },
      onState: { told.states.append($0) })
    self.chip = chip
    self.wire = wire
    self.told = told
    due = clock.nowNanoseconds
  }

  /// 450 kOhm to 220 Ohm, and a shunt of 5 mOhm: 512 V and 50 A.
  static func calibration() throws -> MeterCalibration {
    try MeterCalibration(
      voltage: .ratio(thousandths: 2_048_000), current: .shunt(microohms: 5_000, range: .tenfold))
  }

  var scale: MeterScale { meter.settings.scale }

  /// Another load from now on.
  func change(_ load: SimulatedLoad) {
    chip.advance(to: clock.nowNanoseconds)
    chip.load = { _ in load }
  }

  /// What was told so far counts no longer.
  func forget() {
    told.samples = []
    told.states = []
    told.history = []
  }

  /// Lets the driver run whenever it is due (or later by `lateness`), for so long.
  func pass(milliseconds: Int64, lateness: () -> Int64 = { 0 }) {
    let end = clock.nowNanoseconds + milliseconds * 1_000_000
    while due <= end {
      clock.nowNanoseconds = max(clock.nowNanoseconds, due) + lateness()
      step()
    }
    clock.nowNanoseconds = max(clock.nowNanoseconds, end)
  }

  /// One call of the driver, now.
  func step() {
    let now = clock.nowNanoseconds
    due = meter.run(nowNanoseconds: now)
    if due < now { Issue.record("a driver is never due in the past") }
  }
}

extension MeterBench {
  /// One that has measured for ten seconds, and has forgotten them.
  static func running(
    _ load: SimulatedLoad = kilowatts7, seed: UInt64 = 1
  ) throws -> MeterBench {
    let bench = try MeterBench(load: load, seed: seed)
    bench.pass(milliseconds: 10_300)
    #expect(bench.states == [.measuring])
    #expect(bench.samples.count == 10)
    bench.forget()
    return bench
  }

  /// Whether every sample has just this quality.
  func areAll(_ quality: MeterQuality) -> Bool { samples.allSatisfy { $0.quality == quality } }

  var importMilliwattHours: Int64 { meter.account.ledger.importMilliwattHours }

  /// The energy of cycles, as the counters must have it.
  func milliwattHours(_ readings: [CycleReading]) -> Int64 {
    WideArithmetic.floor(
      2 * readings.reduce(0) { $0 + $1.energy }, by: scale.attowattHoursPerHalfUnit,
      over: 1_000_000_000_000_000)
  }
}
