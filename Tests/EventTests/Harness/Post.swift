import ChargePiES

/// The simplest outbox: queues what the real one queues and keeps one call open, without wording.
struct Post {
  private var lane: [(number: UInt64, message: MessageQueued)] = []

  /// Ends a turn with the messages that follow from it.
  mutating func follow(_ turn: inout Turn) {
    for event in turn.events {
      guard case .decision(let decision) = event.body else { continue }
      if case .messageQueued(let message) = decision { lane.append((event.number, message)) }
      if let message = message(decision, event.number, turn.station) { queue(message, &turn) }
    }
    pump(&turn)
  }

  private func message(
    _ decision: Decision, _ number: UInt64, _ station: Station
  ) -> MessageQueued? {
    var message = MessageQueued {
      $0.upstream = 1
      $0.kind = .transaction
      $0.source = number
    }
    switch decision {
    case .transferPermitted(let it):
      (message.session, message.role, message.token) = (it.session, .start, it.token)
    case .sampleTaken(let it): (message.session, message.role) = (it.session, .update)
    case .sessionEnded(let it):
      guard it.wasPermitted else { return nil }
      (message.session, message.role, message.token) = (it.session, .end, it.token)
    case .statusChanged(let it):
      message.kind = .status
      let place = Place(evse: it.evse, connector: it.connector)
      message.flatNumber = station.connector(place)?.layout.flatNumber ?? 0
    case .authorizationRequested: message.kind = .authorization
    default: return nil  // Nothing else is told.
    }
    return message
  }

  private mutating func queue(_ message: MessageQueued, _ turn: inout Turn) {
    if message.kind == .transaction { lane.append((turn.nextNumber, message)) }
    turn.emit(.messageQueued(message))
  }

  private mutating func pump(_ turn: inout Turn) {
    let station = turn.station
    guard let upstream = station.authority, upstream.connection != 0, upstream.open == nil,
      !station.process.isStopping
    else { return }
    let moment = station.now.monotonicNanoseconds
    guard upstream.registration == .accepted else {
      let due = upstream.registrationDueNanoseconds
      if due > 0, due <= moment, station.process.isReady { send(.registration, &turn) }
      return
    }
    if let request = upstream.authorizations.first {
      send(.authorization, &turn) { $0.source = request }
      return
    }
    if pumpInOrder(&turn, moment) { return }
    let interval = station.integer(.heartbeatInterval) * nanosecondsPerSecond
    if interval > 0, upstream.sentNanoseconds + interval <= moment { send(.heartbeat, &turn) }
  }

  private mutating func pumpInOrder(_ turn: inout Turn, _ moment: Int64) -> Bool {
    while let upstream = turn.station.authority {
      let status = upstream.statuses.first { $0.dueNanoseconds <= moment }
      let isReady = upstream.transactions.current.map { $0.retryNanoseconds <= moment } ?? true
      if upstream.transactions.count > 0, isReady,
        let head = lane.first(where: { $0.number > upstream.transactions.cursor }),
        status.map({ head.message.source < $0.source }) ?? true
      {
        if sendTransaction(head, upstream, &turn) { return true }
        if turn.station.authority?.transactions != upstream.transactions { continue }
      }
      guard let status else { return false }
      if sendStatus(status, upstream, &turn) { return true }
    }
    return false
  }

  private func sendTransaction(
    _ head: (number: UInt64, message: MessageQueued), _ upstream: Upstream, _ turn: inout Turn
  ) -> Bool {
    let message = head.message
    let isNamed = upstream.references.contains { $0.session == message.session }
    let isHeld = upstream.parked.contains { $0.session == message.session && $0.holdsStart }
    if message.role != .start, !message.session.isNone, isHeld || !isNamed {
      park(head, upstream, &turn)
      return false
    }
    let earlier = upstream.attempts ?? message.earlier
    let isLost = upstream.transactions.current.map { !$0.hasFailed } ?? false
    let isAgain = upstream.transactions.current == nil
    send(.transaction, &turn) {
      $0.source = message.source
      $0.session = message.session
      $0.role = message.role
      $0.queued = head.number
      $0.token = message.token
      $0.attempt = (earlier?.attempts ?? 0) + (isLost ? 0 : 1)
      $0.resends = earlier?.sends ?? 0
      if isAgain { $0.earlier = earlier }
      $0.messageId = "\(message.source)" + ($0.attempt > 1 ? ".\($0.attempt)" : "")
    }
    return true
  }

  /// What cannot be told without its session's start goes to that start's group.
  private func park(
    _ head: (number: UInt64, message: MessageQueued), _ upstream: Upstream, _ turn: inout Turn
  ) {
    turn.emit(
      .messageParked(
        MessageParked {
          $0.upstream = upstream.id
          $0.source = head.message.source
          $0.session = head.message.session
          $0.role = head.message.role
          $0.queued = head.number
          $0.token = head.message.token
          $0.earlier = upstream.attempts ?? head.message.earlier
        }))
  }

  private func sendStatus(
    _ status: PendingStatus, _ upstream: Upstream, _ turn: inout Turn
  ) -> Bool {
    let told = upstream.told.first { $0.flatNumber == status.flatNumber }?.reported
    guard told != status.reported else {
      turn.emit(
        .messageSettled(
          MessageSettled {
            $0.upstream = 1
            $0.kind = .status
            $0.source = status.source
          }))
      return false
    }
    send(.status, &turn) {
      $0.source = status.source
      $0.flatNumber = status.flatNumber
    }
    return true
  }

  private func send(
    _ kind: MessageClass, _ turn: inout Turn, _ fill: (inout MessageSent) -> Void = { _ in }
  ) {
    let connection = turn.station.authority?.connection ?? 0
    let number = turn.events.first?.number ?? 0
    turn.emit(
      .messageSent(
        MessageSent {
          $0.upstream = 1
          $0.connection = connection
          $0.kind = kind
          $0.source = number
          $0.attempt = 1
          fill(&$0)
          if $0.messageId.isEmpty { $0.messageId = "\(kind)-\($0.source)" }
        }))
  }
}
