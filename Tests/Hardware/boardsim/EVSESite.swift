import Drivers

/// One EVSE's power side: mains, contactor and car, and the meter that watches them.
final class EVSESite {
  /// A divider of 1601:1 and a shunt of a milliohm before 250 mV inputs (CS5460A): 400.25 V and
  /// 250 A, peak.
  static let fullScaleMicrovolts: Int64 = 400_250_000
  static let fullScaleMicroamperes: Int64 = 250_000_000

  private(set) var load = Load()
  /// Whether the meter's voltage is taken behind the contactor.
  private(set) var tapsLoadSide = false
  /// Sum of the energy registers of all finished cycles, read or not, and how many there were.
  private(set) var meterUnits: Int64 = 0
  private(set) var meterCycles: Int64 = 0
  let meter: SimulatedCS5460A
  /// Told when the contacts have opened or closed.
  var onContacts: (Bool) -> Void = { _ in }

  init(seed: UInt64) {
    meter = SimulatedCS5460A(
      fullScaleMicrovolts: Self.fullScaleMicrovolts,
      fullScaleMicroamperes: Self.fullScaleMicroamperes, seed: seed
    ) { _ in SimulatedLoad(millivolts: 0, milliamperes: 0) }
    meter.load = { [unowned self] _ in self.seen }
    meter.onCycle = { [unowned self] reading in
      self.meterUnits += reading.energy
      self.meterCycles += 1
    }
  }

  /// What the meter sees.
  private var seen: SimulatedLoad {
    let hasVoltage = load.isClosed || !tapsLoadSide
    return SimulatedLoad(
      millivolts: hasVoltage ? load.millivolts : 0, milliamperes: load.milliamperes)
  }

  /// Something changes from now on.
  func change(_ body: (inout Load) -> Void) {
    meter.advance(to: monotonicNanoseconds())
    let wasClosed = load.isClosed
    body(&load)
    if load.isClosed != wasClosed { onContacts(load.isClosed) }
  }

  func tap(loadSide: Bool) {
    meter.advance(to: monotonicNanoseconds())
    tapsLoadSide = loadSide
  }

  /// How things are now, for an answer.
  func describe() -> JSON {
    meter.advance(to: monotonicNanoseconds())
    return [
      "coil": .flag(load.isCoilOn), "closed": .flag(load.isClosed),
      "milliwattSeconds": .number(load.milliwattSeconds), "meterUnits": .number(meterUnits),
      "meterCycles": .number(meterCycles),
    ]
  }
}
