extension Turn {
  /// A file's value counts where it is new: later changes from upstream win until it is edited.
  mutating func started(_ event: Started) {
    for setting in event.settings
    where station.stored(setting.variable)?.fileValue != setting.value {
      emit(
        .settingChanged(
          SettingChanged {
            $0.variable = setting.variable
            $0.value = setting.value
            $0.isFromFile = true
          }))
    }
  }

  /// Sensors have spoken: sessions that the last process left are settled now.
  mutating func boardReady() {
    for evse in station.evses {
      guard let session = evse.session, session.isUnsettled,
        let connector = evse.connector(session.connector)
      else { continue }
      let goesOn = station.policy.resumesAfterPowerLoss && station.blockingFault(evse) == nil
      let waits = connector.layout.hasPlugSense && connector.hasCar && !session.isAuthorized
      if session.isPermitted ? goesOn && connector.hasCar : waits {
        emit(
          .sessionResumed(
            SessionResumed {
              $0.session = session.id
              $0.evse = evse.id
            }))
      } else {
        endInterrupted(evse, session)
      }
    }
  }

  /// It ended at its last durable reading.
  private mutating func endInterrupted(_ evse: EVSE, _ session: Session) {
    guard session.isPermitted else { return end(evse, .cancelled) }
    // Never before its beginning: the turn that permits it closes the contactor, which counts as a
    // reading.
    end(evse, station.process.wasAsked ? .reboot : .powerLoss, at: session.interruptedAt)
  }

  /// The system's clock counts when somebody vouches for it and it says something new.
  mutating func clockRead(_ event: ClockRead) {
    guard event.quality != .unknown else {
      releaseClock()
      return
    }
    guard Limits.wallNanoseconds.contains(event.wallNanoseconds) else { return }
    let offset = event.wallNanoseconds - moment
    let current = station.clock.current
    let isWorse = current.quality == .csms && event.quality == .setByHand
    correctClock(offset, event.quality, unless: isWorse)
  }

  /// The kernel vouches for its clock no more: what it said stays, and others may correct it.
  private mutating func releaseClock() {
    guard station.clock.current.quality == .ntp else { return }
    let offset = station.clock.current.offsetNanoseconds
    emit(
      .clockCorrected(
        ClockCorrected {
          $0.offsetNanoseconds = offset
          $0.quality = .setByHand
        }))
  }

  /// A central system's word counts unless the kernel is synchronised.
  mutating func centralTime(_ wallNanoseconds: Int64) {
    guard Limits.wallNanoseconds.contains(wallNanoseconds) else { return }
    correctClock(wallNanoseconds - moment, .csms, unless: station.clock.current.quality == .ntp)
  }

  private mutating func correctClock(
    _ offset: Int64, _ quality: ClockQuality, unless isWorse: Bool
  ) {
    let current = station.clock.current
    let distance = (offset - current.offsetNanoseconds).magnitude
    // The kernel's word counts even where it says the same: from then on nobody overrides it.
    let isNew =
      quality == .ntp && current.quality != .ntp || current.quality == .unknown
      || distance > Limits.clockThresholdNanoseconds.magnitude
    guard isNew && !isWorse else { return }
    emit(
      .clockCorrected(
        ClockCorrected {
          $0.offsetNanoseconds = offset
          $0.quality = quality
        }))
  }

  mutating func operatorAsked(_ event: OperatorAsked) {
    switch event.wish {
    case .linkDown:
      drop(event.upstream, "an operator keeps the connection down")
      plan(event.upstream, at: 0, failures: 0)
    case .linkUp:
      guard let upstream = station.upstreams.first(where: { $0.id == event.upstream }),
        upstream.connection == 0, !upstream.isConnecting
      else { return }
      plan(event.upstream, at: moment, failures: 0)
    case .retryParked: unpark(event, release: false)
    case .releaseParked: unpark(event, release: true)
    case .unspecified: break
    }
  }

  private mutating func unpark(_ event: OperatorAsked, release: Bool) {
    unpark(event.upstream, event.session, release: release)
  }

  /// Takes a group out of its parking place: for good, or into the queue with the bytes and ids
  /// that its messages have had.
  mutating func unpark(_ id: UInt32, _ session: SessionID, release: Bool) {
    guard let upstream = station.upstreams.first(where: { $0.id == id }),
      let group = upstream.parked.first(where: { $0.session == session })
    else { return }
    emit(
      .groupUnparked(
        GroupUnparked {
          $0.upstream = id
          $0.session = session
          $0.isReleased = release
        }))
    guard !release else { return }
    for message in group.messages {
      emit(
        .messageQueued(
          MessageQueued {
            $0.upstream = id
            $0.kind = .transaction
            $0.source = message.source
            $0.session = session
            $0.role = message.role
            $0.token = message.token
            $0.flatNumber = message.flatNumber
            $0.earlier = message.earlier
          }))
    }
  }
}
