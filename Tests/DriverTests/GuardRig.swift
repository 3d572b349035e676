import Synchronization

@testable import Drivers

/// Contactors, meters and buttons around a guard, in virtual time.
///
/// The far side does what the hardware would: contacts follow relays unless told otherwise, meters
/// finish a cycle every second, and the loop answers when it is asked, while it lives.
final class GuardRig {
  static let second: Int64 = 1_000_000_000
  static let millisecond: Int64 = 1_000_000

  enum Contacts {
    case following
    case welded
    case stuckOpen
  }

  /// One EVSE's far side.
  final class Side {
    var contacts = Contacts.following
    var milliamperes: Int64 = 10_000
    var isMeterAlive = true
    var hasMains = true
    var isRelayOn = false
    var edges: [(nanoseconds: Int64, isClosed: Bool)] = []
    var isClosed: Bool {
      switch contacts {
      case .following: isRelayOn
      case .welded: true
      case .stuckOpen: false
      }
    }
  }

  struct Options {
    var evses: UInt32 = 1
    var hasFeedback = false
    var hasLoadVoltage = false
    var hasLock = false
    var hasLockFeedback = false
    var limits = GuardLimits()
  }

  let clock = VirtualClock()
  let meters = MeterWatch()
  let control = GuardControl()
  let sides: [Side]
  let relays: [SimulatedPin]
  let feedbacks: [SimulatedPin]
  let stop: SimulatedPin
  let residual: SimulatedPin
  let plug: SimulatedPin
  let lock: SimulatedPin
  let bolt: SimulatedPin
  let task: ContactorTask
  private let posted = Posted()
  var isLoopAlive = true
  private(set) var asks = 0
  private(set) var now: Int64 = 1_000 * second
  private var due: Int64
  private var cycleDue: Int64

  init(_ options: Options = Options()) {
    let world = SimulatedWorld()
    let clock = self.clock
    let sides = (0..<options.evses).map { _ in Side() }
    let relays = sides.map { side in
      SimulatedPin(world: world) { isOn in
        if side.isRelayOn != isOn { side.edges.append((clock.nowNanoseconds, isOn)) }
        side.isRelayOn = isOn
      }
    }
    let feedbacks = sides.map { side in SimulatedPin(world: world, reading: { side.isClosed }) }
    (self.sides, self.relays, self.feedbacks) = (sides, relays, feedbacks)
    let pins = (0..<5).map { _ in SimulatedPin(world: world) }
    (stop, residual, plug, lock, bolt) = (pins[0], pins[1], pins[2], pins[3], pins[4])
    var contactors = sides.indices.map { index -> ContactorWiring in
      var wiring = ContactorWiring(
        evse: UInt32(index) + 1, relay: relays[index], maximumMilliamperes: 16_000)
      wiring.feedback = options.hasFeedback ? feedbacks[index] : nil
      wiring.hasLoadVoltage = options.hasLoadVoltage
      return wiring
    }
    var connector = ConnectorWiring(connector: 1)
    connector.plug = plug
    connector.lock = options.hasLock ? lock : nil
    connector.lockFeedback = options.hasLockFeedback ? bolt : nil
    contactors[0].connectors = [connector]
    let safety = [
      SafetyWiring(.emergencyStop, input: stop),
      SafetyWiring(.residualCurrent, evse: 1, input: residual),
    ]
    task = ContactorTask(
      wiring: StationWiring(contactors: contactors, safety: safety), limits: options.limits,
      meters: meters, control: control, outlets: posted.outlets, nowNanoseconds: now)
    due = now
    cycleDue = now
  }

  /// What the guard has reported and asked, and whether it can.
  final class Posted: Sendable {
    let state = Mutex((reports: [GuardReport](), isFull: false, asks: 0))

    var outlets: ContactorTask.Outlets {
      ContactorTask.Outlets(
        report: { report in
          self.state.withLock { state in
            if !state.isFull { state.reports.append(report) }
            return !state.isFull
          }
        },
        ask: { self.state.withLock { $0.asks += 1 } })
    }
  }

  var isFull: Bool {
    get { posted.state.withLock { $0.isFull } }
    set { posted.state.withLock { $0.isFull = newValue } }
  }

  /// What was reported since the last call.
  func take() -> [GuardReport] {
    posted.state.withLock { state in
      defer { state.reports = [] }
      return state.reports
    }
  }

  func isOn(_ evse: Int = 1) -> Bool { sides[evse - 1].isRelayOn }

  /// As the thread's owner does it: told, and looked at at once.
  func command(_ isClosed: Bool, evse: UInt32 = 1) {
    if control.change(evse, { $0.command(isClosed) }) { look() }
  }

  func commandLock(_ isLocked: Bool, order: UInt64) {
    if control.change(1, { $0.lock(1, isLocked, order) }) { look() }
  }

  func reset() {
    control.change(1) { $0.resets += 1 }
    look()
  }

  func look() {
    clock.nowNanoseconds = now
    due = task.run(nowNanoseconds: now)
    let asked = posted.state.withLock { state in
      defer { state.asks = 0 }
      return state.asks
    }
    asks += asked
    if asked > 0 && isLoopAlive { control.lastBeatNanoseconds = now }
  }

  /// Lets time pass, with everything that happens in it; `each` looks after every step.
  func pass(seconds: Int64 = 0, milliseconds: Int64 = 0, each: () -> Void = {}) {
    let end = now + seconds * Self.second + milliseconds * Self.millisecond
    while true {
      let next = min(due, cycleDue, end)
      now = max(now, next)
      if now >= cycleDue { finishCycle() }
      if now >= due { look() }
      each()
      if now >= end { return }
    }
  }

  private func finishCycle() {
    cycleDue += Self.second
    for (index, side) in sides.enumerated() where side.isMeterAlive {
      let flows = side.isClosed
      meters.note(
        evse: UInt32(index) + 1,
        MeterCycle(
          atNanoseconds: now, milliamperes: flows ? side.milliamperes : 0,
          milliwatts: flows ? side.milliamperes * 230 : 0,
          millivolts: flows && side.hasMains ? 230_000 : 0))
    }
  }

  /// Rests as long as a start asks for, closes, and forgets what was reported until then.
  func close(evse: UInt32 = 1) {
    pass(seconds: 11)
    command(true, evse: evse)
    pass(milliseconds: 300)
    _ = take()
  }
}

extension [GuardReport] {
  var trips: [TripReason] {
    compactMap { if case .tripped(_, let reason) = $0 { reason } else { nil } }
  }
  var ended: [TripReason] {
    compactMap { if case .tripEnded(_, let reason) = $0 { reason } else { nil } }
  }
  var contactors: [Bool] {
    compactMap { if case .contactor(_, let isClosed) = $0 { isClosed } else { nil } }
  }
  var welds: [Bool] {
    compactMap { if case .welded(_, let isWelded, _) = $0 { isWelded } else { nil } }
  }
}
