import ChargePiES

/// The truth about an EVSE's energy at a moment, in milliwatt-hours.
struct EnergyMark {
  /// What flowed while a process held the contactor closed.
  let commanded: Int64
  /// Of all that flowed, what no reading has told yet.
  let unread: Int64
  /// What has been lost by the rules: at cuts, and where a counter was set.
  let lost: Int64
}

/// What an EVSE's register must be, worked out from the truth alone.
struct MeterOracle {
  let layout: EVSELayout
  /// The register as it must be in memory, in milliwatt-hours.
  private(set) var register: Int64 = 0
  /// The truth at the last reading, and when that was.
  private(set) var readTruth: Int64 = 0
  private(set) var readAt: Int64 = 0
  /// What no register will ever have.
  private(set) var lost: Int64 = 0
  private var isFresh = false
  private var hasJumped = false
  private var offset: Int64 = 0
  private var durable: (register: Int64, truth: Int64, at: Int64) = (0, 0, 0)

  init(_ layout: EVSELayout) {
    self.layout = layout
  }

  /// The most that can flow, in milliwatts.
  var maximumMilliwatts: Int64 {
    layout.connectors.map { $0.maximumMilliamperes * 230 * Int64($0.phases) * 3 / 2 }.max() ?? 0
  }

  /// The counter was set.
  mutating func jumped() { hasJumped = true }

  /// A reading was delivered.
  mutating func read(truth: Int64, offset: Int64, hasSession: Bool, at now: Int64) {
    let advance = truth - readTruth
    if !isFresh {
      isFresh = true
    } else if !hasJumped {
      register += advance
    } else if offset > self.offset, !hasSession {
      register += advance + offset - self.offset  // Nobody's energy: the register follows.
    } else {
      lost += advance
    }
    hasJumped = false
    self.offset = offset
    readTruth = truth
    readAt = now
  }

  mutating func becameDurable() { durable = (register, readTruth, readAt) }

  /// The process has ended: what was not durable is lost. Returns that, and how old it was.
  mutating func ended(truth: Int64, at now: Int64) -> (energy: Int64, nanoseconds: Int64) {
    let gone = (truth - durable.truth, now - durable.at)
    lost += gone.0
    (register, readTruth, readAt) = (durable.register, truth, durable.at)
    durable.truth = truth
    isFresh = false
    return gone
  }
}

extension Audit {
  func counterJumps(_ index: Int) { meters[index].jumped() }

  /// A reading was taken: the register is what the truth says, to the milliwatt-hour.
  func metered(_ reading: MeterRead, _ station: Station) throws {
    let index = Int(reading.evse) - 1
    guard let life, station.evses.indices.contains(index) else { return }
    let offset = life.board.evses[index].counterOffset
    meters[index].read(
      truth: reading.counterMilliwattHours - offset, offset: offset,
      hasSession: station.evses[index].session != nil, at: life.now)
    let register = station.evses[index].meter.reading.registerMilliwattHours
    try check(
      register == meters[index].register,
      "the register of EVSE \(reading.evse) is \(register), by the truth \(meters[index].register)")
  }

  /// What is true of an EVSE's energy now.
  func mark(_ evse: UInt32) -> EnergyMark? {
    guard let life, evse >= 1, Int(evse) <= meters.count else { return nil }
    let index = Int(evse) - 1
    life.board.evses[index].advance(to: life.now)
    let truth = life.board.evses[index]
    return EnergyMark(
      commanded: truth.commandedMilliwattHours,
      unread: truth.truthMilliwattHours - meters[index].readTruth, lost: meters[index].lost)
  }

