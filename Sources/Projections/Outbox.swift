import ChargePiES

/// Outbound messages as a projection: what a turn's events mean for each upstream.
///
/// It ends every turn: queues what the dialect makes of the events, words the answers to calls, and
/// hands the next call over where none is open. What it decides is recorded in the same commit,
/// bytes included, and leaves only after it.
///
/// Order: a registration before everything; identifications next, because people wait for them;
/// then statuses and sessions' messages in the order of their events, except that a status may pass
/// a session's message that waits for its next attempt; a heartbeat when there is nothing else.
public struct Outbox<Wire: Dialect>: MessageProjection {
  let dialect: Wire
  let names: any NameStore
  var window = QueueWindow()

  /// An outbox for one dialect.
  public init(dialect: Wire, names: any NameStore) {
    self.dialect = dialect
    self.names = names
  }

  /// Ends a turn.
  public mutating func follow(_ turn: inout Turn, events: any EventSource) throws {
    let source = TurnSource(turn: turn.events, earlier: events)
    let context = WordingContext(names: names, events: source)
    try queue(&turn)
    try answer(&turn, context)
    for upstream in turn.station.upstreams { try pump(&turn, upstream.id, events) }
  }

  private mutating func queue(_ turn: inout Turn) throws {
    for event in turn.events {
      // A group that comes back from parking brings its own.
      if case .decision(.messageQueued(let message)) = event.body, message.kind == .transaction {
        window.queued(message, number: event.number)
      }
      if isOvertaken(event, in: turn) { continue }
      for message in dialect.messages(of: event, in: turn.station) {
        queue(message, of: event, &turn)
      }
    }
  }

  /// Whether the same turn has a later status of the same place: then only that one is told.
  private func isOvertaken(_ event: Event, in turn: Turn) -> Bool {
    guard case .decision(.statusChanged(let status)) = event.body else { return false }
    return turn.events.contains {
      guard $0.number > event.number, case .decision(.statusChanged(let later)) = $0.body else {
        return false
      }
      return later.evse == status.evse && later.connector == status.connector
    }
  }

  private mutating func queue(_ message: MessageQueued, of event: Event, _ turn: inout Turn) {
    for upstream in turn.station.upstreams {
      var queued = message
      queued.upstream = upstream.id
      queued.source = event.number
      queued.isOffline = !upstream.isOnline
      if queued.kind == .transaction { window.queued(queued, number: turn.nextNumber) }
      turn.emit(.messageQueued(queued))
    }
  }

  private func answer(_ turn: inout Turn, _ context: WordingContext) throws {
    guard let first = turn.events.first else { return }
    if case .observation(.frameRefused(let refused)) = first.body, !refused.code.isEmpty {
      try release(
        dialect.refusal(refused), refused.upstream, refused.connection, refused.messageId, &turn)
    }
    var call = CallReceived()
    if case .observation(.callReceived(let received)) = first.body { call = received }
    for event in turn.events {
      guard case .decision(.callAnswered(let answered)) = event.body else { continue }
      // What waited for a lock may be answered in another call's turn.
      let command = answered.messageId == call.messageId ? call.command : nil
      let bytes = try dialect.answer(answered, to: command, in: turn.station, with: context)
      try release(bytes, answered.upstream, answered.connection, answered.messageId, &turn)
    }
  }

  private func release(
    _ bytes: [UInt8], _ upstream: UInt32, _ connection: UInt64, _ id: String, _ turn: inout Turn
  ) throws {
    let frame = try Concealment.frame(bytes, names: names)
    turn.emit(
      .answerSent(
        AnswerSent {
          $0.upstream = upstream
          $0.connection = connection
          $0.messageId = id
          $0.frame = frame
        }))
  }
}

/// Events of the running turn first, then those before it.
struct TurnSource: EventSource {
  let turn: [Event]
  let earlier: any EventSource

  func event(_ number: UInt64) throws -> Event? {
    if let first = turn.first, number >= first.number {
      let index = Int(number - first.number)
      return index < turn.count ? turn[index] : nil
    }
    return try earlier.event(number)
  }

  func queued(after number: UInt64, most: Int) throws -> [(number: UInt64, message: MessageQueued)]
  {
    var found = try earlier.queued(after: number, most: most)
    for event in turn where event.number > number && found.count < most {
      guard case .decision(.messageQueued(let message)) = event.body, message.kind == .transaction
      else { continue }
      found.append((event.number, message))
    }
    return found
  }
}

/// The next stretch of the queue, so that its cursor need not search the journal for each message.
struct QueueWindow {
  typealias Item = (number: UInt64, message: MessageQueued)

  /// Messages in order, without gaps from the first.
  private var items: [Item] = []
  /// Whether the last item is the last of the queue.
  private var reachesEnd = false
  /// The most that is kept in memory; the rest stays on disk.
  static let most = 256

  /// A message joined the end of the queue.
  mutating func queued(_ message: MessageQueued, number: UInt64) {
    if reachesEnd && items.count < Self.most {
      items.append((number, message))
    } else {
      reachesEnd = false
    }
  }

  /// The first message behind the cursor.
  mutating func first(after cursor: UInt64, events: any EventSource) throws -> Item? {
    if let index = items.firstIndex(where: { $0.number > cursor }) {
      if index > 0 { items.removeFirst(index) }
      return items.first
    }
    items.removeAll(keepingCapacity: true)
    guard !reachesEnd else { return nil }
    items = try events.queued(after: cursor, most: Self.most)
    reachesEnd = items.count < Self.most
    return items.first
  }
}
