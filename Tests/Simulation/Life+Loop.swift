import ChargePiES
import Projections

/// The daemon's loop: drain, decide and apply in memory, commit once, publish.
extension Life {
  var monotonic: Int64 { clock.monotonic(now) }

  /// One pass of the loop.
  func pass() throws {
    var hasRead = false
    while process != nil, let arrival = network.take(at: now) {
      if arrival.isToStation && !hasRead {
        hasRead = true
        try readMeters()
      }
      try arrived(arrival)
    }
    guard process != nil else { return }
    try takeDue()
    // Readings that nothing follows from move nothing.
    if hasDecided { try settle() }
    hasDecided = false
    if let due = process?.mind.commitDueNanoseconds, due <= monotonic { try commit() }
    try audit.afterPass()
    try decideEnding()
  }

  /// What the network brings.
  func arrived(_ arrival: (isToStation: Bool, line: UInt64, what: VirtualNetwork.Arrival)) throws {
    guard arrival.isToStation else {
      switch arrival.what {
      case .opened: central.opened(arrival.line)
      case .closed: central.closed(arrival.line)
      case .frame(let bytes): central.receive(bytes, over: arrival.line, at: now)
      }
      return
    }
    guard let number = process?.connection, number != 0 else { return }
    switch arrival.what {
    case .opened: try observe(.linkOpened(.upstream(1, number)))
    case .closed(let code):
      process?.connection = 0
      audit.lineEnded()
      try observe(.linkClosed(.upstream(1, number, code: code, chance: draw())))
    case .frame(let bytes): try received(bytes, number)
    }
  }

  private func received(_ bytes: [UInt8], _ number: UInt64) throws {
    guard let process, let upstream = process.mind.station.authority,
      upstream.connection == number
    else { return }
    trace?.note(now, "< \(String(decoding: bytes, as: UTF8.self))")
    audit.delivered(bytes)
    // Told before the mood ended, heard after.
    let wrongUntil = weather.end(of: .wrongTime)
    if wrongUntil > 0, wrongUntil > now - 120 * nanosecondsPerSecond { audit.clockLied() }
    let station = process.mind.station
    try observe(try dialect.read(bytes, from: upstream, in: station, names: names))
  }

  func draw() -> UInt32 { UInt32(truncatingIfNeeded: chance.next()) }

  /// Readings as of now, so that whatever happens next happens at the meter's present value.
  func readMeters() throws {
    guard let process else { return }
    let moment = monotonic
    let isRecent = process.mind.station.evses.allSatisfy {
      !$0.isClosed || moment - $0.meter.readAt.monotonicNanoseconds < 100_000_000
    }
    guard !isRecent else { return }
    for reading in board.readMeters(at: now) { try observe(reading) }
  }

  /// What is due by the clock: sensors, the state's deadlines, the system's clock and disk.
  private func takeDue() throws {
    for observation in board.take(at: now) { try observe(observation) }
    let moment = monotonic
    if isDue(moment) { try readMeters() }
    if isDue(moment) {
      let chance = draw()
      try observe(.timeReached(TimeReached { $0.chance = chance }))
      idlePasses = isDue(moment) ? idlePasses + 1 : 0
      guard idlePasses < 4 else {
        throw Violation("a deadline has passed, and nothing comes of it", at: now)
      }
    }
    if let due = process?.clockCheck, due <= moment {
      process?.clockCheck = moment + 600 * nanosecondsPerSecond
      try checkClock()
    }
    if let due = process?.storageCheck, due <= moment {
      process?.storageCheck = moment + 600 * nanosecondsPerSecond
      try checkStorage()
    }
  }

  private func isDue(_ moment: Int64) -> Bool {
    process.map { deadline(of: $0) <= moment } ?? false
  }

  /// Notes the system's clock when it was set, or when its trust changed.
  private func checkClock() throws {
    guard let before = process?.clock else { return }
    let reading = clock.reading(at: now)
    let moved = reading.wallNanoseconds - now - before.wallNanoseconds
    guard
      reading.quality != before.quality
        || moved.magnitude > Limits.clockThresholdNanoseconds.magnitude
    else { return }
    try observeClock()
  }

