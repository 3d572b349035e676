import ChargePiES
import Drivers
import Glibc
import Journal
import Link
import Projections

extension Daemon {
  /// One pass of the loop: sleep, drain, decide and apply in memory, commit once, publish.
  func turn() throws {
    loop.runOnce(untilMonotonicNs: nextMoment())
    pace.begin()
    defer { pace.end() }
    let events = loop.drainEvents()
    if !events.isEmpty { try readMeters() }
    for event in events { try take(event) }
    try takeDue()
    try settle()
    if let due = engine.commitDueNanoseconds, due <= SystemClock.monotonicNanoseconds() {
      try commit()
    }
    if let due = pictureDueNanoseconds, due <= SystemClock.monotonicNanoseconds() { showPicture() }
    answerWaiting()
    serviceManager?.live(nowNanoseconds: SystemClock.monotonicNanoseconds())
    try decideEnding()
  }

  /// When something is due at the latest.
  private func nextMoment() -> Int64? {
    var moments = [storageCheckNanoseconds, clockCheckNanoseconds]
    if let due = engine.station.nextDeadline() { moments.append(due) }
    if let due = board.dueNanoseconds { moments.append(due) }
    if let due = engine.commitDueNanoseconds { moments.append(due) }
    if let due = pictureDueNanoseconds { moments.append(due) }
    if let due = serviceManager?.nextNanoseconds { moments.append(due) }
    for request in waiting { moments.append(request.dueNanoseconds) }
    return moments.min()
  }

  /// Readings as of now, so that whatever happens next happens at the meter's present value.
  private func readMeters() throws {
    let now = SystemClock.monotonicNanoseconds()
    let isRecent = engine.station.evses.allSatisfy {
      !$0.isClosed || now - $0.meter.readAt.monotonicNanoseconds < 100_000_000
    }
    guard !isRecent else { return }
    for reading in board.readMeters(nowNanoseconds: now) { try observe(reading) }
  }

  /// What is due by the clock: sensors, the state's deadlines, the system's clock and disk.
  private func takeDue() throws {
    let now = SystemClock.monotonicNanoseconds()
    for observation in board.take(nowNanoseconds: now) { try observe(observation) }
    try noteReadiness()
    for card in board.takeCards() { try takeCard(card.text, evses: card.evses) }
    if let due = engine.station.nextDeadline(), due <= now {
      try readMeters()
    }
    // A reading may have been what was due.
    if let due = engine.station.nextDeadline(), due <= now {
      let chance = UInt32(truncatingIfNeeded: SystemClock.random())
      try observe(.timeReached(TimeReached { $0.chance = chance }))
    }
    if clockCheckNanoseconds <= now {
      clockCheckNanoseconds = now + 10 * nanosecondsPerSecond
      try checkClock()
    }
    if storageCheckNanoseconds <= now {
      storageCheckNanoseconds = now + 60 * nanosecondsPerSecond
      try checkStorage()
    }
  }

  /// A card is an event under its number in the vault.
  func takeCard(_ text: String, evses: [UInt32]) throws {
    let token = try names.intern(text).canonical
    try observe(
      .cardRead(
        CardRead {
          $0.token = token
          $0.evses = evses
        }))
  }

  /// Opening and locking act at once; what the hardware answers belongs to the same commit.
  func settle() throws {
    for _ in 0..<Limits.roundsPerTurn {
      let now = SystemClock.monotonicNanoseconds()
      let permitted = Outputs.permitted(
        inMemory: engine.station.outputs, durable: engine.durable.outputs)
      board.reconcile(permitted, nowNanoseconds: now)
      let found = board.take(nowNanoseconds: now)
      guard !found.isEmpty else { return }
      for observation in found { try observe(observation) }
    }
  }

