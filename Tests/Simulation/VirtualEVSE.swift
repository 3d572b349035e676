import ChargePiES

/// A car at a cable, in the simulated truth.
struct VirtualCar {
  /// What it takes before it is content, in milliwatt-hours.
  let needMilliwattHours: Int64
  let milliamperes: Int64
  let phases: Int64
  /// When it begins to ask, nanoseconds of the life.
  let requestAt: Int64
  var pausesUntil: Int64 = 0
  var receivedMilliwattHours: Int64 = 0

  /// What it draws per phase of an offer.
  func current(offered: Int64, at now: Int64) -> Int64 {
    guard now >= requestAt, now >= pausesUntil, receivedMilliwattHours < needMilliwattHours else {
      return 0
    }
    return min(offered, milliamperes)
  }

  /// The next moment at which it changes by itself.
  func nextChange(after now: Int64) -> Int64 {
    let request = requestAt > now ? requestAt : Int64.max
    return min(request, pausesUntil > now ? pausesUntil : .max)
  }
}

/// A cable and its lock.
struct VirtualConnector {
  let layout: ConnectorLayout
  var cable = CableState.out
  var car: VirtualCar?
  var isLocked = false
  /// The last order that the lock has followed.
  var lockOrder: UInt64 = 0
}

/// One EVSE as it really is: it outlives every process and every boot.
struct VirtualEVSE {
  let id: UInt32
  var connectors: [VirtualConnector]
  /// What the process holds the contactor at.
  var isCommandedClosed = false
  var offeredMilliamperes: Int64 = 0
  /// What the process was last told about the contacts; nil when it has been told nothing.
  var reportedClosed: Bool?

  // Troubles, each until a moment of the life.
  var weldedUntil: Int64 = 0
  var stuckUntil: Int64 = 0
  var silentUntil: Int64 = 0
  /// A mute meter's driver tells when it is heard again.
  var hasMissedReading = false
  var lockFailsUntil: Int64 = 0
  var unlockFailsUntil: Int64 = 0
  var overCurrentUntil: Int64 = 0
  /// A fault that a sensor sees, and when it goes.
  var faultUntil: Int64 = 0
  var faultCode = FaultCode.none
  /// A driver's thread has opened, and when it lets go.
  var tripUntil: Int64 = 0
  var tripCode = FaultCode.none

  /// Energy through the contactor since the beginning, in milliwatt-hours: the truth.
  private(set) var truthMilliwattHours: Int64 = 0
  /// The part of it that flowed while a process held the contactor closed.
  private(set) var commandedMilliwattHours: Int64 = 0
  private var remainder: Int64 = 0
  private var integratedAt: Int64 = 0
  /// What the meter's counter shows beyond the truth.
  var counterOffset: Int64 = 0
  /// When something happens next: a reading, or what the truth holds in store.
  private(set) var due: Int64 = 0
  /// When it is read next.
  var readDue: Int64 = .max
  private(set) var milliamperes: Int64 = 0
  private(set) var phases: Int64 = 1

  init(_ layout: EVSELayout) {
    id = layout.id
    connectors = layout.connectors.map { VirtualConnector(layout: $0) }
  }

  /// Whether current can flow.
  func isClosed(at now: Int64) -> Bool {
    if weldedUntil > now { return true }
    return isCommandedClosed && stuckUntil <= now && tripUntil <= now
  }

  var counterMilliwattHours: Int64 { truthMilliwattHours + counterOffset }
  var powerMilliwatts: Int64 { milliamperes * 230 * phases }
  /// The connector whose car can draw.
  var active: Int? { connectors.firstIndex { $0.car != nil && $0.cable != .socketOnly } }

  /// Lets time pass.
  mutating func advance(to now: Int64) {
    let elapsed = (now - integratedAt) / 1_000
    guard elapsed > 0 else { return }
    integratedAt += elapsed * 1_000
    guard milliamperes > 0 else { return }
    let unit: Int64 = 3_600_000_000  // Microseconds in an hour.
    let (quotient, rest) = unit.dividingFullWidth(powerMilliwatts.multipliedFullWidth(by: elapsed))
    remainder += rest
    let energy = quotient + remainder / unit
    remainder %= unit
    truthMilliwattHours += energy
    if isCommandedClosed { commandedMilliwattHours += energy }
    if let active { connectors[active].car?.receivedMilliwattHours += energy }
  }

  /// Looks again at who draws what; true when that has changed.
  mutating func settle(at now: Int64) -> Bool {
    advance(to: now)
    var current: Int64 = 0
    var wanted: Int64 = 1
    if isClosed(at: now), let active, let car = connectors[active].car {
      let layout = connectors[active].layout
      let offered = isCommandedClosed ? offeredMilliamperes : layout.maximumMilliamperes
      current = car.current(offered: offered, at: now)
      if current > 0, overCurrentUntil > now { current += current / 2 }
      wanted = min(Int64(layout.phases), car.phases)
    }
    guard current != milliamperes || wanted != phases else { return false }
    milliamperes = current
    phases = wanted
    return true
  }

  /// Works out and notes when something happens next.
  mutating func plan(_ now: Int64) -> Int64 {
    due = min(nextChange(after: now), readDue)
    return due
  }

  /// The next moment at which something ends or begins by itself.
  private func nextChange(after now: Int64) -> Int64 {
    var next = Int64.max
    func take(_ until: Int64) { if until > now { next = min(next, until) } }
    take(weldedUntil)
    take(stuckUntil)
    take(silentUntil)
    take(overCurrentUntil)
    take(faultUntil)
    take(tripUntil)
    for index in connectors.indices {
      if let car = connectors[index].car { next = min(next, car.nextChange(after: now)) }
    }
    return next
  }
}
