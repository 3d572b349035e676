@testable import ChargePiES

/// A disk in memory, which may fail.
final class MemoryStore: EventStore {
  private(set) var events: [Event] = []
  var fails = false
  var chainHash: [UInt8] { [1, 2, 3] }

  struct Full: Error {}

  func commit(_ new: [Event]) throws {
    guard !fails else { throw Full() }
    events += new
  }

  func event(_ number: UInt64) throws -> Event? { events.first { $0.number == number } }

  func queued(after number: UInt64, most: Int) throws -> [(number: UInt64, message: MessageQueued)]
  {
    var found: [(number: UInt64, message: MessageQueued)] = []
    for event in events where event.number > number && found.count < most {
      guard case .decision(.messageQueued(let message)) = event.body else { continue }
      found.append((event.number, message))
    }
    return found
  }
}

/// Messages as the post queues and sends them.
struct PostProjection: MessageProjection {
  var post = Post()

  mutating func follow(_ turn: inout Turn, events: any EventSource) throws { post.follow(&turn) }
}

/// An engine over a disk in memory, with a clock of its own.
struct Loop {
  let store = MemoryStore()
  var engine: Engine<MemoryStore, PostProjection>
  var moment: Int64 = 10 * nanosecondsPerSecond

  /// A loop whose station has started and has nothing to commit.
  init(_ world: World = .cables(1)) throws {
    engine = Engine(
      station: Station(), store: store, messages: PostProjection(), lastCheckpoint: 0)
    let started = world.started(nonce: 7, bootId: 1)
    guard case .started(let event) = started else { return }
    let stamp = engine.stamp(of: event, monotonicNanoseconds: moment)
    try engine.observe(started, at: stamp)
    for evse in engine.station.evses { try observe(.meter(evse.id, counter: 0)) }
    try observe(.ready)
    _ = try engine.commit()
  }

  mutating func observe(_ observation: Observation) throws {
    try engine.observe(observation, at: engine.stamp(monotonicNanoseconds: moment))
  }
}
