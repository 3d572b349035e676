import ChargePiES

/// What people do, and what follows from a quiet time.
extension Life {
  func people(_ disturbance: Disturbance) throws {
    let index = Int(disturbance.evse) - 1
    guard disturbance.evse == 0 || board.evses.indices.contains(index) else { return }
    switch disturbance.kind {
    case .plug: _ = board.plug(index, car(disturbance.amount), at: now)
    case .card: try show(Visitor.card(disturbance.amount), at: [disturbance.evse])
    case .cardAnywhere: try show(Visitor.card(disturbance.amount), at: [])
    case .unplug: leave(index, tries: 12)
    case .pullCarSide: board.pull(index, carSideOnly: true, at: now)
    case .restless: try fidget(index, disturbance.amount, times: 2 + chance.below(5))
    case .carPauses:
      guard let active = board.evses[index].active else { return }
      board.evses[index].connectors[active].car?.pausesUntil =
        now + disturbance.amount * nanosecondsPerSecond
      board.change(index, now)
    default: break
    }
  }

  /// The car goes; a cable that the lock holds is fetched later.
  private func leave(_ index: Int, tries: Int) {
    if tries == 12 || board.evses[index].connectors.allSatisfy({ $0.car == nil }) {
      board.pull(index, carSideOnly: false, at: now)
    }
    let isHeld = board.evses[index].connectors.contains { $0.car == nil && $0.cable != .out }
    if isHeld && tries > 0 { plan(.pull(index, tries - 1), after: 75) }
  }

  private func car(_ wattHours: Int64) -> VirtualCar {
    VirtualCar(
      needMilliwattHours: wattHours * 1_000, milliamperes: chance.between(6...32) * 1_000,
      phases: chance.isOnce(in: 3) ? 3 : 1,
      requestAt: now + chance.between(200...8_000) * 1_000_000)
  }

  /// A card is read; like every wish from outside it comes with fresh readings.
  private func show(_ card: String, at evses: [UInt32]) throws {
    guard process != nil else { return }
    let token = try names.intern(card).canonical
    try guarded {
      try self.readMeters()
      try self.observe(
        .cardRead(
          CardRead {
            $0.token = token
            $0.evses = evses
          }))
      try self.pass()
    }
  }

  /// The same card again and again, the plug in and out, as fast as hands are.
  func fidget(_ index: Int, _ card: Int64, times: Int) throws {
    switch chance.below(3) {
    case 0: _ = board.plug(index, car(3_000), at: now)
    case 1: board.pull(index, carSideOnly: chance.isOnce(in: 2), at: now)
    default: try show(Visitor.card(card), at: [board.evses[index].id])
    }
    guard times > 1 else { return }
    plan(.fidget(index, card, times - 1), at: now + chance.between(80...2_500) * 1_000_000)
  }

  /// Everything is repaired and everybody goes home; then the books are checked.
  func quiet(_ seconds: Int64) throws {
    weather.clear()
    armed = nil
    plans.removeAll { if case .cutPower = $0.plan { true } else { false } }
    network.heal(at: now)
    board.repair(at: now)
    disk.fate = .kept
    disk.isFull = false
    disk.freeBytes = 1 << 36
    stallNanoseconds = 0
    if character.hasNetworkTime {
      clock.synchroniseIfRunning(central.worldTime(at: now), at: now)
    }
    if process == nil && startDue > now + 10 * nanosecondsPerSecond {
      startDue = now + 10 * nanosecondsPerSecond
      clock.boot(at: startDue, off: 0)
    }
    plan(.operatorUp, after: 15)
    for minute in 1...6 { plan(.pullAll, after: Int64(minute) * 60) }
    for seconds in [60, 400, 2_000, 2_300] as [Int64] { plan(.becomeFriendly, after: seconds) }
    plan(.showCards, after: 120)
    for seconds in [600, 1_200, 2_400] as [Int64] { plan(.retryParked, after: seconds) }
    audit.quietBegins()
    plan(.checkBooks, after: seconds - 1)
  }

  func carryOut(_ plan: Plan) throws {
    switch plan {
    case .pullAll:
      for index in board.evses.indices { board.pull(index, carSideOnly: false, at: now) }
    case .pull(let index, let tries): leave(index, tries: tries)
    case .fidget(let index, let card, let times): try fidget(index, card, times: times)
    case .kill(let seconds): if process != nil { try kill(seconds: seconds) }
    case .cutPower(let seconds): if process != nil { try cutPower(seconds: seconds) }
    case .ask(let disturbance): central.ask(disturbance, at: now)
    case .showCards: try showCards()
    case .becomeFriendly:
      central.becomeFriendly(at: now)
      for connector in character.layout.flatMap(\.connectors) where connector.hasLock {
        central.unlock(Int64(connector.flatNumber), at: now)
      }
    case .retryParked:
      let count = process?.mind.station.authority?.parked.count ?? 0
      for _ in 0..<count { try ask(.retryParked) }
    case .operatorUp: try ask(.linkUp)
    case .synchronise:
      guard clock.isRunning(at: now), !weather.isOn(.unreachable, at: now) else { return }
      clock.synchronise(central.worldTime(at: now), at: now)
    case .weatherEnds: endWeather()
    case .checkBooks: try checkBooks()
    }
  }

  /// Who still charges ends it: an outlet without a sensor does not see a car go.
  private func showCards() throws {
    for evse in process?.mind.station.evses ?? [] {
      guard let token = evse.session?.token, token != 0, let card = try names.text(token) else {
        continue
      }
      try show(card, at: [evse.id])
    }
  }

  /// What waits for its commit is committed first, as for everybody who looks.
  private func checkBooks() throws {
    try guarded { try self.commit() }
    try audit.closeBooks()
  }

  private func endWeather() {
    disk.isFull = weather.isOn(.diskFull, at: now)
    let isFilling = disk.isFull || weather.isOn(.diskFilling, at: now)
    disk.freeBytes = disk.isFull ? 0 : isFilling ? Limits.sessionReserveBytes : 1 << 36
  }

  /// The end of the story.
  func finish() throws {
    if process != nil { try guarded { try self.commit() } }
    if let number = disk.record(containing: "CARD") {
      throw Violation("record \(number) has a card number in it", at: now)
    }
  }
}

extension VirtualBoard {
  /// Nothing is broken any more.
  func repair(at now: Int64) {
    stopUntil = min(stopUntil, now)
    for index in evses.indices {
      evses[index].advance(to: now)
      evses[index].weldedUntil = 0
      evses[index].stuckUntil = 0
      evses[index].silentUntil = 0
      evses[index].lockFailsUntil = 0
      evses[index].unlockFailsUntil = 0
      evses[index].overCurrentUntil = 0
      evses[index].faultUntil = min(evses[index].faultUntil, now)
      evses[index].tripUntil = min(evses[index].tripUntil, now)
      change(index, now)
      // A repaired meter is looked at.
      if isListening { reportMeter(index, now) }
    }
    lookAgain(now)
  }
}
