extension Station {
  /// Writes one event into the state. Total: it has no refusal, and nothing else writes.
  public mutating func apply(_ event: Event) {
    position = event.number
    now = event.stamp
    clock.current.lastNanoseconds = max(
      clock.current.lastNanoseconds, event.stamp.monotonicNanoseconds)
    switch event.body {
    case .observation(let observation): apply(observation)
    case .decision(let decision): apply(decision)
    case .checkpoint: break
    }
  }

  private mutating func apply(_ observation: Observation) {
    switch observation {
    case .started(let event): apply(event)
    case .stopping(let event): apply(event)
    case .boardReady: process.isReady = true
    case .cableSensed(let event): apply(event)
    case .meterRead(let event): apply(event)
    case .contactorSensed(let event): apply(event)
    case .lockSensed(let event): apply(event)
    case .storageRead(let event): freeBytes = event.freeBytes < 0 ? nil : event.freeBytes
    case .linkOpened(let event): apply(event)
    case .linkClosed(let event): apply(event)
    case .answerReceived(let event): apply(event)
    case .operatorAsked(let event): apply(event)
    case .callReceived(let event):
      upstream(event.upstream) { $0.remember(call: event.messageId) }
    case .clockRead, .timeReached, .cardRead, .faultSensed, .tripReported, .frameRefused:
      break  // Only what is decided about them changes the state.
    }
  }

  private mutating func apply(_ decision: Decision) {
    switch decision {
    case .settingChanged(let event): apply(event)
    case .clockCorrected(let event): apply(event)
    case .statusChanged(let event): apply(event)
    case .availabilityChanged(let event): apply(event)
    case .faultRaised(let event): apply(event)
    case .faultCleared(let event): apply(event)
    case .meterGap(let event): apply(event)
    case .contactorCommanded(let event): apply(event)
    case .lockCommanded(let event): apply(event)
    case .unlockRequested(let event): apply(event)
    case .sessionBegan(let event): apply(event)
    case .sessionAuthorized(let event): apply(event)
    case .transferPermitted(let event): apply(event)
    case .sessionResumed(let event): apply(event)
    case .flowChanged(let event): change(event.evse) { $0.flow(event.flow) }
    case .sessionDeauthorized(let event): apply(event)
    case .sessionEnded(let event): apply(event)
    case .sampleTaken(let event): apply(event)
    case .authorizationRequested(let event): apply(event)
    case .authorizationSettled(let event): apply(event)
    case .cacheChanged(let event): apply(event)
    case .restartRequested(let event): apply(event)
    case .connectionPlanned, .connectionStarted, .connectionDropped, .registrationChanged,
      .callAnswered, .answerSent, .messageQueued, .messageSent, .messageSettled, .messageFailed,
      .messageParked, .groupUnparked:
      applyMessage(decision)
    case .alertRaised:
      break  // For people; nothing depends on it.
    }
  }

  private mutating func applyMessage(_ decision: Decision) {
    switch decision {
    case .connectionPlanned(let event): apply(event)
    case .connectionStarted(let event): upstream(event.upstream) { $0.started() }
    case .connectionDropped(let event): upstream(event.upstream) { $0.dropped() }
    case .registrationChanged(let event): apply(event)
    case .callAnswered(let event): apply(event)
    case .messageQueued(let event): apply(event)
    case .messageSent(let event): apply(event)
    case .messageSettled(let event): apply(event)
    case .messageFailed(let event): apply(event)
    case .messageParked(let event): upstream(event.upstream) { $0.park(event) }
    case .groupUnparked(let event): upstream(event.upstream) { $0.unpark(event) }
    case .answerSent, .settingChanged, .clockCorrected, .statusChanged, .sessionBegan,
      .sessionAuthorized, .transferPermitted, .sessionResumed, .unlockRequested, .flowChanged,
      .sessionDeauthorized, .sessionEnded,
      .sampleTaken, .contactorCommanded, .lockCommanded, .authorizationRequested,
      .authorizationSettled, .cacheChanged, .availabilityChanged, .faultRaised, .faultCleared,
      .meterGap, .restartRequested, .alertRaised:
      break  // Not of an upstream, or only a record of bytes.
    }
  }

  /// Changes one EVSE; an id that is not there changes nothing (an old layout's event).
  mutating func change(_ id: UInt32, _ body: (inout EVSE) -> Void) {
    guard id >= 1, Int(id) <= evses.count else { return }
    body(&evses[Int(id) - 1])
  }

  /// Changes one connector.
  mutating func change(_ evse: UInt32, _ connector: UInt32, _ body: (inout Connector) -> Void) {
    change(evse) {
      guard connector >= 1, Int(connector) <= $0.connectors.count else { return }
      body(&$0.connectors[Int(connector) - 1])
    }
  }

  /// Changes one upstream.
  mutating func upstream(_ id: UInt32, _ body: (inout Upstream) -> Void) {
    guard id >= 1, Int(id) <= upstreams.count else { return }
    body(&upstreams[Int(id) - 1])
  }
}
