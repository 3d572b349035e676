import ChargePiES

extension Outbox {
  /// Hands the next call over, if the wire is free.
  mutating func pump(_ turn: inout Turn, _ id: UInt32, _ events: any EventSource) throws {
    guard let upstream = turn.station.upstreams.first(where: { $0.id == id }),
      upstream.connection != 0, upstream.open == nil, !turn.station.process.isStopping
    else { return }
    let moment = turn.station.now.monotonicNanoseconds
    guard upstream.registration == .accepted else {
      let due = upstream.registrationDueNanoseconds
      if due > 0, due <= moment, turn.station.process.isReady {
        try sendUnkept(.registration, nil, &turn, upstream, events)
      }
      return
    }
    if let request = upstream.authorizations.first,
      try sendUnkept(.authorization, request, &turn, upstream, events)
    {
      return
    }
    if try pumpInOrder(&turn, id, events) { return }
    let due = turn.station.heartbeatDue(upstream)
    if due > 0, due <= moment {
      try sendUnkept(.heartbeat, nil, &turn, upstream, events)
    }
  }

  /// Sessions' messages and statuses, in the order of their events.
  private mutating func pumpInOrder(
    _ turn: inout Turn, _ id: UInt32, _ events: any EventSource
  ) throws -> Bool {
    let moment = turn.station.now.monotonicNanoseconds
    while let upstream = turn.station.upstreams.first(where: { $0.id == id }), upstream.isOnline {
      let head = try transactionHead(upstream, TurnSource(turn: turn.events, earlier: events))
      let isReady = upstream.transactions.current.map { $0.retryNanoseconds <= moment } ?? true
      let status = upstream.statuses.first { $0.dueNanoseconds <= moment }
      if let head, isReady, status.map({ head.message.source < $0.source }) ?? true {
        if try sendTransaction(head, &turn, upstream, events) { return true }
        let after = turn.station.upstreams.first { $0.id == id }?.transactions
        if after != upstream.transactions { continue }
      }
      // The first of the queue is later than the status, waits, or cannot go now.
      guard let status else { return false }
      if try sendStatus(status, &turn, upstream, events) { return true }
    }
    return false
  }

  private mutating func transactionHead(
    _ upstream: Upstream, _ events: any EventSource
  ) throws -> (number: UInt64, message: MessageQueued)? {
    guard upstream.transactions.count > 0 else { return nil }
    if let current = upstream.transactions.current {
      let message = MessageQueued {
        $0.upstream = upstream.id
        $0.kind = .transaction
        $0.source = current.source
        $0.session = current.session
        $0.role = current.role
        $0.token = current.token
        $0.flatNumber = current.flatNumber
        $0.earlier = upstream.attempts
      }
      return (current.queued, message)
    }
    return try window.first(after: upstream.transactions.cursor, events: events)
  }

  /// Sends the first message of the queue, or puts it with its parked group.
  ///
  /// - Returns: whether a frame goes out.
  private func sendTransaction(
    _ head: (number: UInt64, message: MessageQueued), _ turn: inout Turn, _ upstream: Upstream,
    _ events: any EventSource
  ) throws -> Bool {
    let session = head.message.session
    let group = upstream.parked.first { $0.session == session && $0.holdsStart }
    if let group, head.message.role != .start {
      return park(head, group.error, &turn, upstream)
    }
    if let earlier = head.message.earlier {
      return try resend(head, earlier, &turn, upstream, events)
    }
    let reference = upstream.references.first { $0.session == session }?.reference
    let source = TurnSource(turn: turn.events, earlier: events)
    let item = OutboxItem(
      kind: .transaction, source: try source.event(head.message.source), reference: reference,
      flatNumber: head.message.flatNumber)
    switch try word(item, turn.station, source) {
    case .later: return false
    case .impossible(let reason): return park(head, reason, &turn, upstream)
    case .nothing:
      settle(.transaction, head.message.source, &turn, upstream) {
        $0.session = session
        $0.role = head.message.role
        $0.queued = head.number
      }
      return false
    case .call(let action, let payload):
      let id = messageId(turn.station.process.nonce, head.number, .transaction)
      try send(action, payload, id, &turn) {
        $0.upstream = upstream.id
        $0.connection = upstream.connection
        $0.kind = .transaction
        $0.source = head.message.source
        $0.session = session
        $0.role = head.message.role
        $0.queued = head.number
        $0.token = head.message.token
        $0.flatNumber = head.message.flatNumber
        $0.attempt = 1
      }
      return true
    }
  }

  /// Puts the first message of the queue aside, where there is room for it. Nothing goes out.
  private func park(
    _ head: (number: UInt64, message: MessageQueued), _ error: String, _ turn: inout Turn,
    _ upstream: Upstream
  ) -> Bool {
    guard upstream.parkedCount < Limits.parkedMessages else { return false }
    turn.emit(
      .messageParked(
        MessageParked {
          $0.upstream = upstream.id
          $0.source = head.message.source
          $0.session = head.message.session
          $0.role = head.message.role
          $0.queued = head.number
          $0.token = head.message.token
          $0.flatNumber = head.message.flatNumber
          $0.earlier = head.message.earlier
          $0.error = error
        }))
    return false
  }

  /// Notes that a message is done with, without an answer.
  private func settle(
    _ kind: MessageClass, _ source: UInt64, _ turn: inout Turn, _ upstream: Upstream,
    _ fill: (inout MessageSettled) -> Void = { _ in }
  ) {
    turn.emit(
      .messageSettled(
        MessageSettled {
          $0.upstream = upstream.id
          $0.kind = kind
          $0.source = source
          fill(&$0)
        }))
  }

