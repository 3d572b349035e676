extension Turn {
  /// An answer to an open call, or a late one to an earlier attempt.
  mutating func answerReceived(_ event: AnswerReceived) {
    guard let upstream = station.upstreams.first(where: { $0.id == event.upstream }) else { return }
    centralTime(event.wallNanoseconds)
    let call = OpenCall {
      $0.kind = event.kind
      $0.source = event.source
    }
    if !event.errorCode.isEmpty {
      failed(upstream, call, error: event.errorCode + ": " + event.errorText)
      return
    }
    switch event.kind {
    case .registration: registrationAnswered(event)
    case .authorization: authorizationAnswered(event)
    case .transaction: transactionAnswered(event, upstream)
    case .status: settled(event, reference: nil)
    case .heartbeat, .notification, .unspecified: break
    }
  }

  private mutating func registrationAnswered(_ event: AnswerReceived) {
    if event.registration == .accepted, event.intervalSeconds > 0,
      let interval = Variable.heartbeatInterval.definition.canonical(String(event.intervalSeconds)),
      interval != station.text(.heartbeatInterval)
    {
      emit(
        .settingChanged(
          SettingChanged {
            $0.variable = .heartbeatInterval
            $0.value = interval
          }))
    }
    let pause =
      event.intervalSeconds > 0
      ? min(event.intervalSeconds, Limits.longestRetrySeconds) : Limits.registrationRetrySeconds
    emit(
      .registrationChanged(
        RegistrationChanged {
          $0.upstream = event.upstream
          $0.registration = event.registration
          $0.retrySeconds = event.registration == .accepted ? 0 : pause
        }))
    if event.registration == .accepted && station.process.isReady { reportEverything() }
  }

  private mutating func authorizationAnswered(_ event: AnswerReceived) {
    settled(event, reference: nil)
    guard let pending = station.authorizations.first(where: { $0.event == event.source }) else {
      return
    }
    let info = event.token ?? TokenInfo { $0.status = .invalid }
    remember(pending.token, info)
    settle(pending.token, info, .csms, request: pending.event, pending.evses, pending.session)
  }

  private mutating func transactionAnswered(_ event: AnswerReceived, _ upstream: Upstream) {
    guard let current = upstream.transactions.current, current.source == event.source else {
      parkedAnswered(event, upstream)
      return
    }
    settled(event, reference: event.reference, session: current.session, role: current.role)
    // What was put aside because its start was missing need not wait for an operator any more.
    if current.role == .start { unpark(event.upstream, current.session, release: false) }
    heed(event.token, current.token, current.session)
  }

  /// What an answer says of the identification in the message counts, also for what runs.
  private mutating func heed(_ info: TokenInfo?, _ token: UInt64, _ session: SessionID) {
    guard let info else { return }
    remember(token, info)
    if let evse = station.evses.first(where: { $0.session?.id == session }),
      let running = evse.session, running.token == token
    {
      judge(evse, running, info)
    }
  }

  /// An answer to a message that was put aside: it is settled, and its group may follow.
  private mutating func parkedAnswered(_ event: AnswerReceived, _ upstream: Upstream) {
    for group in upstream.parked {
      guard let message = group.messages.first(where: { $0.source == event.source }) else {
        continue
      }
      emit(
        .messageSettled(
          MessageSettled {
            $0.upstream = event.upstream
            $0.kind = .transaction
            $0.source = event.source
            $0.isAnswered = true
            $0.reference = event.reference
            $0.session = group.session
            $0.role = message.role
            $0.wasParked = true
          }))
      if message.role == .start { unpark(event.upstream, group.session, release: false) }
      heed(event.token, message.token, group.session)
    }
  }

  /// The central system's word on a running session's identification (OCPP 1.6 §4.8, §9.1.25).
  private mutating func judge(_ evse: EVSE, _ session: Session, _ info: TokenInfo) {
    switch info.status {
    case .unknown: break
    case .accepted:
      if info.group != 0 && info.group != session.group {
        authorize(evse.id, session.token, info.group, .csms)
      }
    case .blocked, .expired, .invalid, .concurrentTransaction:
      if station.flag(.stopTxOnInvalidId) {
        end(evse, .deauthorized)
      } else {
        let allowance = station.integer(.maxEnergyOnInvalidId) * 1_000
        emit(
          .sessionDeauthorized(
            SessionDeauthorized {
              $0.session = session.id
              $0.evse = evse.id
              $0.status = info.status
              $0.registerLimitMilliwattHours = session.startRegisterMilliwattHours + allowance
            }))
      }
    }
  }

  private mutating func settled(
    _ event: AnswerReceived, reference: String?, session: SessionID = SessionID(),
    role: MessageRole = .unspecified
  ) {
    emit(
      .messageSettled(
        MessageSettled {
          $0.upstream = event.upstream
          $0.kind = event.kind
          $0.source = event.source
          $0.isAnswered = true
          $0.reference = reference
          $0.session = session
          $0.role = role
        }))
  }

  /// An attempt failed on a live connection: an error, or (empty) no answer in time.
  mutating func failed(_ upstream: Upstream, _ call: OpenCall, error: String) {
    let attempts = Int64(upstream.transactions.current?.attempt ?? 1)
    let pause = min(
      station.integer(.messageAttemptInterval) * attempts, Limits.longestRetrySeconds)
    emit(
      .messageFailed(
        MessageFailed {
          $0.upstream = upstream.id
          $0.kind = call.kind
          $0.source = call.source
          $0.error = error
          $0.retryNanoseconds = moment + pause * nanosecondsPerSecond
        }))
    switch call.kind {
    case .transaction: parkIfExhausted(upstream, error)
    case .authorization:
      for pending in station.authorizations where pending.event == call.source {
        let (info, source) = offlineWord(pending.token)
        settle(pending.token, info, source, request: pending.event, pending.evses, pending.session)
      }
    case .registration:
      emit(
        .registrationChanged(
          RegistrationChanged {
            $0.upstream = upstream.id
            $0.registration = upstream.registration
            $0.retrySeconds = Limits.registrationRetrySeconds
          }))
    case .status, .heartbeat, .notification, .unspecified: break
    }
  }

  /// After the last attempt a message is put aside, never dropped.
  private mutating func parkIfExhausted(_ upstream: Upstream, _ error: String) {
    guard let current = upstream.transactions.current else { return }
    // Who refuses readings on principle would hold up the bills behind them.
    let isHopeless = current.role == .update && error.hasPrefix("Not")
    let attempts = Int64(current.attempt) - Int64(current.attemptsBefore)
    guard isHopeless || attempts >= station.integer(.messageAttempts),
      upstream.parkedCount < Limits.parkedMessages
    else { return }
    emit(
      .messageParked(
        MessageParked {
          $0.upstream = upstream.id
          $0.source = current.source
          $0.session = current.session
          $0.error = error.isEmpty ? "no answer" : error
          $0.role = current.role
          $0.queued = current.queued
          $0.token = current.token
          $0.flatNumber = current.flatNumber
          $0.earlier = station.upstreams.first { $0.id == upstream.id }?.attempts
        }))
    emit(
      .alertRaised(
        AlertRaised {
          $0.text =
            "a message of session \(current.session) was parked after "
            + "\(current.attempt) attempts: \(error.isEmpty ? "no answer" : error)"
        }))
  }
}
