/// What a simulated car is like.
public struct CarSettings: Hashable, Sendable {
  /// Pause between plug and request, in nanoseconds.
  public var requestAfterNanoseconds: Int64 = 1_000_000_000
  /// The most that it draws per phase, in milliamperes.
  public var maximumMilliamperes: Int64 = 32_000
  /// Phases that its charger has.
  public var phases: Int64 = 1
  /// State of charge at the beginning, in thousandths.
  public var chargePermille: Int64 = 500
  /// Pause between plug and unplug, in nanoseconds; 0 for never.
  public var unplugAfterNanoseconds: Int64 = 0

  /// A car with a half-full battery on one phase.
  public init() {}
}

/// What a driver wants of his car.
public enum CarDemand: String, Sendable {
  case charge
  case suspend
  case notReady
}

/// A car at a cable: it draws what it is offered, up to what it can, and tapers when nearly full.
struct SimulatedCar {
  /// The battery, in milliwatt-hours (a small electric car's).
  static let capacityMilliwattHours: Int64 = 40_000_000
  /// From here on it takes less and less, in thousandths.
  static let taperPermille: Int64 = 800

  let settings: CarSettings
  let pluggedNanoseconds: Int64
  var demand = CarDemand.charge
  var receivedMilliwattHours: Int64 = 0

  var chargePermille: Int64 {
    min(
      1_000, settings.chargePermille + receivedMilliwattHours * 1_000 / Self.capacityMilliwattHours)
  }

  /// When it begins to ask for energy.
  var requestNanoseconds: Int64 { pluggedNanoseconds + settings.requestAfterNanoseconds }

  /// When somebody pulls the cable; nil for never.
  var unplugNanoseconds: Int64? {
    settings.unplugAfterNanoseconds > 0
      ? pluggedNanoseconds + settings.unplugAfterNanoseconds : nil
  }

  /// What it draws per phase of an offer, in milliamperes.
  func current(offered: Int64, now: Int64) -> Int64 {
    guard demand == .charge, now >= requestNanoseconds else { return 0 }
    let wanted = min(offered, settings.maximumMilliamperes)
    let charge = chargePermille
    if charge >= 1_000 { return 0 }
    guard charge > Self.taperPermille else { return wanted }
    let room = 1_000 - Self.taperPermille
    let share = max(100, 1_000 * (1_000 - charge) / room)
    return wanted * share / 1_000
  }
}
