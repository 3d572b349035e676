extension Station {
  mutating func apply(_ event: CableSensed) {
    change(event.evse, event.connector) {
      $0.cable = event.cable
      guard event.cable == .out else { return }
      $0.isFinishing = false
      $0.keepsLocked = false
    }
  }

  mutating func apply(_ event: ContactorSensed) {
    change(event.evse) {
      $0.sensedClosed = event.isClosed
      guard event.deferredUntilNanoseconds > 0, $0.isClosed else { return }
      // It follows its command later: its time to do so begins then.
      $0.commandedNanoseconds = max($0.commandedNanoseconds, event.deferredUntilNanoseconds)
    }
  }

  mutating func apply(_ event: LockSensed) {
    change(event.evse, event.connector) {
      $0.isLocked = event.isLocked
      if event.hasFailed && !event.isLocked { $0.lockCommanded = false }
    }
  }

  mutating func apply(_ event: ContactorCommanded) {
    let stamp = now
    change(event.evse) {
      $0.isClosed = event.isClosed
      $0.commandedNanoseconds = stamp.monotonicNanoseconds
      $0.meter.leakReadings = 0
      if event.isClosed { $0.meter.readAt = stamp }
    }
  }

  mutating func apply(_ event: LockCommanded) {
    let order = position
    change(event.evse, event.connector) {
      $0.lockCommanded = event.isLocked
      $0.isLockKnown = true
      $0.lockOrder = order
      if !event.isLocked { $0.keepsLocked = false }
    }
  }

  mutating func apply(_ event: StatusChanged) {
    let reported = ReportedStatus {
      $0.status = event.status
      $0.code = event.code
      $0.info = event.info
      $0.vendorCode = event.vendorCode
    }
    if event.evse == 0 {
      self.reported = reported
    } else {
      change(event.evse, event.connector) { $0.reported = reported }
    }
  }

  mutating func apply(_ event: AvailabilityChanged) {
    if event.place.isStation {
      isInoperative = !event.isOperative
      return
    }
    change(event.place.evse, event.place.connector) {
      if event.isScheduled {
        $0.scheduledOperative = event.isOperative
      } else {
        $0.isInoperative = !event.isOperative
        $0.scheduledOperative = nil
      }
    }
  }

  mutating func apply(_ event: FaultRaised) {
    let fault = Fault {
      $0.code = event.code
      $0.vendorCode = event.vendorCode
      $0.info = event.info
      $0.raisedNanoseconds = now.monotonicNanoseconds
    }
    if event.evse == 0 {
      faults = faults.with(fault)
    } else {
      change(event.evse) { $0.faults = $0.faults.with(fault) }
    }
  }

  mutating func apply(_ event: FaultCleared) {
    let isIt = { (fault: Fault) in
      fault.code == event.code && fault.vendorCode == event.vendorCode
    }
    if event.evse == 0 {
      faults.removeAll(where: isIt)
    } else {
      change(event.evse) { $0.faults.removeAll(where: isIt) }
    }
  }

  mutating func apply(_ event: MeterRead) {
    let minimum = policy.minimumPowerMilliwatts
    let stamp = now
    change(event.evse) { $0.read(event, at: stamp, minimumPowerMilliwatts: minimum) }
  }

  /// What the counter seemed to advance is taken back, unless it is nobody's energy.
  mutating func apply(_ event: MeterGap) {
    change(event.evse) {
      guard !event.isAdopted else { return }
      $0.meter.reading.registerMilliwattHours -= $0.meter.advanceMilliwattHours
      $0.meter.advanceMilliwattHours = 0
    }
  }
}

extension EVSE {
  /// What a counter may have advanced since the last reading, in milliwatt-hours: the connector's
  /// own limit over the time between, with room for rounding.
  func plausibleMilliwattHours(until stamp: Stamp) -> Int64 {
    let power = connectors.lazy.map(\.layout.plausibleMilliwatts).max() ?? 0
    let elapsed =
      stamp.boot == meter.readAt.boot
      ? max(0, stamp.monotonicNanoseconds - meter.readAt.monotonicNanoseconds) : 0
    let milliseconds = elapsed / 1_000_000 + 1_000
    let (product, overflow) = power.multipliedReportingOverflow(by: milliseconds)
    return overflow ? .max : product / 3_600_000 + 10
  }

