import ChargePiES

extension Audit {
  /// A message joins the queue, perhaps after it was put aside: its failures count anew.
  func queued(_ message: MessageQueued) {
    if message.source == wire.failures.source { wire.failures.count = 0 }
  }

  /// An attempt at the queue's first message has failed on a live connection.
  func failures(of failed: MessageFailed) {
    guard failed.kind == .transaction else { return }
    let before = wire.failures.source == failed.source ? wire.failures.count : 0
    wire.failures = (failed.source, before + 1)
  }

  /// Whatever has failed as often as the settings allow is put aside.
  func patience() throws {
    guard wire.failures.count > 0, let station = life?.disk.shadow,
      let upstream = station.authority,
      let current = upstream.transactions.current, current.source == wire.failures.source
    else { return }
    try check(
      wire.failures.count < station.integer(.messageAttempts),
      "\(current.messageId) has failed \(wire.failures.count) times and is not put aside")
  }

  /// A message is done with: if it was answered, the central system has it.
  func settled(_ settled: MessageSettled) throws {
    if settled.kind == .status && !settled.isAnswered { tally.count(.statusSuperseded) }
    guard settled.kind == .transaction, let life else { return }
    if let place = sessions.place(settled.session) {
      if settled.role == .start { sessions.entries[place].isStartSettled = true }
      if settled.role == .end { sessions.entries[place].isStopSettled = true }
    }
    guard settled.isAnswered else { return }
    guard let message = wire.messages[settled.source] else {
      throw violation("a message is answered that never left")
    }
    let books = life.central.books
    let isBooked: Bool
    switch settled.role {
    case .start: isBooked = books.starts.contains { $0.payload == message.digest }
    case .end: isBooked = books.stops.contains { $0.payload == message.digest }
    case .update, .unspecified:
      isBooked = books.readings.contains { $0.payload == message.digest }
    }
    try check(isBooked, "\(message.firstId) is settled, and nobody has it in his books")
  }

  func quietBegins() {
    guard let life else { return }
    quiet = QuietTime(beganAt: life.now)
  }

  /// A central system that turned healthy has everything within the hour.
  func drained(_ station: Station) throws {
    guard let quiet, quiet.drainedAt == nil, let life, let upstream = station.authority else {
      return
    }
    // Whoever lets a start go has let go of what follows of its session.
    let isParked = upstream.parked.contains { group in
      sessions.place(group.session).map { !sessions.entries[$0].isReleased } ?? true
    }
    let isDone =
      upstream.isOnline && upstream.transactions.count == 0 && !isParked
      && upstream.statuses.isEmpty && station.evses.allSatisfy { $0.session == nil }
    if isDone { self.quiet?.drainedAt = life.now }
    try check(
      isDone || life.now - quiet.beganAt <= Self.drainNanoseconds,
      "an hour of quiet has not drained the queue: \(upstream.transactions.count) messages wait, "
        + "\(upstream.parkedCount) are parked, sessions "
        + "\(station.evses.map { $0.session != nil }), \(upstream.statuses.count) statuses, "
        + "online \(upstream.isOnline)")
  }

  /// The stated time in which a healthy central system has everything.
  static let drainNanoseconds: Int64 = 3_600 * nanosecondsPerSecond

  /// The end of a quiet time: every session is in the books exactly once.
  func closeBooks() throws {
    guard let life, let process = life.process else {
      throw violation("after hours of quiet no process runs")
    }
    try check(quiet?.drainedAt != nil, "hours of quiet have not drained the queue")
    tally.count(.drained)
    quiet = nil
    let station = process.mind.station
    for entry in sessions.entries { try closed(entry, life) }
    let ids = sessions.entries.flatMap(\.startIds)
    for start in life.central.books.starts {
      try check(ids.contains(start.messageId), "the books have a start that no session knows")
    }
    try known(station, life)
    try check(
      station.authority?.references.isEmpty == true, "references of finished sessions are kept")
    life.central.books.close()
    sessions.close()
    // A reading outside sessions may be on its way.
    let cursor = station.authority?.transactions.cursor ?? 0
    wire.messages = wire.messages.filter { $0.value.queued > cursor }
  }

  /// The central system knows every connector's status.
  private func known(_ station: Station, _ life: Life) throws {
    for evse in station.evses {
      for connector in evse.connectors {
        let number = Int64(connector.layout.flatNumber)
        let status = "\(station.status(evse, connector))".lowercased()
        let told = life.central.statuses[number]?.lowercased() ?? "nothing"
        try check(told == status, "connector \(number) is \(status), and was told as \(told)")
      }
    }
  }

  private func closed(_ entry: SessionLog.Entry, _ life: Life) throws {
    let name = "session \(entry.permitted.session)"
    guard let ended = entry.ended else { throw violation("\(name) has not ended") }
    if entry.isReleased { return }
    try check(entry.isStartSettled && entry.isStopSettled, "\(name) is not settled")
    let books = life.central.books
    let starts = books.starts.filter { entry.startIds.contains($0.messageId) }
    let stops = books.stops.filter { entry.stopIds.contains($0.messageId) }
    try check(!starts.isEmpty && !stops.isEmpty, "\(name) is not in the books")
    try check(
      Set(starts.map(\.payload)) == [entry.start ?? 0], "\(name) was told in different words")
    try check(
      Set(stops.map(\.payload)) == [entry.stop ?? 0], "\(name) was ended in different words")
    if life.character.centralKnowsDuplicates {
      try check(starts.count == 1, "\(name) is in the books \(starts.count) times")
    }
    let energy = (stops.last?.meterStop ?? 0) - (starts.last?.meterStart ?? 0)
    let billed =
      ended.reading.registerMilliwattHours / 1_000 - ended.startRegisterMilliwattHours / 1_000
    try check(energy == billed, "\(name) is in the books with \(energy) Wh, it had \(billed)")
  }
}