  /// An end costs at most 10 Wh, or ten seconds of charging if that is more; an orderly one none.
  func loseReadings(isOrderly: Bool) throws {
    guard let life else { return }
    for index in meters.indices {
      life.board.evses[index].advance(to: life.now)
      let evse = life.board.evses[index]
      let isMute = evse.silentUntil > life.now - 20 * nanosecondsPerSecond
      let wasLive = evse.isCommandedClosed
      let gone = meters[index].ended(truth: evse.truthMilliwattHours, at: life.now)
      if gone.energy > 0 { tally.count(.energyLostAtCut) }
      guard wasLive, !isMute else { continue }
      let isAllowed =
        gone.energy <= 10_000 || gone.nanoseconds <= 10 * nanosecondsPerSecond
      try check(
        isAllowed && (!isOrderly || gone.energy == 0),
        "the end of a process costs \(gone.energy) mWh, \(gone.nanoseconds / 1_000_000) ms old")
    }
  }
}

extension Audit {
  /// Contactors move: what is closed must be durable, and allowed.
  func reconciling(_ outputs: Outputs) throws {
    guard let life, let process = life.process else { return }
    for (index, wanted) in outputs.evses.enumerated() where wanted.isClosed {
      guard index < life.board.evses.count else {
        throw violation("an output for an EVSE that is not there")
      }
      let durable = life.disk.shadow.evses[index]
      try check(
        durable.isClosed, "the contactor of EVSE \(index + 1) closes before that is durable")
      let evse = process.mind.station.evses[index]
      guard !life.board.evses[index].isCommandedClosed else { continue }
      try mayClose(evse, wanted, life.board.evses[index], process.mind.station)
    }
  }

  private func mayClose(
    _ evse: EVSE, _ wanted: EVSEOutputs, _ truth: VirtualEVSE, _ station: Station
  ) throws {
    let place = "the contactor of EVSE \(evse.id) closes"
    guard let session = evse.session else { throw violation("\(place) without a session") }
    try check(session.token != 0 && session.permittedEvent != 0, "\(place) for nobody")
    guard let connector = evse.connector(session.connector) else {
      throw violation("\(place) for no connector")
    }
    let most = connector.layout.maximumMilliamperes
    try check(
      wanted.limitMilliamperes > 0 && wanted.limitMilliamperes <= most,
      "\(place) with a limit of \(wanted.limitMilliamperes) mA")
    let part = truth.connectors[Int(session.connector) - 1]
    try check(
      !part.layout.hasLock || part.isLocked && connector.isLocked,
      "\(place) while the cable is not locked")
    try check(
      !part.layout.hasPlugSense || part.cable == .connected, "\(place) while no car is connected")
    try check(
      (evse.faults + station.faults).allSatisfy {
        $0.code.isWarning || $0.vendorCode == "StorageFull"
      },
      "\(place) in spite of a fault")
    try check(!station.process.isStopping && station.process.isReady, "\(place) at the wrong time")
  }

  /// What shall be open is open, before any commit.
  func opened() throws {
    guard let life, let process = life.process else { return }
    try process.mind.look { station in
      for index in life.board.evses.indices where life.board.evses[index].isCommandedClosed {
        try check(
          station.evses[index].isClosed,
          "the contactor of EVSE \(index + 1) is not opened at once")
      }
    }
  }

  /// After every pass: what is closed has a session that may charge, and opening has not waited.
  func afterPass() throws {
    guard let life, let process = life.process else { return }
    try opened()
    try process.mind.look { try closed($0, life) }
    if quiet != nil { try drained(process.mind.station) }
  }

  private func closed(_ station: Station, _ life: Life) throws {
    for index in life.board.evses.indices where life.board.evses[index].isCommandedClosed {
      try check(
        station.evses[index].session?.isPermitted == true
          && station.evses[index].session?.token != 0,
        "the contactor of EVSE \(index + 1) is closed for nobody")
      guard sessions.hasRefused, let session = station.evses[index].session,
        let place = sessions.place(session.id),
        sessions.entries[place].isRefused
      else { continue }
      try check(
        !station.flag(.stopTxOnInvalidId) && station.integer(.maxEnergyOnInvalidId) > 0,
        "EVSE \(index + 1) charges somebody who was refused")
    }
  }
}
