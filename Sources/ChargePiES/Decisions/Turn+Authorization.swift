extension Turn {
  /// A card: it stops what it started, otherwise it asks to start something.
  mutating func cardRead(_ event: CardRead) {
    guard station.process.isReady, event.token != 0 else { return }
    let allowed = candidates(event.evses)
    if let own = allowed.first(where: { $0.session?.token == event.token }) {
      guard own.session?.isUnsettled == false else { return }
      end(own, own.session?.isPermitted == true ? .local : .cancelled)
      return
    }
    if let evse = allowed.first(where: { $0.keepsLocked(for: event.token) }) {
      for connector in evse.connectors where connector.keepsLocked {
        commandLock(evse.id, connector.layout.id, locked: false)
      }
      return
    }
    guard !station.authorizations.contains(where: { $0.token == event.token }) else { return }
    identify(event.token, event.evses, session: SessionID())
  }

  private func candidates(_ evses: [UInt32]) -> [EVSE] {
    evses.isEmpty ? station.evses : station.evses.filter { evses.contains($0.id) }
  }

  /// Decides about an identification here where that is allowed, otherwise asks upstream
  /// (OCPP 1.6 §4.2).
  mutating func identify(_ token: UInt64, _ evses: [UInt32], session: SessionID) {
    if station.isOnline {
      if station.flag(.localPreAuthorize), let info = cached(token), info.status == .accepted {
        settle(token, info, .cache, request: 0, evses, session)
        return
      }
      let event = nextNumber
      emit(
        .authorizationRequested(
          AuthorizationRequested {
            $0.token = token
            $0.evses = evses
            $0.session = session
          }))
      assert(station.position == event)
    } else {
      let (info, source) = offlineWord(token)
      settle(token, info, source, request: 0, evses, session)
    }
  }

  /// What the cache says, with expiry taken into account; nil when it does not know.
  private func cached(_ token: UInt64) -> TokenInfo? {
    guard station.flag(.authorizationCacheEnabled),
      var info = station.cache.first(where: { $0.token == token })?.info
    else { return nil }
    if info.status == .accepted, info.expiresNanoseconds > 0,
      info.expiresNanoseconds <= station.wallNanoseconds ?? 0
    {
      info.status = .expired
    }
    return info
  }

  /// What an identification is worth while nobody can be asked (OCPP 1.6 §4.2.1 and §9.1.1).
  func offlineWord(_ token: UInt64) -> (TokenInfo, AuthorizationSource) {
    if let info = cached(token) {
      if info.status == .accepted && !station.flag(.localAuthorizeOffline) {
        return (TokenInfo { $0.status = .invalid }, .offlinePolicy)
      }
      return (info, .cache)
    }
    let isAllowed = station.flag(.allowOfflineTxForUnknownId)
    return (TokenInfo { $0.status = isAllowed ? .accepted : .invalid }, .offlinePolicy)
  }

  /// What became of an identification, and what it is used for.
  mutating func settle(
    _ token: UInt64, _ info: TokenInfo, _ source: AuthorizationSource, request: UInt64,
    _ evses: [UInt32], _ session: SessionID
  ) {
    emit(
      .authorizationSettled(
        AuthorizationSettled {
          $0.token = token
          $0.status = info.status
          $0.source = source
          $0.request = request
        }))
    if session.isNone {
      guard info.status == .accepted else { return }
      use(token, info.group, source, candidates(evses), isMovable: evses.count != 1)
    } else if let evse = station.evses.first(where: { $0.session?.id == session }) {
      finishRemoteStart(evse, token, info, source)
    }
  }

  private mutating func finishRemoteStart(
    _ evse: EVSE, _ token: UInt64, _ info: TokenInfo, _ source: AuthorizationSource
  ) {
    if info.status == .accepted {
      authorize(evse.id, token, info.group, source)
    } else if evse.sessionConnector?.cable != .connected {
      end(evse, .cancelled)
    }
  }

  /// Uses an accepted identification: the plugged-in connector first, then the group's right to
  /// stop, then a free connector.
  private mutating func use(
    _ token: UInt64, _ group: UInt64, _ source: AuthorizationSource, _ evses: [EVSE],
    isMovable: Bool
  ) {
    if isMaster(group) {
      for evse in evses where evse.session?.isPermitted == true {
        end(evse, .local, stopToken: token)
      }
      return
    }
    if let waiting = evses.first(where: { isWaiting($0) }) {
      authorize(waiting.id, token, group, source)
      return
    }
    if group != 0, let running = evses.first(where: { $0.session?.group == group }) {
      end(running, running.session?.isPermitted == true ? .local : .cancelled, stopToken: token)
      return
    }
    for prefersCable in [true, false] {
      for evse in evses {
        for connector in evse.connectors
        where station.canBegin(evse, connector) && (connector.cable != .out) == prefersCable {
          begin(evse.id, connector.layout.id, isMovable: isMovable && connector.cable == .out)
          authorize(evse.id, token, group, source)
          return
        }
      }
    }
  }

  /// The group whose members may stop any session and start none (OCPP 2.0.1 C16).
  private func isMaster(_ group: UInt64) -> Bool {
    group != 0 && station.integer(.masterPassGroup) == Int64(bitPattern: group)
  }

  /// A car is connected and nobody has identified himself.
  private func isWaiting(_ evse: EVSE) -> Bool {
    guard let session = evse.session, !session.isAuthorized, !session.isUnsettled,
      station.process.restart == .none, station.hasRoomForSession,
      station.blockingFault(evse) == nil
    else { return false }
    return !station.authorizations.contains { $0.session == session.id }
  }

  /// Remembers what a central system says of an identification.
  mutating func remember(_ token: UInt64, _ info: TokenInfo) {
    guard token != 0, info.status != .unknown, station.flag(.authorizationCacheEnabled) else {
      return
    }
    // A card that is busy elsewhere is still a good card.
    guard info.status != .concurrentTransaction else { return }
    guard station.cache.first(where: { $0.token == token })?.info != info else { return }
    emit(
      .cacheChanged(
        CacheChanged {
          $0.token = token
          $0.info = info
        }))
  }
}

extension EVSE {
  /// Whether a cable waits here for the card that locked it.
  fileprivate func keepsLocked(for token: UInt64) -> Bool {
    session == nil && connectors.contains { $0.keepsLocked && $0.lastToken == token }
  }
}
