extension Station {
  mutating func apply(_ event: Started) {
    beginBoot(event)
    for setting in event.defaults where stored(setting.variable) == nil {
      set(setting.variable, setting.value)
    }
    identity = event.identity
    policy = event.policy
    process.nonce = event.nonce
    process.fingerprint = event.fingerprint
    process.startedNanoseconds = now.monotonicNanoseconds
    process.isReady = false
    process.wasAsked = process.isStopping
    process.isStopping = false
    process.restart = .none
    process.restartDueNanoseconds = 0
    lay(out: event.evses)
    for index in evses.indices { evses[index].beginProcess(at: now.monotonicNanoseconds) }
    if upstreams.isEmpty { upstreams = [Upstream { $0.id = 1 }] }
    for index in upstreams.indices {
      upstreams[index].beginProcess(
        connectAt: event.policy.hasUpstream ? now.monotonicNanoseconds : 0)
    }
    authorizations = []
    faults = []  // Sensors report what is broken now.
  }

  /// Another boot of the board has another clock; what waits is counted from its beginning.
  private mutating func beginBoot(_ event: Started) {
    let isSameBoot =
      process.boot != 0 && process.bootIdHigh == event.bootIdHigh
      && process.bootIdLow == event.bootIdLow
    process.bootIdHigh = event.bootIdHigh
    process.bootIdLow = event.bootIdLow
    guard !isSameBoot else { return }
    if process.boot != 0 {
      clock.earlier.append(clock.current)
      clock.earlier.removeFirst(max(0, clock.earlier.count - Limits.rememberedBoots))
    }
    process.boot = now.boot
    clock.current = BootClock {
      $0.boot = now.boot
      $0.lastNanoseconds = now.monotonicNanoseconds
    }
    alignedDueNanoseconds = 0
  }

  /// Takes the layout over: what is known of a connector stays with its EVSE and connector ids.
  private mutating func lay(out layout: [EVSELayout]) {
    let last = evses.last { $0.session?.isPermitted == true }?.id ?? 0
    var laid = layout.map { wanted in
      var evse = evses.first { $0.id == wanted.id } ?? EVSE { $0.id = wanted.id }
      evse.lay(out: wanted.connectors)
      return evse
    }
    // An EVSE that is gone keeps its place until the bill of its session is written.
    for var evse in evses.dropFirst(laid.count) where evse.id <= last {
      evse.lay(out: [])
      laid.append(evse)
    }
    evses = laid
  }

  mutating func apply(_ event: Stopping) {
    process.isStopping = true
    for index in evses.indices { evses[index].isClosed = false }
  }

  mutating func apply(_ event: ClockCorrected) {
    clock.current.offsetNanoseconds = event.offsetNanoseconds
    clock.current.quality = event.quality
    planAlignedSamples()
  }

  mutating func apply(_ event: SettingChanged) {
    let index = set(event.variable, event.value)
    if event.isFromFile { settings[index].fileValue = event.value }
    if event.variable == .clockAlignedInterval { planAlignedSamples() }
    if event.variable == .sampledInterval { planSamples() }
  }

  /// Keeps settings in order, each once; returns the place of this one.
  @discardableResult
  private mutating func set(_ variable: Variable, _ value: String) -> Int {
    let index =
      settings.firstIndex { $0.variable.rawValue >= variable.rawValue } ?? settings.count
    if index == settings.count || settings[index].variable != variable {
      settings.insert(Setting { $0.variable = variable }, at: index)
    }
    settings[index].value = value
    return index
  }

  mutating func apply(_ event: RestartRequested) {
    // The harder and the earlier of two wishes counts.
    let isFirst = process.restart == .none
    process.restart = process.restart == .hard ? .hard : event.kind
    process.restartDueNanoseconds =
      isFirst ? event.dueNanoseconds : min(process.restartDueNanoseconds, event.dueNanoseconds)
  }

  /// The next multiple of the interval since midnight (OCPP 1.6 §9.1.4).
  mutating func planAlignedSamples() {
    let interval = integer(.clockAlignedInterval) * nanosecondsPerSecond
    guard interval > 0, let wall = clock.current.wall(now.monotonicNanoseconds) else {
      alignedDueNanoseconds = 0
      return
    }
    let day = 86_400 * nanosecondsPerSecond
    let midnight = wall - wall % day
    let next = midnight + ((wall - midnight) / interval + 1) * interval
    alignedDueNanoseconds = min(next, midnight + day)
  }

  /// A new interval counts from now.
  private mutating func planSamples() {
    let interval = integer(.sampledInterval) * nanosecondsPerSecond
    for index in evses.indices where evses[index].session?.isPermitted == true {
      evses[index].session?.sampleDueNanoseconds =
        interval > 0 ? now.monotonicNanoseconds + interval : 0
    }
  }
}

extension EVSE {
  /// Takes its connectors over; one that is gone stays, removed, while a session is on it.
  fileprivate mutating func lay(out parts: [ConnectorLayout]) {
    let kept = session.map { $0.isPermitted ? Int($0.connector) : 0 } ?? 0
    let before = connectors
    connectors = parts.map { part in
      var connector = before.first { $0.layout.id == part.id } ?? Connector()
      connector.layout = part
      return connector
    }
    if kept <= connectors.count, session?.isPermitted == false, let session,
      Int(session.connector) > connectors.count
    {
      self.session = nil
    }
    for var connector in before.dropFirst(connectors.count) where connector.layout.id <= kept {
      connector.layout.isRemoved = true
      connector.cable = .out
      connectors.append(connector)
    }
    if parts.isEmpty && kept == 0 { session = nil }
  }

  /// The first record of a start opens the contactor until fresh readings arrive.
  fileprivate mutating func beginProcess(at moment: Int64) {
    isClosed = false
    sensedClosed = nil
    commandedNanoseconds = max(1, moment)
    meter.isFresh = false
    meter.lowSinceNanoseconds = 0
    meter.leakReadings = 0
    meter.overSinceNanoseconds = 0
    meter.farOverSinceNanoseconds = 0
    meter.reading.powerMilliwatts = 0
    session?.interrupt(at: meter.readAt)
    // Sensors report what is broken now; a weld shows only while something draws, so it stays until
    // the contacts were sensed open. Whoever starts the program has looked after the rest.
    faults.removeAll { $0.code != .powerSwitchFailure || $0.vendorCode != Word.welded }
    for index in connectors.indices {
      connectors[index].pendingUnlock = nil
      connectors[index].isLockKnown = false
      connectors[index].isLocked = false
    }
  }
}

extension Upstream {
  /// A new process has no connection and must register; the queue stays.
  fileprivate mutating func beginProcess(connectAt due: Int64) {
    linkLost()
    registration = .none
    registrationDueNanoseconds = 0
    askedTimeNanoseconds = 0
    failures = 0
    connectDueNanoseconds = due
    authorizations = []
    told = []
    statuses = []
    isHeldDown = false
    transactions.current?.retryNanoseconds = 0
  }
}
