import ChargePiES
import Journal
import Projections

/// Asks today's rules, outbox and dialect again, turn by turn, each on the state that the journal
/// has led to before it: what would they make of the same observation?
package enum Retelling {
  /// Every turn that would go otherwise, with what stands in the journal (`-`) and what would
  /// (`+`); empty when there is none.
  package static func differences(_ journal: GoldenJournal) throws -> String {
    guard let vault = journal.vault else { return "" }
    var text = ""
    var turn: [Event] = []
    var before = try journal.beginning
    let past = Past(journal.events)
    for event in journal.events {
      if case .decision = event.body {
        turn.append(event)
        continue
      }
      text += try difference(before, turn, past, vault)
      for event in turn { before.apply(event) }
      turn = [event]
    }
    return text + (try difference(before, turn, past, vault))
  }

  private static func difference(
    _ before: Station, _ turn: [Event], _ past: Past, _ vault: Vault
  ) throws -> String {
    guard let first = turn.first, case .observation(let recorded) = first.body else { return "" }
    if case .timeReached = recorded, before.nextDeadline() ?? .max > stamp(first) {
      return "turn \(first.number)\nnothing is due\n"
    }
    var station = before
    station.position = first.number - 1  // Behind an erased record.
    past.last = first.number - 1
    let names = ReadOnlyNames(vault: vault)
    let dialect = OCPP16Dialect(firmwareVersion: past.version(through: first.number))
    let observation = try read(recorded, again: dialect, station, names)
    var again = Turn(station, observation, at: first.stamp)
    var outbox = Outbox(dialect: dialect, names: names)
    try outbox.follow(&again, events: past)
    guard again.events != turn else { return "" }
    let old = turn.map { "- \(line($0))\n" }
    let new = again.events.map { "+ \(line($0))\n" }
    return "turn \(first.number)\n" + old.joined() + new.joined()
  }

  private static func stamp(_ event: Event) -> Int64 { event.stamp.monotonicNanoseconds }

  /// What the dialect makes of the same bytes today; observations that are no frames stay.
  private static func read(
    _ observation: Observation, again dialect: OCPP16Dialect, _ station: Station,
    _ names: ReadOnlyNames
  ) throws -> Observation {
    let frame: Frame
    switch observation {
    case .callReceived(let event): frame = event.frame
    case .answerReceived(let event): frame = event.frame
    case .frameRefused(let event): frame = event.frame
    default: return observation
    }
    guard !frame.isTruncated, let upstream = station.upstreams.first else { return observation }
    let bytes = try Concealment.bytes(frame, names: names)
    return try dialect.read(bytes, from: upstream, in: station, names: names)
  }

  private static func line(_ event: Event) -> String {
    var record = Record()
    record.body = event.body
    return "\(event.number) " + String(decoding: RecordJSON.object(record), as: UTF8.self)
  }
}

/// The events of a journal as far as they had happened by then.
private final class Past: EventSource {
  private let events: [UInt64: Event]
  private let queued: [(number: UInt64, message: MessageQueued)]
  private let versions: [(number: UInt64, version: String)]
  /// The last event that has happened.
  var last: UInt64 = 0

  init(_ events: [Event]) {
    self.events = Dictionary(uniqueKeysWithValues: events.map { ($0.number, $0) })
    queued = events.compactMap {
      guard case .decision(.messageQueued(let message)) = $0.body, message.kind == .transaction
      else { return nil }
      return ($0.number, message)
    }
    versions = events.compactMap {
      guard case .observation(.started(let started)) = $0.body else { return nil }
      return ($0.number, started.version)
    }
  }

  func event(_ number: UInt64) throws -> Event? { number <= last ? events[number] : nil }

  func queued(after number: UInt64, most: Int) throws -> [(number: UInt64, message: MessageQueued)]
  {
    Array(queued.filter { $0.number > number && $0.number <= last }.prefix(most))
  }

  /// The version of the program that made an event.
  func version(through number: UInt64) -> String {
    versions.last { $0.number <= number }?.version ?? versions.first?.version ?? Site.version
  }
}

/// The names in a vault that learns nothing: what it does not know is a bug of the story.
private struct ReadOnlyNames: NameStore {
  let vault: Vault

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    try VaultBook(vault: vault).intern(text)
  }

  func text(_ id: UInt64) throws -> String? { try vault.token(id)?.text }

  /// The version under which a value was kept then.
  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    var version: UInt32 = 1
    while let known = try vault.secret(name, version: version) {
      if known == value { return version }
      version += 1
    }
    return try vault.setSecret(name, value)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    try vault.secret(name, version: version)
  }
}
