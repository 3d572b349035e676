/// One connector: its plug sensor, and its lock.
struct ConnectorGuard {
  let id: UInt32
  private let evse: UInt32
  private var plug: DebouncedInput
  private var feedback: DebouncedInput
  var lock: LockMotor?
  private var reports: [GuardReport] = []

  init(
    _ wiring: ConnectorWiring, evse: UInt32, limits: GuardLimits, nowNanoseconds: Int64
  ) {
    id = wiring.connector
    self.evse = evse
    let settled = limits.settledNanoseconds
    plug = DebouncedInput(activeNanoseconds: settled, inactiveNanoseconds: settled)
    feedback = plug
    if wiring.lock != nil {
      lock = LockMotor(
        hasFeedback: wiring.lockFeedback != nil, limits: limits, nowNanoseconds: nowNanoseconds)
    }
  }

  mutating func look(_ senses: ConnectorSenses, nowNanoseconds now: Int64) {
    if let reading = senses.plug {
      let change = plug.look(reading, nowNanoseconds: now)
      if change.error {
        reports.append(.input(.plug(evse: evse, connector: id), plug.error))
      }
      if change.level, let isIn = plug.level {
        reports.append(.cable(evse: evse, connector: id, isIn: isIn))
      }
    }
    if let reading = senses.lock, feedback.look(reading, nowNanoseconds: now).error {
      reports.append(.input(.lock(evse: evse, connector: id), feedback.error))
    }
    guard let arrival = lock?.look(feedback: feedback.level, nowNanoseconds: now) else { return }
    reports.append(
      .lock(
        evse: evse, connector: id, isLocked: arrival.isLocked, hasFailed: arrival.hasFailed))
  }

  mutating func takeReports() -> [GuardReport] {
    defer { reports.removeAll() }
    return reports
  }
}