  /// Makes everything so far durable, then visible.
  func commit() throws {
    let began = SystemClock.monotonicNanoseconds()
    let events = try engine.commit()
    committedNanoseconds = SystemClock.monotonicNanoseconds()
    pace.leaveOut(committedNanoseconds - began)
    // Answers first: one of the turn's other decisions may close their connection.
    for event in events {
      if case .decision(.answerSent(let answer)) = event.body {
        try send(answer.frame, answer.connection)
      }
    }
    for event in events { try publish(event) }
    board.reconcile(
      engine.durable.outputs, nowNanoseconds: SystemClock.monotonicNanoseconds())
    showPicture()
    let kept = SystemClock.monotonicNanoseconds()
    try keepHouse()
    pace.leaveOut(SystemClock.monotonicNanoseconds() - kept)
  }

  /// What the journal needs beside commits: room ahead in the file, and its pages out of memory.
  private func keepHouse() throws {
    try store.writer.keepRoom()
    let now = SystemClock.monotonicNanoseconds()
    guard adviseNanoseconds <= now || engine.commits >= adviseCommits else { return }
    ProgramText.giveBack()
    adviseNanoseconds = now + 60 * nanosecondsPerSecond
    adviseCommits = engine.commits + Self.commitsBetweenAdvice
    try store.writer.adviseAway()
  }

  /// Commits after which the pages that they have read back are worth giving back.
  private static let commitsBetweenAdvice: UInt64 = 500

  /// Acts on what has become durable.
  private func publish(_ event: Event) throws {
    if let line = EventLine.text(event) { log.write(line.level, line.text) }
    recentCard.apply(event)
    guard case .decision(let decision) = event.body else { return }
    switch decision {
    case .messageSent(let message): try send(message.frame, message.connection)
    case .connectionStarted: try connect()
    case .connectionDropped(let dropped): drop(dropped.connection, dropped.reason)
    case .settingChanged(let change) where change.variable == .webSocketPingInterval:
      if let connection {
        loop.setPingInterval(
          connection.id, seconds: Int(engine.durable.integer(.webSocketPingInterval)))
      }
    default: break  // Every other decision acts through the state's levels.
    }
  }

  /// Decides whether the process shall end: a signal, or a restart that has waited long enough.
  private func decideEnding() throws {
    if signals.isRaised {
      ending = .stop
      return
    }
    let process = engine.station.process
    guard process.restart != .none else { return }
    let isQuiet = engine.station.upstreams.allSatisfy {
      $0.open == nil && ($0.transactions.count == 0 || !$0.isOnline)
    }
    if isQuiet || process.restartDueNanoseconds <= SystemClock.monotonicNanoseconds() {
      ending = .restart
    }
  }

  /// The system's clock as of now, remembered for telling later changes.
  func clockReading() -> Observation {
    let reading = systemClock()
    clockWatch.take(reading, monotonicNanoseconds: SystemClock.monotonicNanoseconds())
    return .clockRead(reading)
  }

  private func systemClock() -> ClockRead {
    ClockRead {
      $0.wallNanoseconds = SystemClock.wallNanoseconds()
      $0.quality = SystemClock.isSynchronized() ? .ntp : .unknown
    }
  }

  /// Notes the system's clock when it was set, or when its trust changed.
  private func checkClock() throws {
    guard claimedClock == nil else { return }
    let reading = systemClock()
    let now = SystemClock.monotonicNanoseconds()
    if clockWatch.notices(reading, monotonicNanoseconds: now) { try observe(.clockRead(reading)) }
  }

  func storageReading() -> Observation {
    let free = claimedFreeBytes ?? freeBytes(at: arguments.dataDirectory) ?? -1
    return .storageRead(StorageRead { $0.freeBytes = free })
  }

  /// Notes the disk when its room for new sessions begins or ends.
  func checkStorage() throws {
    guard case .storageRead(let reading) = storageReading() else { return }
    let bound = 2 * Limits.sessionReserveBytes
    let before = engine.station.freeBytes
    guard before == nil || (reading.freeBytes < bound) != (before ?? 0 < bound) else { return }
    try observe(.storageRead(reading))
  }
}
