extension Station {
  mutating func apply(_ event: SessionBegan) {
    let stamp = now
    change(event.evse) {
      $0.session = Session {
        $0.id = event.session
        $0.connector = event.connector
        $0.beganAt = stamp
        $0.isMovable = event.isMovable
      }
      $0.meter.lowSinceNanoseconds = 0
    }
    change(event.evse, event.connector) { $0.isFinishing = false }
  }

  mutating func apply(_ event: SessionAuthorized) {
    let moment = now.monotonicNanoseconds
    change(event.evse) {
      $0.session?.token = event.token
      $0.session?.group = event.group
      $0.session?.source = event.source
      $0.session?.authorizedNanoseconds = moment
    }
  }

  mutating func apply(_ event: TransferPermitted) {
    let stamp = now
    let number = position
    let interval = integer(.sampledInterval) * nanosecondsPerSecond
    change(event.evse) {
      $0.session?.permittedEvent = number
      $0.session?.permittedAt = stamp
      $0.session?.isMovable = false
      $0.session?.countedFromNanoseconds = stamp.monotonicNanoseconds
      $0.session?.startRegisterMilliwattHours = event.reading.registerMilliwattHours
      $0.session?.sampledRegisterMilliwattHours = event.reading.registerMilliwattHours
      $0.session?.flow = .none
      $0.session?.sampleDueNanoseconds = interval > 0 ? stamp.monotonicNanoseconds + interval : 0
    }
    change(event.evse, event.connector) { $0.lastToken = event.token }
  }

  /// The interrupted session goes on: what it waits for counts from now, and what it has lasted
  /// stays counted.
  mutating func apply(_ event: SessionResumed) {
    let moment = now.monotonicNanoseconds
    let interval = integer(.sampledInterval) * nanosecondsPerSecond
    change(event.evse) {
      guard var session = $0.session else { return }
      session.isUnsettled = false
      session.flow = .none
      session.authorizedNanoseconds = moment
      session.countedFromNanoseconds = moment - session.lastedNanoseconds
      session.sampleDueNanoseconds = interval > 0 && session.isPermitted ? moment + interval : 0
      $0.session = session
    }
  }

  mutating func apply(_ event: SessionDeauthorized) {
    change(event.evse) {
      $0.session?.isDeauthorized = true
      $0.session?.registerLimitMilliwattHours = event.registerLimitMilliwattHours
    }
  }

  mutating func apply(_ event: SessionEnded) {
    let keepsLocked = event.reason == .evDisconnected && !flag(.unlockOnEVSideDisconnect)
    change(event.evse) {
      $0.session = nil
      $0.meter.reading.offeredMilliamperes = 0
    }
    change(event.evse, event.connector) {
      $0.isFinishing = event.wasPermitted && $0.cable != .out
      $0.keepsLocked = keepsLocked && $0.isLocked
    }
  }

  mutating func apply(_ event: SampleTaken) {
    let number = position
    let interval = integer(.sampledInterval) * nanosecondsPerSecond
    let moment = now.monotonicNanoseconds
    let isKept = keepsForReceipt(event.context)
    if event.context == .clock {
      planAlignedSamples()
      change(event.evse) {
        $0.meter.alignedRegisterMilliwattHours = event.reading.registerMilliwattHours
      }
    }
    guard !event.session.isNone else { return }
    change(event.evse) {
      if event.context == .periodic {
        $0.session?.sampledRegisterMilliwattHours = event.reading.registerMilliwattHours
        let next = ($0.session?.sampleDueNanoseconds ?? 0) + interval
        // Counted from the last due time, so that samples do not drift; a late one skips ahead.
        $0.session?.sampleDueNanoseconds =
          interval > 0 ? (next > moment ? next : moment + interval) : 0
      }
      if isKept { $0.session?.keep(number) }
    }
  }

  /// Whether samples of this context go into the receipt at all (OCPP 1.6 §9.1.29 and §9.1.31).
  private func keepsForReceipt(_ context: SampleContext) -> Bool {
    switch context {
    case .periodic: return !text(.sampledEndMeasurands).isEmpty
    case .clock: return !text(.alignedEndMeasurands).isEmpty
    case .unspecified, .transactionBegin, .transactionEnd, .interruptionBegin, .interruptionEnd,
      .trigger:
      return false
    }
  }

  mutating func apply(_ event: AuthorizationRequested) {
    let due = now.monotonicNanoseconds + integer(.messageTimeout) * nanosecondsPerSecond
    authorizations.append(
      PendingAuthorization {
        $0.event = position
        $0.token = event.token
        $0.evses = event.evses
        $0.session = event.session
        $0.dueNanoseconds = due
      })
    authorizations.removeFirst(max(0, authorizations.count - Limits.pendingAuthorizations))
  }

  mutating func apply(_ event: AuthorizationSettled) {
    guard event.request != 0 else { return }
    authorizations.removeAll { $0.event == event.request }
    for index in upstreams.indices {
      upstreams[index].authorizations.removeAll { $0 == event.request }
    }
  }

  mutating func apply(_ event: CacheChanged) {
    guard event.token != 0 else {
      cache = []
      return
    }
    let entry = CacheEntry {
      $0.token = event.token
      $0.info = event.info
      $0.event = position
    }
    let index = cache.firstIndex { $0.token >= event.token } ?? cache.count
    if index < cache.count, cache[index].token == event.token {
      cache[index] = entry
    } else {
      cache.insert(entry, at: index)
    }
    if cache.count > Limits.cacheEntries,
      let oldest = cache.indices.min(by: { cache[$0].event < cache[$1].event })
    {
      cache.remove(at: oldest)
    }
  }
}

extension Session {
  /// Keeps a sample for the receipt; a full list loses every second one (the rule of thinning).
  fileprivate mutating func keep(_ sample: UInt64) {
    if samples.count >= Limits.samplesPerSession {
      samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
    samples.append(sample)
  }
}
