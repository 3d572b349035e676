import ChargePiES

/// What is known of sessions that have begun and are not in the books in full.
struct SessionLog {
  /// One session.
  struct Entry {
    let permitted: TransferPermitted
    let began: EnergyMark
    let beganAt: Int64
    var ended: SessionEnded?
    /// The digests of its start's and its stop's payload, once they have left.
    var start: UInt64?
    var stop: UInt64?
    /// The ids under which they went out.
    var startIds: [String] = []
    var stopIds: [String] = []
    var isStartSettled = false
    var isStopSettled = false
    var isParked = false
    var isReleased = false
    var wasInterrupted = false
    /// The central system's answer to its start refuses who charges.
    var isRefused = false
    var samples = 0
    /// Pause between samples, in seconds, while it has been the same all the time; else 0.
    var interval: Int64
  }

  var entries: [Entry] = []
  /// Whether anybody is refused at all.
  var hasRefused = false
  /// Places by id; looked up, never walked.
  private var places: [SessionID: Int] = [:]
  /// What had flowed through each EVSE at its last session's end.
  var endedAt: [Int64] = []

  func place(_ session: SessionID) -> Int? { places[session] }

  mutating func add(_ entry: Entry) {
    places[entry.permitted.session] = entries.count
    entries.append(entry)
  }

  mutating func close() {
    entries.removeAll(keepingCapacity: true)
    hasRefused = false
    places.removeAll(keepingCapacity: true)
  }
}

extension Audit {
  func began(_ permitted: TransferPermitted, _ event: Event, _ truth: EnergyMark?) throws {
    guard let life, let truth, let process = life.process else { return }
    tally.count(.sessions)
    if !process.mind.durable.isOnline { tally.count(.offlineStart) }
    try check(sessions.place(permitted.session) == nil, "a session is permitted twice")
    let card = try life.names.text(permitted.token) ?? ""
    try check(
      life.central.accepted.contains(card) || life.central.startedRemotely.contains(card)
        || process.mind.durable.flag(.allowOfflineTxForUnknownId),
      "\(card) charges, and nobody has ever vouched for it")
    let index = Int(permitted.evse) - 1
    if sessions.endedAt.isEmpty { sessions.endedAt = meters.map { _ in 0 } }
    try check(
      truth.commanded == sessions.endedAt[index],
      "\(truth.commanded - sessions.endedAt[index]) mWh flowed on EVSE \(permitted.evse) outside "
        + "sessions")
    sessions.add(
      SessionLog.Entry(
        permitted: permitted, began: truth, beganAt: life.now,
        interval: process.mind.durable.integer(.sampledInterval)))
  }

  func ended(_ ended: SessionEnded, _ event: Event, _ truth: EnergyMark?) throws {
    guard ended.wasPermitted, let truth, let life else { return }
    guard let place = sessions.place(ended.session) else {
      throw violation("a session ends that has not begun")
    }
    try check(sessions.entries[place].ended == nil, "a session ends twice")
    sessions.entries[place].ended = ended
    sessions.endedAt[Int(ended.evse) - 1] = truth.commanded
    if life.process?.mind.durable.isOnline == false { tally.count(.offlineEnd) }
    if ended.reason == .powerLoss || ended.reason == .reboot { tally.count(.sessionEndedByCut) }
    if ended.reason == .timeLimit { tally.count(.timeLimit) }
    try bill(sessions.entries[place], ended, truth)
    if ended.endedAt == nil { try counted(sessions.entries[place], at: life.now) }
  }

  /// The receipt is what flowed, less what the rules allow to be lost; never more.
  private func bill(
    _ entry: SessionLog.Entry, _ ended: SessionEnded, _ truth: EnergyMark
  ) throws {
    let flowed = truth.commanded - entry.began.commanded
    let billed = ended.reading.registerMilliwattHours - ended.startRegisterMilliwattHours
    let lost = truth.lost - entry.began.lost
    try check(
      billed <= flowed + entry.began.unread && billed >= 0,
      "\(billed) mWh are billed where \(flowed) flowed (\(ended.reason))")
    try check(
      flowed - billed <= lost + truth.unread,
      "\(flowed) mWh flowed and \(billed) are billed; \(lost) were lost, \(truth.unread) unread")
    let meter = meters[Int(ended.evse) - 1]
    let isMute =
      (life?.board.evses[Int(ended.evse) - 1].silentUntil ?? 0)
      > (life?.now ?? 0) - 10 * nanosecondsPerSecond
    let milliseconds: Int64 = isMute ? 10_000 : isPrompt(ended.reason) ? 120 : 4_900
    try check(
      truth.unread <= meter.maximumMilliwatts * milliseconds / 3_600_000 + 1,
      "a session that ended (\(ended.reason)) was not read before: \(truth.unread) mWh are missing")
  }

  /// Whether an end comes from outside, with readings taken first.
  private func isPrompt(_ reason: EndReason) -> Bool {
    switch reason {
    case .local, .remote, .softReset, .hardReset, .unlockCommand, .evDisconnected: true
    case .unspecified, .timeLimit, .powerLoss, .reboot, .deauthorized, .emergencyStop,
      .belowMinimumPower,
      .fault, .cancelled:
      false
    }
  }

  /// Samples come at their interval.
  private func counted(_ entry: SessionLog.Entry, at now: Int64) throws {
    guard entry.interval > 0, !entry.wasInterrupted else { return }
    let lasted = (now - entry.beganAt) / nanosecondsPerSecond
    let expected = lasted / entry.interval
    try check(
      abs(Int64(entry.samples) - expected) <= 1 + expected / 20,
      "\(entry.samples) samples in \(lasted) s at an interval of \(entry.interval) s")
  }

  func resumed(_ resumed: SessionResumed) {
    tally.count(.sessionResumed)
    guard let place = sessions.place(resumed.session) else { return }
    sessions.entries[place].wasInterrupted = true
  }

  func sampled(_ sample: SampleTaken) {
    guard sample.context == .periodic, let place = sessions.place(sample.session) else { return }
    sessions.entries[place].samples += 1
  }

  func changed(_ change: SettingChanged) {
    // Without heartbeats the station does not ask for the time.
    if change.variable == .heartbeatInterval && change.value == "0" { clockLied() }
    if change.variable == .messageAttempts { wire.failures.count = 0 }
    guard change.variable == .sampledInterval else { return }
    for index in sessions.entries.indices { sessions.entries[index].interval = 0 }
  }

  func parked(_ parked: MessageParked) {
    tally.count(.parked)
    guard let place = sessions.place(parked.session) else { return }
    sessions.entries[place].isParked = true
  }

  func unparked(_ group: GroupUnparked) {
    tally.count(group.isReleased ? .released : .unparked)
    guard let place = sessions.place(group.session) else { return }
    sessions.entries[place].isParked = false
    if group.isReleased { sessions.entries[place].isReleased = true }
  }
}
