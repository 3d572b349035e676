extension Upstream {
  /// An attempt to connect is under way.
  mutating func started() {
    isConnecting = true
    connectDueNanoseconds = 0
  }

  /// The station closes the connection: nothing more goes over it.
  mutating func dropped() {
    linkLost()
  }

  /// No connection any more: what was on the wire is unanswered, and that is no failed attempt.
  mutating func linkLost() {
    connection = 0
    isConnecting = false
    open = nil
    unanswered = 0
    recentCalls = []
    // Only the newest status of each connector is still worth telling.
    var newest: [PendingStatus] = []
    for status in statuses.reversed()
    where !newest.contains(where: { $0.flatNumber == status.flatNumber }) {
      newest.append(status)
    }
    statuses = newest.reversed()
  }

  /// Queues a status; a newer one takes the place of what was not told in time.
  mutating func queue(_ status: PendingStatus, supersedes: Bool) {
    if !isOnline || supersedes {
      statuses.removeAll { $0.flatNumber == status.flatNumber && $0.source != open?.source }
    }
    // One that waits for another attempt would be told after what came later.
    statuses.removeAll {
      $0.flatNumber == status.flatNumber && $0.dueNanoseconds > status.dueNanoseconds
        && $0.source != open?.source
    }
    let same = statuses.filter { $0.flatNumber == status.flatNumber }
    if same.count >= Limits.pendingStatusesPerConnector,
      let oldest = statuses.firstIndex(where: { $0.flatNumber == status.flatNumber })
    {
      statuses.remove(at: oldest)
    }
    statuses.append(status)
  }

  /// Remembers a call's id, for a while.
  mutating func remember(call id: String) {
    recentCalls.append(id)
    recentCalls.removeFirst(max(0, recentCalls.count - Limits.rememberedCalls))
  }

  /// A message is done with.
  mutating func settle(_ event: MessageSettled) {
    switch event.kind {
    case .status:
      guard let index = statuses.firstIndex(where: { $0.source == event.source }) else { return }
      let status = statuses.remove(at: index)
      if event.isAnswered { tell(status) }
    case .transaction:
      if event.wasParked {
        unpark(event.source, of: event.session)
      } else {
        transactions.settled(queued: transactions.current?.queued ?? event.queued)
      }
      if event.role == .end { references.removeAll { $0.session == event.session } }
      if let reference = event.reference {
        references.removeAll { $0.session == event.session }
        references.append(
          SessionReference {
            $0.session = event.session
            $0.reference = reference
          })
      }
    case .authorization:
      authorizations.removeAll { $0 == event.source }
    case .unspecified, .registration, .heartbeat, .notification:
      break  // Nothing waits for them.
    }
  }

  private mutating func tell(_ status: PendingStatus) {
    let told = ToldStatus {
      $0.flatNumber = status.flatNumber
      $0.reported = status.reported
    }
    self.told.removeAll { $0.flatNumber == status.flatNumber }
    self.told.append(told)
  }

  /// A message that is not kept failed: it is gone.
  mutating func forget(_ event: MessageFailed) {
    switch event.kind {
    case .status:
      guard let index = statuses.firstIndex(where: { $0.source == event.source }) else { return }
      // Refused is told; unanswered is not, and is told again unless a newer one is.
      let isLast = !statuses[(index + 1)...].contains {
        $0.flatNumber == statuses[index].flatNumber
      }
      if event.error.isEmpty && isLast {
        statuses[index].dueNanoseconds = event.retryNanoseconds
      } else {
        statuses.remove(at: index)
      }
    case .authorization: authorizations.removeAll { $0 == event.source }
    case .transaction, .unspecified, .registration, .heartbeat, .notification: break
    }
  }

  /// Puts the first message of the queue aside, with its session's group.
  mutating func park(_ event: MessageParked) {
    if open?.source == event.source && open?.kind == .transaction { open = nil }
    let isFirst = !parked.contains { $0.session == event.session }
    if isFirst { parked.append(ParkedGroup { $0.session = event.session }) }
    guard let index = parked.firstIndex(where: { $0.session == event.session }) else { return }
    parked[index].messages.append(
      ParkedMessage {
        $0.source = event.source
        $0.role = event.role
        $0.token = event.token
        $0.flatNumber = event.flatNumber
        $0.earlier = event.earlier
      })
    parked[index].error = event.error
    if event.role == .start { parked[index].holdsStart = true }
    transactions.settled(queued: event.queued)
  }

  /// One message of a parked group was answered after all.
  private mutating func unpark(_ source: UInt64, of session: SessionID) {
    guard let index = parked.firstIndex(where: { $0.session == session }) else { return }
    parked[index].messages.removeAll { $0.source == source }
    parked[index].holdsStart = parked[index].messages.contains { $0.role == .start }
    if parked[index].messages.isEmpty { parked.remove(at: index) }
  }

  /// A parked group leaves its place; what is queued again comes with its own events.
  mutating func unpark(_ event: GroupUnparked) {
    let group = parked.first { $0.session == event.session }
    let endsIt = group?.messages.contains { $0.role == .end } ?? false
    parked.removeAll { $0.session == event.session }
    if event.isReleased && endsIt { references.removeAll { $0.session == event.session } }
  }
}
