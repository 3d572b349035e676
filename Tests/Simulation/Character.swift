import ChargePiES

/// What kind of station a seed is about: how it is built, configured and clocked, and what its
/// central system is like.
package struct Character: Hashable, Sendable {
  /// EVSEs and connectors.
  package var layout: [EVSELayout] = []
  /// What the file says.
  package var settings: [FileSetting] = []
  /// Behaviour from the file.
  package var policy = Policy()
  /// How fast the board's clock runs against the world's, in parts per million.
  package var driftPartsPerMillion: Int64 = 0
  /// Whether the board can learn the time from the network.
  package var hasNetworkTime = true
  /// Whether the central system knows a message that it has booked when it comes again.
  package var centralKnowsDuplicates = true
  /// Pause between two readings while energy flows, in nanoseconds.
  package var readingNanoseconds: Int64 = 4_800_000_000

  /// The character of a seed.
  package init(seed: UInt64) {
    var chance = Chance(seed: seed, 3)
    let count = 1 + chance.below(3)
    var flat: UInt32 = 0
    for id in 1...count { layout.append(Self.evse(UInt32(id), &flat, &chance)) }
    driftPartsPerMillion = chance.between(-80...80)
    hasNetworkTime = !chance.isOnce(in: 3)
    centralKnowsDuplicates = !chance.isOnce(in: 3)
    policy.hasUpstream = true
    policy.resumesAfterPowerLoss = chance.isOnce(in: 2)
    policy.maximumChargingSeconds = chance.isOnce(in: 4) ? chance.between(600...7_200) : 0
    // Without a plug sensor a session ends when nothing is drawn any more, or never.
    let sensesAll = layout.allSatisfy { $0.connectors.allSatisfy(\.hasPlugSense) }
    policy.minimumPowerMilliwatts = sensesAll && chance.isOnce(in: 3) ? 0 : 20_000
    policy.reconnectMinimumSeconds = chance.between(1...5)
    policy.reconnectRandomSeconds = chance.between(0...10)
    policy.reconnectMaximumSeconds = chance.between(60...300)
    settings = Self.settings(&chance)
  }

  private static func evse(
    _ id: UInt32, _ flat: inout UInt32, _ chance: inout Chance
  ) -> EVSELayout {
    let connectors = chance.isOnce(in: 4) ? 2 : 1
    let hasSense = !chance.isOnce(in: 5)
    let phases: UInt32 = chance.isOnce(in: 3) ? 3 : 1
    let milliamperes: Int64 = chance.isOnce(in: 2) ? 16_000 : 32_000
    var evse = EVSELayout()
    evse.id = id
    for connector in 1...connectors {
      flat += 1
      evse.connectors.append(
        ConnectorLayout {
          $0.id = UInt32(connector)
          $0.flatNumber = flat
          $0.hasLock = chance.isOnce(in: 2)
          $0.hasPlugSense = hasSense || connectors > 1
          $0.maximumMilliamperes = milliamperes
          $0.phases = phases
          $0.plausibleMilliwatts = milliamperes * 230 * Int64(phases) * 3 / 2
        })
    }
    return evse
  }

  private static func settings(_ chance: inout Chance) -> [FileSetting] {
    var values: [(Variable, String)] = [
      (.heartbeatInterval, "86400"), (.sampledInterval, "900"),
      (.connectionTimeOut, "\(chance.between(20...180))"),
    ]
    let flags: [Variable] = [
      .localAuthorizeOffline, .localPreAuthorize, .stopTxOnInvalidId,
      .unlockOnEVSideDisconnect, .authorizeRemoteStart, .authorizationCacheEnabled,
    ]
    for flag in flags where chance.isOnce(in: 3) {
      values.append((flag, flag.definition.initial == "true" ? "false" : "true"))
    }
    if chance.isOnce(in: 9) { values.append((.stopTxOnEVSideDisconnect, "false")) }
    if chance.isOnce(in: 5) { values.append((.allowOfflineTxForUnknownId, "true")) }
    if chance.isOnce(in: 4) {
      values.append((.clockAlignedInterval, "\(3_600 * chance.between(1...6))"))
    }
    if chance.isOnce(in: 3) {
      values.append((.sampledEndMeasurands, Measurand.register + ",Power.Active.Import"))
    }
    if chance.isOnce(in: 3) {
      values.append((.sampledMeasurands, Measurand.supported.joined(separator: ",")))
    }
    if chance.isOnce(in: 4) { values.append((.maxEnergyOnInvalidId, "500")) }
    if chance.isOnce(in: 4) { values.append((.minimumStatusDuration, "\(chance.between(1...10))")) }
    values.append((.messageAttempts, "\(chance.between(1...4))"))
    values.append((.messageAttemptInterval, "\(chance.between(1...60))"))
    return values.map { value in
      FileSetting {
        $0.variable = value.0
        $0.value = value.1
      }
    }
  }
}