  /// A petawatt-hour, in milliwatt-hours: no register comes near it. Frozen, as the numbers of
  /// `read` and `noteOverCurrent`: `apply` reads them (see `Limits`).
  static let largestCounter: Int64 = 1_000_000_000_000_000_000

  /// A counter that cannot be trusted to have advanced by energy; nil when it can.
  func gap(of event: MeterRead, at stamp: Stamp) -> GapCause? {
    guard meter.isFresh else { return .restarted }
    let advance = event.counterMilliwattHours - meter.counterMilliwattHours
    if advance < 0 { return .reset }
    return advance > plausibleMilliwattHours(until: stamp) ? .implausible : nil
  }

  /// A reading advances the register by what the counter advanced; where that cannot be vouched
  /// for, the turn's `MeterGap` takes it back.
  fileprivate mutating func read(
    _ event: MeterRead, at stamp: Stamp, minimumPowerMilliwatts: Int64
  ) {
    // A counter far beyond any meter's is taken for its largest: arithmetic must not trap on it.
    let counter = min(max(event.counterMilliwattHours, 0), EVSE.largestCounter)
    let advance = meter.isFresh ? max(0, counter - meter.counterMilliwattHours) : 0
    meter.advanceMilliwattHours =
      meter.reading.registerMilliwattHours > EVSE.largestCounter ? 0 : advance
    meter.reading.registerMilliwattHours += meter.advanceMilliwattHours
    meter.counterMilliwattHours = counter
    meter.isFresh = true
    meter.reading.powerMilliwatts = event.powerMilliwatts
    meter.reading.currentMilliamperes = event.currentMilliamperes
    meter.reading.voltageMillivolts = event.voltageMillivolts
    meter.reading.frequencyMillihertz = event.frequencyMillihertz
    meter.reading.temperatureMillidegrees = event.temperatureMillidegrees
    meter.reading.stateOfChargePermille = event.stateOfChargePermille
    meter.readAt = stamp
    let isLow = event.powerMilliwatts < max(1, minimumPowerMilliwatts)
    if !isLow {
      meter.lowSinceNanoseconds = 0
    } else if meter.lowSinceNanoseconds == 0 {
      meter.lowSinceNanoseconds = max(1, stamp.monotonicNanoseconds)
    }
    noteOverCurrent(at: stamp)
    let leaks = !isClosed && event.powerMilliwatts > 50_000
    meter.leakReadings = leaks ? min(meter.leakReadings + 1, 1_000) : 0
  }

  /// Notes since when a phase draws more than it may, in two steps.
  private mutating func noteOverCurrent(at stamp: Stamp) {
    let limit = (sessionConnector ?? connectors.first)?.layout.maximumMilliamperes ?? 0
    let most = meter.reading.currentMilliamperes.max() ?? 0
    let moment = max(1, stamp.monotonicNanoseconds)
    let isOver = limit > 0 && most > limit + limit / 10
    let isFarOver = limit > 0 && most > limit + limit / 4
    meter.overSinceNanoseconds =
      !isOver ? 0 : meter.overSinceNanoseconds == 0 ? moment : meter.overSinceNanoseconds
    meter.farOverSinceNanoseconds =
      !isFarOver ? 0 : meter.farOverSinceNanoseconds == 0 ? moment : meter.farOverSinceNanoseconds
  }

  /// Notes whether energy flows.
  mutating func flow(_ flow: Flow) {
    session?.flow = flow
    if flow == .charging { session?.hasDrawn = true }
  }
}

extension [Fault] {
  /// Adds a fault, or renews its text; bounded, the oldest goes first.
  fileprivate func with(_ fault: Fault) -> [Fault] {
    var list = filter { $0.code != fault.code || $0.vendorCode != fault.vendorCode }
    list.append(fault)
    return Array(list.suffix(Limits.faultsPerEVSE))
  }
}
