import ChargePiES
import Projections

/// Every rule that must hold in a station's life, checked as it is lived.
///
/// It believes only what it has seen: the truth of the board, the bytes on the disk (through the
/// second station that is fed from them), the frames that leave, and the central system's books.
/// The chapters: energy, contactors, wire, sessions, time.
final class Audit {
  weak var life: Life?
  let character: Character
  let tally: Tally
  var meters: [MeterOracle]
  var wire = WireLog()
  var sessions = SessionLog()
  /// Facts of turns that are not durable yet.
  var staged: [(event: Event, truth: EnergyMark?)] = []
  var quiet: QuietTime?
  var boots = BootLog()
  private var heavyCommits = 0
  /// When the state was last searched for what is overdue.
  var checkedAt: Int64 = 0
  /// The last event that somebody may have been shown.
  private var lastDurable: UInt64 = 0

  /// A time in which nothing new goes wrong.
  struct QuietTime {
    let beganAt: Int64
    var drainedAt: Int64?
  }

  init(_ character: Character, _ tally: Tally) {
    self.character = character
    self.tally = tally
    meters = character.layout.map { MeterOracle($0) }
  }

  func violation(_ text: String) -> Violation { Violation(text, at: life?.now ?? 0) }

  /// Throws unless a rule holds.
  func check(_ holds: Bool, _ text: @autoclosure () -> String) throws {
    guard holds else { throw violation(text()) }
  }

  /// A turn is over, in memory; its events are the pending ones from a place on.
  func turned(_ observation: Observation, from place: Int) throws {
    guard let life, let process = life.process else { return }
    tally.count(.turns)
    try process.mind.look { station in
      station.checkInvariants()
      if case .meterRead(let reading) = observation { try metered(reading, station) }
    }
    let count = process.mind.pending.count
    if case .meterRead = observation, count == place + 1 { return }
    for index in place..<count { stage(process.mind.pending[index]) }
    try check(count <= Limits.ridingRecords + 500, "\(count) records wait for their commit")
  }

  /// Keeps what matters of an event until it is durable.
  private func stage(_ event: Event) {
    guard case .decision(let decision) = event.body else { return }
    switch decision {
    case .transferPermitted(let permitted): staged.append((event, mark(permitted.evse)))
    case .sessionEnded(let ended): staged.append((event, mark(ended.evse)))
    case .sessionResumed, .messageSent, .messageFailed, .messageSettled, .messageParked,
      .groupUnparked,
      .messageQueued, .meterGap, .clockCorrected, .sessionDeauthorized, .faultRaised, .sampleTaken,
      .settingChanged:
      staged.append((event, nil))
    default: break  // Nothing else is followed event by event.
    }
  }

  /// A commit has made events durable: the bytes must say the same as the memory.
  func committed(_ events: [Event]) throws {
    guard let life, let process = life.process, !events.isEmpty else { return }
    let isLight = staged.isEmpty
    try process.mind.lookDurable { durable in
      try life.disk.look { try compare(durable, $0, isLight: isLight) }
    }
    if !staged.isEmpty { try encode(life.disk.shadow) }
    try keptAfterAll()
  }

  /// What was staged is durable, whether or not the process was told.
  func keptAfterAll() throws {
    for fact in staged { try becameDurable(fact.event, fact.truth) }
    staged.removeAll(keepingCapacity: true)
    try patience()
    for index in meters.indices { meters[index].becameDurable() }
    lastDurable = life?.disk.last ?? 0
  }

  /// Readings touch EVSEs alone; everything else is compared in full.
  private func compare(_ durable: Station, _ shadow: Station, isLight: Bool) throws {
    let isSame =
      isLight
      ? shadow.evses == durable.evses && shadow.position == durable.position
        && shadow.now == durable.now && shadow.clock == durable.clock
      : shadow == durable
    try check(
      isSame,
      "the state differs from the one that the bytes give: \(Difference.between(durable, shadow))")
  }

  /// A checkpoint that were made now would say everything; looked at often, and where sessions have
  /// samples to lose.
  private func encode(_ station: Station) throws {
    heavyCommits += 1
    let isEventful = staged.contains {
      if case .decision(.sampleTaken) = $0.event.body { true } else { false }
    }
    guard isEventful || heavyCommits % 64 == 0 else { return }
    let copy = try RecordDecoder.decode(Station.self, from: RecordEncoder.encode(station))
    try check(
      copy == station, "a checkpoint would lose something: \(Difference.between(station, copy))")
  }

  private func becameDurable(_ event: Event, _ truth: EnergyMark?) throws {
    guard case .decision(let decision) = event.body else { return }
    switch decision {
    case .transferPermitted(let permitted): try began(permitted, event, truth)
    case .sessionEnded(let ended): try self.ended(ended, event, truth)
    case .sessionResumed(let resumed): self.resumed(resumed)
    case .sampleTaken(let sample): sampled(sample)
    case .settingChanged(let change): changed(change)
    case .messageQueued(let message): queued(message)
    case .messageSettled(let settled): try self.settled(settled)
    case .messageFailed(let failed): failures(of: failed)
    case .messageParked(let parked): self.parked(parked)
    case .groupUnparked(let group): unparked(group)
    case .meterGap: tally.count(.meterGap)
    case .clockCorrected:
      tally.count(.clockCorrected)
      boots.learnt()
    case .sessionDeauthorized: tally.count(.deauthorized)
    case .faultRaised: tally.count(.faulted)
    default: break  // Not staged.
    }
  }

  /// A process begins, with what is durable.
  func processBegins(_ station: Station) throws {
    try check(
      station.position >= lastDurable,
      "events up to \(lastDurable) were acted on, and the journal ends at \(station.position)")
    try check(
      station == life?.disk.shadow, "a start begins with another state than the journal's")
  }

  /// A process has ended, by itself or not: what was not durable is gone.
  func processEnded(isOrderly: Bool) throws {
    staged.removeAll()
    wire.lineBegan()
    wire.registrationFrom = 0
    try loseReadings(isOrderly: isOrderly)
  }
}

/// What two states differ in, for people.
enum Difference {
  static func between(_ first: Station, _ second: Station) -> String {
    let left = String(decoding: RecordJSON.object(first), as: UTF8.self)
    let right = String(decoding: RecordJSON.object(second), as: UTF8.self)
    let common = zip(left, right).prefix { $0 == $1 }.count
    let start = max(0, common - 60)
    return "…\(left.dropFirst(start).prefix(120))… and …\(right.dropFirst(start).prefix(120))…"
  }
}