  /// The same bytes once more: under the same id after a lost connection, under the id with the
  /// attempt's number after a failure on a live one (OCPP-J 1.6 §4.1.4 forbids reuse there).
  private func resend(
    _ head: (number: UInt64, message: MessageQueued), _ earlier: EarlierAttempts,
    _ turn: inout Turn, _ upstream: Upstream, _ events: any EventSource
  ) throws -> Bool {
    // On the wire before, and not failed since: only the connection was lost.
    let isLost = upstream.transactions.current.map { !$0.hasFailed } ?? false
    let attempt = earlier.attempts + (isLost ? 0 : 1)
    let id = attempt > 1 ? "\(earlier.messageId).\(attempt)" : earlier.messageId
    guard case .decision(.messageSent(let first))? = try events.event(earlier.firstSent)?.body
    else { return park(head, "its bytes are not in the journal any more", &turn, upstream) }
    let isQueuedAgain = upstream.transactions.current == nil
    turn.emit(
      .messageSent(
        MessageSent {
          $0.upstream = upstream.id
          $0.connection = upstream.connection
          $0.kind = .transaction
          $0.source = head.message.source
          $0.session = head.message.session
          $0.role = head.message.role
          $0.queued = head.number
          $0.token = head.message.token
          $0.flatNumber = head.message.flatNumber
          $0.attempt = attempt
          $0.resends = earlier.sends
          $0.messageId = id
          if isQueuedAgain { $0.earlier = earlier }
          $0.frame = first.frame.renamed(from: first.messageId, to: id)
        }))
    return true
  }

  private func sendStatus(
    _ status: PendingStatus, _ turn: inout Turn, _ upstream: Upstream, _ events: any EventSource
  ) throws -> Bool {
    let told = upstream.told.first { $0.flatNumber == status.flatNumber }?.reported
    let source = TurnSource(turn: turn.events, earlier: events)
    guard told != status.reported,
      case .call(let action, let payload) =
        try word(status, turn.station, source)
    else {
      settle(.status, status.source, &turn, upstream)
      return false
    }
    let id = messageId(turn.station.process.nonce, turn.nextNumber, .status)
    try send(action, payload, id, &turn) {
      $0.upstream = upstream.id
      $0.connection = upstream.connection
      $0.kind = .status
      $0.source = status.source
      $0.flatNumber = status.flatNumber
      $0.attempt = 1
    }
    return true
  }

  /// Sends what is never kept: registrations, identifications, heartbeats.
  @discardableResult
  private func sendUnkept(
    _ kind: MessageClass, _ source: UInt64?, _ turn: inout Turn, _ upstream: Upstream,
    _ events: any EventSource
  ) throws -> Bool {
    let earlier = TurnSource(turn: turn.events, earlier: events)
    guard
      case .call(let action, let payload) = try word(
        OutboxItem(
          kind: kind, source: try source.flatMap { try earlier.event($0) }, reference: nil,
          flatNumber: 0), turn.station, earlier)
    else {
      if let source { settle(kind, source, &turn, upstream) }
      return false
    }
    let number = source ?? turn.events.first?.number ?? turn.nextNumber
    try send(action, payload, messageId(turn.station.process.nonce, number, kind), &turn) {
      $0.upstream = upstream.id
      $0.connection = upstream.connection
      $0.kind = kind
      $0.source = number
      $0.attempt = 1
    }
    return true
  }

  private func word(
    _ status: PendingStatus, _ station: Station, _ events: any EventSource
  ) throws -> Wording {
    let item = OutboxItem(
      kind: .status, source: try events.event(status.source), reference: nil,
      flatNumber: status.flatNumber)
    return try word(item, station, events)
  }

  private func word(
    _ item: OutboxItem, _ station: Station, _ events: any EventSource
  ) throws -> Wording {
    try dialect.call(item, in: station, with: WordingContext(names: names, events: events))
  }

  private func send(
    _ action: String, _ payload: [UInt8], _ id: String, _ turn: inout Turn,
    _ fill: (inout MessageSent) -> Void
  ) throws {
    let bytes = OCPPFrame.renderCall(id: id, action: action, payload: Raw(payload))
    let frame = try Concealment.frame(bytes, names: names)
    turn.emit(
      .messageSent(
        MessageSent {
          fill(&$0)
          $0.messageId = id
          $0.frame = frame
        }))
  }

  /// Unique over reboots and restored cards: the start's nonce, the event, the kind (36 at most).
  private func messageId(_ nonce: UInt64, _ number: UInt64, _ kind: MessageClass) -> String {
    "\(hexadecimal(nonce >> 32, digits: 8))-\(number)-\(kind.rawValue)"
  }
}

/// A payload that is JSON already.
private struct Raw: JSONWritable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func write(to writer: inout JSONWriter) { writer.raw(bytes) }
}

extension Frame {
  /// The same call under another id. Only our own calls are renamed: `[2,"id",…` without a space.
  func renamed(from old: String, to new: String) -> Frame {
    guard old != new else { return self }
    let prefix = Array("[2,\"\(old)\"".utf8)
    guard text.content.starts(with: prefix) else { return self }
    let replacement = Array("[2,\"\(new)\"".utf8)
    var frame = self
    frame.text = Bytes(replacement + text.content.dropFirst(prefix.count))
    let shift = Int64(replacement.count) - Int64(prefix.count)
    for index in frame.redactions.indices {
      frame.redactions[index].offset = UInt64(Int64(frame.redactions[index].offset) + shift)
    }
    return frame
  }
}
