/// Which turns may wait for the next commit, and for how long (DESIGN §4: riding telemetry).
///
/// A turn that releases no frame, closes nothing and shows nothing urgent rides. Readings wait
/// until losing them would cost more than a power cut may cost; a new status waits a moment for the
/// frame that tells it; acknowledgements wait longest.
struct Riding {
  private var isUrgent = false
  private var firstReading: Int64?
  /// The reading at which waiting for one more would cost more than a power cut may cost.
  private var enoughEnergy: Int64?
  /// The most that came with one of the waiting readings, in milliwatt-hours, by EVSE: the last
  /// alone may be small, where a sample had asked for it out of turn.
  private var advances: [Int64] = []
  private var firstStatus: Int64?
  private var firstAnswer: Int64?

  /// Whether something else than readings waits.
  var hasMoreThanReadings: Bool { isUrgent || firstStatus != nil || firstAnswer != nil }

  /// Takes a turn into account; `durable` is the state that the last commit has made.
  mutating func add(_ turn: Turn, durable: Station) {
    guard let first = turn.events.first else { return }
    let moment = first.stamp.monotonicNanoseconds
    guard !isUrgent, Self.rides(first.body),
      turn.events.dropFirst().allSatisfy({ Self.rides($0.body) })
    else {
      isUrgent = true
      return
    }
    if turn.events.contains(where: { Self.showsStatus($0.body) }) {
      firstStatus = firstStatus ?? moment
    }
    if case .observation(.meterRead) = first.body {
      firstReading = firstReading ?? moment
      if hasEnoughEnergy(turn.station, durable) { enoughEnergy = enoughEnergy ?? moment }
    } else {
      firstAnswer = firstAnswer ?? moment
    }
  }

  /// When the commit is due; 0 for at once.
  func dueNanoseconds(records: Int) -> Int64 {
    guard !isUrgent, records < Limits.ridingRecords else { return 0 }
    let status = firstStatus.map { $0 + Limits.ridingStatusNanoseconds } ?? .max
    let answer = firstAnswer.map { $0 + Limits.ridingAnswerNanoseconds } ?? .max
    let other = min(status, answer)
    guard let firstReading else { return other }
    guard let enoughEnergy else { return min(other, firstReading + Limits.idleRidingNanoseconds) }
    let reading = max(
      firstReading + Limits.ridingNanoseconds,
      enoughEnergy + Limits.ridingEnergyNanoseconds)
    return min(other, reading)
  }

  /// Whether the energy that is not durable yet, with half of what the next reading may bring,
  /// cannot wait for that reading and a commit after it.
  private mutating func hasEnoughEnergy(_ station: Station, _ durable: Station) -> Bool {
    let missing = station.evses.count - advances.count
    if missing > 0 { advances += Array(repeating: 0, count: missing) }
    return zip(station.evses.indices, durable.evses.indices).contains { index, place in
      let meter = station.evses[index].meter
      advances[index] = max(advances[index], meter.advanceMilliwattHours)
      let waiting =
        meter.reading.registerMilliwattHours
        - durable.evses[place].meter.reading.registerMilliwattHours
      return waiting + advances[index] * 3 / 2 > Limits.ridingMilliwattHours
    }
  }

  private static func showsStatus(_ body: Event.Body) -> Bool {
    if case .decision(.statusChanged) = body { true } else { false }
  }

  private static func rides(_ body: Event.Body) -> Bool {
    switch body {
    case .observation(let observation): return rides(observation)
    case .decision(let decision): return rides(decision)
    case .checkpoint: return false
    }
  }

  private static func rides(_ observation: Observation) -> Bool {
    switch observation {
    case .meterRead(let reading): return !reading.isUrgent
    case .answerReceived(let answer): return answer.reference == nil && answer.registration == .none
    case .contactorSensed, .lockSensed, .clockRead, .storageRead, .timeReached: return true
    case .started, .stopping, .boardReady, .cableSensed, .cardRead, .faultSensed, .tripReported,
      .linkOpened, .linkClosed, .callReceived, .frameRefused, .operatorAsked:
      return false
    }
  }

  private static func rides(_ decision: Decision) -> Bool {
    switch decision {
    case .messageSettled(let settled): return settled.reference == nil
    case .meterGap, .cacheChanged, .sampleTaken, .messageQueued, .flowChanged, .statusChanged:
      return true
    case .settingChanged, .clockCorrected, .sessionBegan, .sessionAuthorized,
      .transferPermitted, .sessionDeauthorized, .sessionEnded, .contactorCommanded,
      .lockCommanded, .authorizationRequested, .authorizationSettled, .availabilityChanged,
      .faultRaised, .faultCleared, .connectionPlanned, .connectionStarted, .connectionDropped,
      .registrationChanged, .callAnswered, .answerSent, .messageSent, .messageFailed,
      .messageParked, .groupUnparked, .restartRequested, .alertRaised, .sessionResumed,
      .unlockRequested:
      return false
    }
  }
}
