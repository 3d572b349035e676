import CWebSockets

extension ServiceLoop {
  /// Handles what the network has to say; sleeps for it if nothing is waiting.
  ///
  /// Sleeps at most until `untilMonotonicNs` (CLOCK_BOOTTIME), for ever if it is nil; returns at
  /// once when events are queued or the waker was used since the last call. It may return early
  /// without an event.
  public func runOnce(untilMonotonicNs: Int64?) {
    service(untilNs: earlier(untilMonotonicNs, nextDeadlineNs))
  }

  /// The nearest deadline of any connection.
  var nextDeadlineNs: Int64? {
    connections.values.reduce(nil) { earlier($0, $1.deadlineNs) }
  }

  func service(untilNs: Int64?) {
    guard let context else { return }
    takeResolverAnswers()
    let nowNs = monotonicNowNs()
    let waits = events.isEmpty && untilNs.map { $0 > nowNs } ?? true
    if waits {
      if let untilNs { startTimer(context, nanoseconds: untilNs - nowNs) }
      lws_service(context, 0)
      resources.cancelTimer()
    } else {
      lws_service(context, -1)
    }
    takeResolverAnswers()
    expireDeadlines()
  }

  /// libwebsockets truncates its wait to milliseconds: the timer is set to the next whole one and
  /// almost another, so that the wait ends after the instant and not in a spin before it.
  private func startTimer(_ context: OpaquePointer, nanoseconds: Int64) {
    let milliseconds = min((nanoseconds - 1) / nanosecondsPerMillisecond + 1, 86_400_000)
    resources.startTimer(context, microseconds: milliseconds * 1000 + 900)
  }

  private func expireDeadlines() {
    let nowNs = monotonicNowNs()
    for connection in Array(connections.values) {
      guard let deadlineNs = connection.deadlineNs, deadlineNs <= nowNs else { continue }
      switch connection.phase {
      case .resolving:
        let host = connection.endpoint.host
        finish(connection, with: .failed(connection.id, .nameNotResolved("\(host): no answer")))
      case .connecting:
        expireAttempt(connection, nowNs: nowNs)
      case .open:
        beat(connection, nowNs: nowNs)
      case .closing:
        finish(connection, with: .closed(connection.id, code: nil, reason: "close unanswered"))
      }
    }
  }

  private func expireAttempt(_ connection: Connection, nowNs: Int64) {
    if nowNs >= connection.connectDeadlineNs {
      finish(connection, with: .failed(connection.id, connection.attemptFailure ?? .timedOut))
    } else {
      tryNextAddress(connection, after: connection.attemptFailure ?? .timedOut)
    }
  }

  private func beat(_ connection: Connection, nowNs: Int64) {
    let patience = options.minimumPongWaitSeconds
    switch connection.heartbeat.advance(nowNs: nowNs, minimumPatienceSeconds: patience) {
    case .nothing:
      break
    case .pingDue:
      requestWrite(connection)
    case .peerSilent:
      finish(connection, with: .closed(connection.id, code: nil, reason: "no answer to ping"))
    }
  }

  private func takeResolverAnswers() {
    for (ticket, answer) in resolver.takeAnswers() {
      let connection = connections[ConnectionID(number: ticket)]
      guard let connection, case .resolving = connection.phase else { continue }
      switch answer {
      case .addresses(let addresses):
        connection.addresses = addresses[...]
        connection.phase = .connecting
        tryNextAddress(connection, after: .other("no address"))
      case .failure(let reason):
        finish(connection, with: .failed(connection.id, .nameNotResolved(reason)))
      }
    }
  }
}
