import ChargePiES
import Projections

/// What has gone over the wire.
struct WireLog {
  /// What a message's attempts have in common.
  struct Message {
    let digest: UInt64
    let firstId: String
    let queued: UInt64
    let session: SessionID
    let role: MessageRole
  }

  /// Ids of calls on the line that is open.
  private(set) var idsOnLine: Set<String> = []
  /// The station's call that waits for its answer, and since when.
  var open: (id: String, at: Int64)?
  /// Calls of the central system that have arrived, and when.
  var asked: [(id: String, at: Int64)] = []
  private var askedIds: Set<String> = []
  /// Which message an id belongs to, in the whole life.
  var owners: [String: UInt64] = [:]
  /// Sessions' messages by the event that they tell of.
  var messages: [UInt64: Message] = [:]
  /// Failed attempts at the queue's first message.
  var failures: (source: UInt64, count: Int64) = (0, 0)
  /// Before this moment this process must not register.
  var registrationFrom: Int64 = 0
  /// The queue's place of the last session's message.
  var lastQueued: UInt64 = 0

  mutating func lineBegan() {
    lineEnded()
    idsOnLine.removeAll(keepingCapacity: true)
    open = nil
  }

  /// Whoever asked over this line is owed no answer any more.
  mutating func lineEnded() {
    askedIds.removeAll(keepingCapacity: true)
    asked.removeAll(keepingCapacity: true)
  }

  /// Takes an id for this line; false when it was used on it before.
  mutating func take(_ id: String) -> Bool { idsOnLine.insert(id).inserted }

  /// A call has arrived; a repeated one needs no answer.
  mutating func arrived(_ id: String, at now: Int64) {
    if askedIds.insert(id).inserted { asked.append((id, now)) }
  }
}

extension Audit {
  func lineBegan() { wire.lineBegan() }
  func lineEnded() { wire.lineEnded() }

  /// A frame of the central system reaches the station.
  func delivered(_ bytes: [UInt8]) {
    guard let life else { return }
    guard let frame = try? OCPPFrame.parse(bytes) else { return }
    switch frame {
    case .call(let id, _, _): wire.arrived(id, at: life.now)
    case .result(let id, let payload):
      if wire.open?.id == id {
        wire.open = nil
        // What comes after its half minute is not heard any more.
        if life.process?.mind.station.authority?.open?.messageId == id { postponed(payload) }
      }
      refused(id, payload)
    case .error(let id, _, _, _):
      if wire.open?.id == id { wire.open = nil }
    }
  }

  /// A registration that is not accepted names the pause until the next.
  private func postponed(_ payload: JSON) {
    guard let status = payload["status"]?.string, status == "Pending" || status == "Rejected",
      let pause = payload["interval"]?.integer, pause > 0, let now = life?.now
    else { return }
    wire.registrationFrom = now + pause * nanosecondsPerSecond
  }

  /// Notes who is refused by the answer to a start.
  private func refused(_ id: String, _ payload: JSON) {
    guard payload["transactionId"]?.integer != nil,
      let status = payload["idTagInfo"]?["status"]?.string, status != "Accepted",
      let place = sessions.entries.lastIndex(where: { $0.startIds.contains(id) }),
      !sessions.entries[place].isStartSettled
    else { return }
    sessions.entries[place].isRefused = true
    sessions.hasRefused = true
  }

  /// A frame leaves: it must be on the disk, whole, and what OCPP allows.
  func leaving(_ bytes: [UInt8], _ message: MessageSent?, _ number: UInt64) throws {
    guard let life else { return }
    let frame = try OCPPFrame.parse(bytes)
    guard let event = try life.disk.event(number), case .decision(let decision) = event.body else {
      throw violation("a frame leaves that is not durable: event \(number)")
    }
    let kept: Frame
    switch decision {
    case .messageSent(let sent): kept = sent.frame
    case .answerSent(let answer): kept = answer.frame
    default: throw violation("event \(number) is no frame")
    }
    try check(
      try Concealment.bytes(kept, names: life.names) == bytes,
      "the bytes on the wire are not those on the disk")
    switch frame {
    case .call(let id, let action, let payload):
      guard let message else { throw violation("an answer that is a call") }
      try leaving(call: id, action, payload, message, life)
    case .result(let id, _), .error(let id, _, _, _):
      guard let index = wire.asked.firstIndex(where: { $0.id == id }) else {
        if case .error = frame { return }  // A frame that was no call, and had an id all the same.
        throw violation("an answer to a call that has not arrived, or a second one: \(id)")
      }
      wire.asked.remove(at: index)
    }
  }

