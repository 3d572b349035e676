extension Station {
  mutating func apply(_ event: LinkOpened) {
    let moment = now.monotonicNanoseconds
    upstream(event.upstream) {
      $0.connection = event.connection
      $0.isConnecting = false
      $0.connectDueNanoseconds = 0
      $0.unanswered = 0
      $0.sentNanoseconds = moment
      // A pause that a central system has asked for outlives the connection.
      if $0.registration != .accepted && $0.registrationDueNanoseconds == 0 {
        $0.registrationDueNanoseconds = moment
      }
    }
  }

  mutating func apply(_ event: LinkClosed) {
    let isOlder = upstreams.contains {
      $0.id == event.upstream && event.connection != 0 && $0.connection > event.connection
    }
    guard !isOlder else { return }
    upstream(event.upstream) { $0.linkLost() }
    for evse in evses.indices {
      for index in evses[evse].connectors.indices {
        evses[evse].connectors[index].pendingUnlock = nil
      }
    }
  }

  mutating func apply(_ event: OperatorAsked) {
    upstream(event.upstream) {
      switch event.wish {
      case .linkDown: $0.isHeldDown = true
      case .linkUp: $0.isHeldDown = false
      case .unspecified, .retryParked, .releaseParked: break
      }
    }
  }

  mutating func apply(_ event: ConnectionPlanned) {
    upstream(event.upstream) {
      $0.connectDueNanoseconds = event.dueNanoseconds
      $0.failures = event.failures
    }
  }

  mutating func apply(_ event: RegistrationChanged) {
    let moment = now.monotonicNanoseconds
    upstream(event.upstream) {
      $0.registration = event.registration
      $0.registrationDueNanoseconds =
        event.registration == .accepted ? 0 : moment + event.retrySeconds * nanosecondsPerSecond
      guard event.registration == .accepted else { return }
      // Everything is told anew; what waited is older than that.
      $0.told = []
      $0.statuses = []
    }
  }

  mutating func apply(_ event: UnlockRequested) {
    change(event.place.evse, event.place.connector) {
      $0.pendingUnlock = PendingUnlock {
        $0.upstream = event.upstream
        $0.connection = event.connection
        $0.messageId = event.messageId
        $0.dueNanoseconds = event.dueNanoseconds
      }
    }
  }

  mutating func apply(_ event: CallAnswered) {
    for evse in evses.indices {
      for index in evses[evse].connectors.indices {
        let pending = evses[evse].connectors[index].pendingUnlock
        if pending?.messageId == event.messageId, pending?.connection == event.connection {
          evses[evse].connectors[index].pendingUnlock = nil
        }
      }
    }
  }

  mutating func apply(_ event: AnswerReceived) {
    upstream(event.upstream) {
      $0.unanswered = 0
      $0.failures = 0
      // A late answer to an earlier attempt leaves the later one open.
      if $0.open?.messageId == event.messageId { $0.open = nil }
    }
  }

  mutating func apply(_ event: MessageQueued) {
    switch event.kind {
    case .transaction:
      upstream(event.upstream) { $0.transactions.count += 1 }
    case .status:
      let due = now.monotonicNanoseconds + integer(.minimumStatusDuration) * nanosecondsPerSecond
      let reported = reportedStatus(flatNumber: event.flatNumber)
      let status = PendingStatus {
        $0.flatNumber = event.flatNumber
        $0.source = event.source
        $0.reported = reported
        $0.dueNanoseconds = due
      }
      let supersedes = integer(.minimumStatusDuration) > 0
      upstream(event.upstream) { $0.queue(status, supersedes: supersedes) }
    case .authorization:
      upstream(event.upstream) { $0.authorizations.append(event.source) }
    case .unspecified, .registration, .heartbeat, .notification:
      break  // Sent in the turn that wants them, never kept.
    }
  }

  mutating func apply(_ event: MessageSent) {
    let timeout = integer(.messageTimeout) * nanosecondsPerSecond
    let moment = now.monotonicNanoseconds
    let number = position
    upstream(event.upstream) {
      $0.sentNanoseconds = moment
      // The answers to both tell the time.
      if event.kind == .registration || event.kind == .heartbeat {
        $0.askedTimeNanoseconds = moment
      }
      $0.registrationDueNanoseconds =
        event.kind == .registration ? 0 : $0.registrationDueNanoseconds
      $0.open = OpenCall {
        $0.kind = event.kind
        $0.source = event.source
        $0.session = event.session
        $0.flatNumber = event.flatNumber
        $0.role = event.role
        $0.messageId = event.messageId
        $0.attempt = event.attempt
        $0.dueNanoseconds = moment + timeout
      }
      if event.kind == .transaction { $0.transactions.sent(event, number: number) }
      // Whether it is heard is not known before its answer: what was told before may count no more.
      if event.kind == .status { $0.told.removeAll { $0.flatNumber == event.flatNumber } }
    }
  }

  mutating func apply(_ event: MessageSettled) {
    upstream(event.upstream) { $0.settle(event) }
  }

  mutating func apply(_ event: MessageFailed) {
    upstream(event.upstream) {
      if $0.open?.source == event.source && $0.open?.kind == event.kind { $0.open = nil }
      if event.error.isEmpty { $0.unanswered += 1 }
      guard event.kind == .transaction, $0.transactions.current?.source == event.source else {
        $0.forget(event)
        return
      }
      $0.transactions.current?.retryNanoseconds = event.retryNanoseconds
      $0.transactions.current?.hasFailed = true
      $0.transactions.current?.error = event.error
    }
  }
}

extension TransactionLane {
  fileprivate mutating func sent(_ event: MessageSent, number: UInt64) {
    if current?.queued != event.queued {
      current = CurrentMessage {
        $0.queued = event.queued
        $0.source = event.source
        $0.session = event.session
        $0.role = event.role
        $0.messageId = event.earlier?.messageId ?? event.messageId
        $0.firstSent = event.earlier?.firstSent ?? number
        $0.attemptsBefore = event.earlier?.attempts ?? 0
        $0.sends = event.earlier?.sends ?? 0
        $0.token = event.token
        $0.flatNumber = event.flatNumber
      }
    }
    current?.attempt = event.attempt
    current?.sends += 1
    current?.hasFailed = false
    current?.retryNanoseconds = 0
  }

  /// The first message of the queue is done with.
  mutating func settled(queued: UInt64) {
    count -= min(count, 1)
    cursor = max(cursor, queued)
    current = nil
  }
}
