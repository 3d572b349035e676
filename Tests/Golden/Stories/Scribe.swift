import ChargePiES
import Journal

/// Writes a journal record by record, without any rules: what `apply` makes of it is its affair.
final class Scribe {
  private let writer: JournalWriter
  private let store: JournalStore
  private(set) var station: Station
  private var pending: [Event] = []
  /// Nanoseconds since the board's start.
  var moment: Int64 = 1_000_000_000
  var boot: UInt32 = 1

  /// Begins a journal in a directory, or goes on with the one that is there.
  init(_ directory: String) throws {
    writer = try JournalWriter(
      path: directory + "/journal.db", lockPath: directory + "/lock",
      options: JournalOptions(mapBytes: 1 << 30))
    store = JournalStore(writer)
    (station, _) = try writer.station()
  }

  /// One turn, in a commit of its own.
  func turn(_ observation: Observation, _ decisions: [Decision] = []) throws {
    let stamp = Stamp {
      $0.boot = boot
      $0.monotonicNanoseconds = moment
    }
    let bodies = [Event.Body.observation(observation)] + decisions.map(Event.Body.decision)
    var events: [Event] = []
    for body in bodies {
      let event = Event(number: station.position + 1, stamp: stamp, body: body)
      station.apply(event)
      events.append(event)
    }
    try store.commit(events)
    moment += nanosecondsPerSecond
  }

  /// A checkpoint of a state: of the one that the events have led to, or of any other.
  func checkpoint(of other: Station? = nil) throws {
    let event = Event(
      number: station.position + 1, stamp: station.now,
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = Station.stateVersion
          $0.state = Bytes(RecordEncoder.encode(other ?? station))
          $0.chainHash = Bytes(store.chainHash)
        }))
    try store.commit([event])
    if let other { station = other }
    station.apply(event)
  }

  /// Records as bytes, in one commit. What they mean is not applied.
  func commit(bytes records: [[UInt8]]) throws {
    var batch = RecordBatch()
    for record in records { batch.append(record) }
    _ = try writer.append(&batch)
  }

  /// The number of the last record.
  var last: UInt64 { writer.last }

  /// Removes what lies before a record.
  func prune(before number: UInt64) throws {
    while try writer.prune(through: number - 1) > 0 {}
  }

  /// Erases a record's content.
  func erase(_ number: UInt64) throws { try writer.erase(number) }

  /// Writes over what was erased, and closes.
  func scrub() throws {
    let isComplete = try writer.scrub()
    precondition(isComplete, "nobody else reads this journal")
  }

  func end() { writer.close() }
}