  private func leaving(
    call id: String, _ action: String, _ payload: JSON, _ message: MessageSent, _ life: Life
  ) throws {
    guard let upstream = life.disk.shadow.authority else { throw violation("no central system") }
    try check(
      id == message.messageId && id.unicodeScalars.count <= 36, "the id \(id) is not its own")
    try check(wire.take(id), "the id \(id) is used twice on one connection")
    try check(
      action == "BootNotification" || upstream.registration == .accepted,
      "\(action) leaves before the registration is accepted")
    try check(
      action != "BootNotification" || life.now >= wire.registrationFrom - nanosecondsPerSecond,
      "the station registers before the pause that it was asked for is over")
    if let open = wire.open {
      try check(
        life.now - open.at >= 27 * nanosecondsPerSecond,
        "\(action) leaves while \(open.id) waits for its answer")
    }
    wire.open = (id, life.now)
    let type = OCPP16.requests.first { $0.actionName == action }
    guard let type else { throw violation("\(action) is no call of OCPP 1.6") }
    if let fault = Schema.fault(inCall: payload, of: type) {
      throw violation("\(action) breaks its schema: \(fault)")
    }
    tally.count(.sent)
    let source = message.source << 4 | UInt64(message.kind.rawValue)
    if let owner = wire.owners[id] {
      try check(owner == source, "the id \(id) belonged to another message")
    }
    wire.owners[id] = source
    if message.kind == .transaction { try leaving(transaction: payload, action, message, life) }
  }

  /// A session's message leaves, perhaps not for the first time.
  private func leaving(
    transaction payload: JSON, _ action: String, _ message: MessageSent, _ life: Life
  ) throws {
    let digest = Schema.digest(payload)
    if let known = wire.messages[message.source] {
      try check(known.digest == digest, "\(action) of event \(message.source) has other bytes now")
      try check(
        message.messageId == known.firstId || message.messageId.hasPrefix(known.firstId + "."),
        "\(message.messageId) does not tell that it is \(known.firstId) once more")
      tally.count(message.messageId == known.firstId ? .sentAgain : .sentUnderNewId)
    } else {
      try told(payload, message, life)
      wire.messages[message.source] = WireLog.Message(
        digest: digest, firstId: message.messageId, queued: message.queued,
        session: message.session, role: message.role)
    }
    try check(message.queued >= wire.lastQueued, "a session's message overtakes an earlier one")
    wire.lastQueued = message.queued
    guard let place = sessions.place(message.session) else {
      try check(message.session.isNone, "a message of a session that is not known")
      return
    }
    try leaving(of: place, payload, digest, message, life)
  }

  private func leaving(
    of place: Int, _ payload: JSON, _ digest: UInt64, _ message: MessageSent, _ life: Life
  ) throws {
    let entry = sessions.entries[place]
    let permitted = entry.permitted
    switch message.role {
    case .start:
      sessions.entries[place].start = digest
      sessions.entries[place].startIds.append(message.messageId)
      try check(
        payload["meterStart"]?.integer == permitted.reading.registerMilliwattHours / 1_000,
        "meterStart is not the register")
    case .end:
      sessions.entries[place].stop = digest
      sessions.entries[place].stopIds.append(message.messageId)
      let register = entry.ended?.reading.registerMilliwattHours ?? -1
      try check(payload["meterStop"]?.integer == register / 1_000, "meterStop is not the register")
      try checkTransaction(entry, payload, life)
    case .update: try checkTransaction(entry, payload, life)
    case .unspecified: throw violation("a session's message without a role")
    }
  }

  /// The transaction id is one that the central system has given to this very session.
  private func checkTransaction(
    _ entry: SessionLog.Entry, _ payload: JSON, _ life: Life
  ) throws {
    let given = life.central.books.starts.filter { entry.startIds.contains($0.messageId) }
    let named = payload["transactionId"]?.integer
    try check(
      given.contains { $0.transaction == named },
      "transaction \(named ?? -1) was never given to this session")
  }
}
