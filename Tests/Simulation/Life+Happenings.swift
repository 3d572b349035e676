import ChargePiES

/// What each disturbance does.
extension Life {
  func happen(_ disturbance: Disturbance) throws {
    tally.count(disturbance.kind)
    let amount = disturbance.amount
    let until = now + amount * nanosecondsPerSecond
    let index = Int(disturbance.evse) - 1
    switch disturbance.kind {
    case .plug, .card, .cardAnywhere, .unplug, .pullCarSide, .restless, .carPauses:
      try people(disturbance)
    case .contactorWelded, .contactorStuck, .meterSilent, .meterReset, .meterJump, .lockFails,
      .unlockFails, .sensedFault, .overCurrent, .driverTrip:
      guard board.evses.indices.contains(index) else { return }
      hardware(disturbance.kind, index, until)
    case .emergencyStop:
      guard board.stopUntil <= now else { return }
      board.stopUntil = until
      board.reportStop(isActive: true)
      board.plan(now)
    case .powerCut, .blackout, .kill, .stopAsked, .stall, .fileEdited: try processes(disturbance)
    case .clockSynchronised, .clockLost, .clockStepped, .clockSetByHand:
      clocks(disturbance.kind, amount)
    case .commitFails: disk.fate = .fails
    case .commitFailsAfterwards: disk.fate = .failsAfterwards
    case .commitCutLost: disk.fate = .cutLost
    case .commitCutTorn: disk.fate = .cutTorn
    case .commitCutKept: disk.fate = .cutKept
    case .diskFilling: weather.begin(.diskFilling, until: until)
    case .diskFull: weather.begin(.diskFull, until: until)
    case .linkLost:
      if amount % 2 == 0 { network.breakLine(at: now) } else { network.breakInNextFrame() }
    case .halfOpen: halfOpen(amount)
    case .closes: network.closeByCentral(line: central.line, at: now)
    case .unreachable, .slowNetwork, .slowAnswers, .silent, .errors, .lateAnswers,
      .duplicateAnswers, .staleAnswers, .badAnswers, .refusals, .pending, .rejected,
      .reusedTransactions, .refusesReadings, .wrongTime:
      weather.begin(disturbance.kind, until: until)
    case .remoteStart, .remoteStop, .remoteStopWrong, .resetSoft, .resetHard, .unlock,
      .inoperative, .operative, .setting, .reportSettings, .clearCache, .unsupported,
      .dataTransfer, .repeatedCall, .brokenFrame:
      central.ask(disturbance, at: now)
      guard disturbance.kind == .inoperative else { break }
      var later = disturbance
      later.kind = .operative
      plan(.ask(later), after: 10 * disturbance.amount)
    case .operatorDown, .retryParked, .releaseParked: try operate(disturbance)
    case .quiet: try quiet(amount)
    }
    applyWeather()
  }

  /// The disk's room follows its weather; so does what the board should expect of its power.
  private func applyWeather() {
    disk.isFull = weather.isOn(.diskFull, at: now)
    let isFilling = disk.isFull || weather.isOn(.diskFilling, at: now)
    disk.freeBytes = disk.isFull ? 0 : isFilling ? Limits.sessionReserveBytes : 1 << 36
    for kind in [Disturbance.Kind.diskFull, .diskFilling] where weather.isOn(kind, at: now) {
      plan(.weatherEnds, at: weather.end(of: kind))
    }
  }

  private func halfOpen(_ amount: Int64) {
    let interval = process?.mind.durable.integer(.webSocketPingInterval) ?? 0
    // A ping and the patience for its answer, or a proxy that answers pings itself.
    let pings = interval > 0 && amount % 3 != 0 ? 2 * interval : 0
    network.die(at: now, noticedAfter: pings * nanosecondsPerSecond)
  }

  private func hardware(_ kind: Disturbance.Kind, _ index: Int, _ until: Int64) {
    board.evses[index].advance(to: now)
    switch kind {
    case .contactorWelded: board.evses[index].weldedUntil = until
    case .contactorStuck: board.evses[index].stuckUntil = until
    case .meterSilent: board.evses[index].silentUntil = until
    case .lockFails: board.evses[index].lockFailsUntil = until
    case .unlockFails: board.evses[index].unlockFailsUntil = until
    case .overCurrent: board.evses[index].overCurrentUntil = until
    case .meterReset: jump(index, to: 0)
    case .meterJump: jump(index, to: board.evses[index].counterMilliwattHours + 5_000_000_000)
    case .sensedFault:
      guard board.evses[index].faultCode == .none else { return }
      board.evses[index].faultUntil = until
      board.evses[index].faultCode = chance.one(of: [
        .groundFailure, .highTemperature, .overVoltage, .weakSignal, .evCommunicationError,
      ])
      board.reportFault(index, isActive: true)
    case .driverTrip:
      guard process != nil else { return }
      board.trip(index, .overCurrentFailure, until: until, at: now)
    default: return
    }
    board.change(index, now)
  }

  private func jump(_ index: Int, to counter: Int64) {
    audit.counterJumps(index)
    board.evses[index].counterOffset += counter - board.evses[index].counterMilliwattHours
  }

  private func processes(_ disturbance: Disturbance) throws {
    switch disturbance.kind {
    case .powerCut:
      if startDue == .max || process != nil { try cutPower(seconds: disturbance.amount) }
    case .blackout:
      weather.begin(.unreachable, until: now + disturbance.amount * nanosecondsPerSecond)
      try cutPower(seconds: 4)
      plan(.cutPower(9), after: disturbance.amount / 2)
      plan(.cutPower(5), after: disturbance.amount + 60)
    case .kill: if process != nil { try kill(seconds: disturbance.amount) }
    case .stopAsked: try guarded { try self.stop(restart: .none, seconds: disturbance.amount) }
    case .stall: stallNanoseconds = disturbance.amount * 1_000_000
    case .fileEdited: edit = disturbance.amount
    default: break
    }
  }

  private func clocks(_ kind: Disturbance.Kind, _ milliseconds: Int64) {
    guard clock.isRunning(at: now) else { return }
    switch kind {
    case .clockSynchronised: clock.synchronise(central.worldTime(at: now), at: now)
    case .clockLost: clock.lose(at: now)
    case .clockStepped: clock.step(milliseconds: milliseconds)
    case .clockSetByHand:
      clock.set(central.worldTime(at: now) + milliseconds * 1_000_000, at: now)
    default: return
    }
    if kind == .clockStepped || kind == .clockSetByHand { audit.clockLied() }
    // The loop looks at the clock every ten seconds.
    if let process {
      process.clockCheck = min(
        process.clockCheck, monotonic + chance.between(0...10) * nanosecondsPerSecond)
    }
  }

  private func operate(_ disturbance: Disturbance) throws {
    guard process != nil else { return }
    switch disturbance.kind {
    case .operatorDown:
      try ask(.linkDown)
      plan(.operatorUp, after: disturbance.amount)
    case .retryParked: try ask(.retryParked)
    case .releaseParked: try ask(.releaseParked)
    default: break
    }
  }

  /// An operator's wish, about the first parked session where it is about one.
  func ask(_ wish: Wish) throws {
    guard let process else { return }
    let session = process.mind.station.authority?.parked.first?.session ?? SessionID()
    try guarded {
      try self.observe(
        .operatorAsked(
          OperatorAsked {
            $0.wish = wish
            $0.upstream = 1
            $0.session = session
          }))
      try self.pass()
    }
  }
}
