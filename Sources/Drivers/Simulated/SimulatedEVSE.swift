import ChargePiES

/// What a simulated lock does when it is asked.
public enum LockMode: String, Sendable {
  case ok
  case failLock
  case failUnlock
}

/// What a simulated relay's contacts do.
public enum ContactorMode: String, Sendable {
  case ok
  case welded
  case stuckOpen
}

/// One EVSE of the simulated board: contactor, meter, locks, and the cars at its cables.
struct SimulatedEVSE {
  let layout: EVSELayout
  var cars: [SimulatedCar?]
  var cables: [CableState]
  var locked: [Bool]
  var lockOrders: [UInt64]
  var lockMode = LockMode.ok
  var contactorMode = ContactorMode.ok
  var isCommandedClosed = false
  var reportedClosed: Bool?
  var offeredMilliamperes: Int64 = 0
  var meter: SimulatedMeter
  /// Current set by hand, in milliamperes; nil while the car decides.
  var forcedMilliamperes: Int64?
  /// When its cars were last looked at.
  var lastLookNanoseconds: Int64 = 0

  init(_ evse: EVSE, layout: EVSELayout, voltageMillivolts: Int64) {
    self.layout = layout
    cars = layout.connectors.map { _ in nil }
    cables = evse.connectors.map(\.cable)
    locked = evse.connectors.map(\.isLocked)
    lockOrders = evse.connectors.map(\.lockOrder)
    meter = SimulatedMeter(
      counterMilliwattHours: evse.meter.reading.registerMilliwattHours,
      voltageMillivolts: voltageMillivolts)
  }

  /// Whether current can flow.
  var isClosed: Bool {
    switch contactorMode {
    case .ok: isCommandedClosed
    case .welded: true
    case .stuckOpen: false
    }
  }

  /// The connector whose car can draw: the one at a cable.
  var active: Int? { cars.indices.first { cars[$0] != nil && cables[$0] != .socketOnly } }

  /// The current per phase now, in milliamperes.
  func current(now: Int64) -> Int64 {
    guard isClosed else { return 0 }
    if let forcedMilliamperes { return forcedMilliamperes }
    guard let active, let car = cars[active] else { return 0 }
    let limit = layout.connectors[active].maximumMilliamperes
    // A welded contact gives what the car takes, whatever was offered.
    return car.current(offered: isCommandedClosed ? offeredMilliamperes : limit, now: now)
  }

  /// Phases on which it flows.
  var phases: Int64 {
    guard let active, let car = cars[active] else {
      return Int64(layout.connectors.first?.phases ?? 1)
    }
    return max(1, min(Int64(layout.connectors[active].phases), car.settings.phases))
  }

  /// Lets time pass: the energy that flowed goes through the meter into the battery.
  mutating func advance(to now: Int64, speed: Int64) {
    let energy = meter.advance(to: now, speed: speed)
    if let active { cars[active]?.receivedMilliwattHours += energy }
  }

  /// The moment at which the car's draw changes by itself, for whoever sleeps.
  func nextChange(after now: Int64) -> Int64? {
    cars.compactMap { car in
      guard let car else { return nil }
      return [car.requestNanoseconds, car.unplugNanoseconds ?? 0].filter { $0 > now }.min()
    }.min()
  }
}

/// A simulated meter: integrates power over time, in integers.
struct SimulatedMeter {
  /// How often a closed circuit is read, in nanoseconds.
  static let interval: Int64 = 1_000_000_000

  var counterMilliwattHours: Int64
  var voltageMillivolts: Int64
  /// The last reading's current per phase, in milliamperes.
  var milliamperes: Int64 = 0
  var phases: Int64 = 1
  private var integratedNanoseconds: Int64 = 0
  private var remainder: Int64 = 0
  var readDueNanoseconds: Int64 = 0

  init(counterMilliwattHours: Int64, voltageMillivolts: Int64) {
    self.counterMilliwattHours = counterMilliwattHours
    self.voltageMillivolts = voltageMillivolts
  }

  /// Active power, in milliwatts.
  var powerMilliwatts: Int64 { milliamperes * voltageMillivolts / 1_000 * phases }

  /// Milliwatts times microseconds that make a milliwatt-hour.
  private static let unit: Int64 = 3_600_000_000

  /// Integrates up to a moment; returns the energy since the last, in milliwatt-hours.
  mutating func advance(to now: Int64, speed: Int64) -> Int64 {
    guard integratedNanoseconds > 0 else {
      integratedNanoseconds = now
      return 0
    }
    let microseconds = max(0, now - integratedNanoseconds) / 1_000
    integratedNanoseconds += microseconds * 1_000
    let wide = powerMilliwatts.multipliedFullWidth(by: microseconds * speed)
    let (quotient, rest) = Self.unit.dividingFullWidth(wide)
    remainder += rest
    let energy = quotient + remainder / Self.unit
    remainder %= Self.unit
    counterMilliwattHours += energy
    return energy
  }
}