  /// The system's clock as of now, remembered (as what it is ahead of the board's).
  func observeClock() throws {
    let reading = clock.reading(at: now)
    process?.clock = SystemClockReading(
      wallNanoseconds: reading.wallNanoseconds - now, quality: reading.quality)
    try observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = reading.wallNanoseconds
          $0.quality = reading.quality
        }))
  }

  /// Notes the disk when its room for new sessions begins or ends.
  func checkStorage() throws {
    let bound = 2 * Limits.sessionReserveBytes
    let free = disk.freeBytes
    let before = process?.mind.station.freeBytes
    guard before == nil || (free < bound) != (before ?? 0 < bound) else { return }
    try observe(.storageRead(StorageRead { $0.freeBytes = free }))
  }

  /// Opening and locking act at once; what the hardware answers belongs to the same commit.
  func settle() throws {
    for _ in 0..<Limits.roundsPerTurn {
      guard let process else { return }
      let permitted = Outputs.permitted(
        inMemory: process.mind.station.outputs, durable: process.mind.durable.outputs)
      try audit.reconciling(permitted)
      board.reconcile(permitted, at: now)
      try audit.opened()
      let found = board.take(at: now)
      guard !found.isEmpty else { return }
      for observation in found { try observe(observation) }
    }
  }

  /// Makes everything so far durable, then visible.
  func commit() throws {
    guard let process else { return }
    now += stallNanoseconds
    stallNanoseconds = 0
    let last = disk.last
    let events: [Event]
    do {
      events = try process.mind.commit()
    } catch {
      if disk.last > last { try audit.keptAfterAll() }
      throw error
    }
    tally.count(.commits)
    try audit.committed(events)
    for event in events {
      if case .decision(.answerSent(let answer)) = event.body {
        try send(answer.frame, answer.connection, nil, event.number)
      }
    }
    for event in events { try publish(event) }
    guard events.contains(where: { !$0.isReading }) else { return }
    let outputs = process.mind.durable.outputs
    try audit.reconciling(outputs)
    board.reconcile(outputs, at: now)
  }

  private func publish(_ event: Event) throws {
    guard case .decision(let decision) = event.body else { return }
    switch decision {
    case .messageSent(let message):
      try send(message.frame, message.connection, message, event.number)
    case .connectionStarted: connect()
    case .connectionDropped(let dropped): drop(dropped.connection)
    default: break  // Every other decision acts through the state's levels.
    }
  }

  private func connect() {
    guard let process, process.connection == 0 else { return }
    process.connections += 1
    process.connection = process.connections
    _ = network.connect(at: now)
    audit.lineBegan()
  }

  private func drop(_ number: UInt64) {
    guard let connection = process?.connection, connection != 0,
      number == 0 || number == connection
    else { return }
    network.closeByStation(at: now)
    process?.connection = 0
    audit.lineEnded()
  }

  private func send(
    _ frame: Frame, _ number: UInt64, _ message: MessageSent?, _ event: UInt64
  ) throws {
    guard let connection = process?.connection, connection != 0, connection == number else {
      return
    }
    let bytes = try Concealment.bytes(frame, names: names)
    trace?.note(now, "> \(String(decoding: bytes, as: UTF8.self))")
    try audit.leaving(bytes, message, event)
    network.sendToCentral(bytes, at: now)
    if message?.kind == .transaction, let armed {
      self.armed = nil
      plan(armed, at: now + chance.between(0...600) * 1_000_000)
    }
  }

  /// Takes an observation at this moment.
  func observe(_ observation: Observation) throws {
    guard let process else { return }
    let before = process.mind.pending.count
    knownDeadline = nil
    try process.mind.observeNow(observation, monotonicNanoseconds: monotonic)
    if process.mind.pending.count > before + 1 || !observation.isReading { hasDecided = true }
    if let trace {
      for event in process.mind.pending[before...] { trace.note(now, event) }
    }
    try audit.turned(observation, from: before)
  }

  /// A restart that has waited long enough.
  private func decideEnding() throws {
    guard let process, process.mind.station.process.restart != .none else { return }
    let station = process.mind.station.process
    let isQuiet = process.mind.station.upstreams.allSatisfy {
      $0.open == nil && ($0.transactions.count == 0 || !$0.isOnline)
    }
    guard isQuiet || station.restartDueNanoseconds <= monotonic else { return }
    tally.count(.restartAsked)
    try stop(restart: station.restart, seconds: 1)
  }
}

/// In one go each: what is asked of a part of an object is copied out of it first, which costs more
/// than what is asked; a mutating access is not.
extension Life.Mind {
  /// Lends the state, which must not be changed meanwhile.
  mutating func look<R>(_ body: (Station) throws -> R) rethrows -> R { try body(station) }

  /// Lends the durable state.
  mutating func lookDurable<R>(_ body: (Station) throws -> R) rethrows -> R { try body(durable) }

  fileprivate mutating func observeNow(
    _ observation: Observation, monotonicNanoseconds moment: Int64
  ) throws {
    try observe(observation, at: stamp(monotonicNanoseconds: moment))
  }
}

extension LinkOpened {
  fileprivate static func upstream(_ id: UInt32, _ number: UInt64) -> LinkOpened {
    LinkOpened {
      $0.upstream = id
      $0.connection = number
    }
  }
}

extension LinkClosed {
  fileprivate static func upstream(
    _ id: UInt32, _ number: UInt64, code: UInt32, chance: UInt32
  ) -> LinkClosed {
    LinkClosed {
      $0.upstream = id
      $0.connection = number
      $0.code = code
      $0.chance = chance
    }
  }
}

extension Event {
  fileprivate var isReading: Bool {
    if case .observation(let observation) = body { observation.isReading } else { false }
  }
}

extension Observation {
  fileprivate var isReading: Bool {
    if case .meterRead = self { true } else { false }
  }
}
