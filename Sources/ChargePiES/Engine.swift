/// Where events can be read again, committed or not.
public protocol EventSource {
  /// One event; nil when it is not there.
  func event(_ number: UInt64) throws -> Event?
  /// The queued messages of sessions behind an event, in order, at most so many.
  func queued(after number: UInt64, most: Int) throws -> [(number: UInt64, message: MessageQueued)]
}

/// Where events are kept. The journal, in the daemon; a simulated disk, in simulations.
public protocol EventStore: EventSource {
  /// Makes events durable, all or none. When it throws, none may be assumed to be there.
  func commit(_ events: [Event]) throws
  /// The chain's hash after the last commit.
  var chainHash: [UInt8] { get }
}

/// What ends every turn with the messages that follow from it.
public protocol MessageProjection {
  /// Adds what is to be recorded about messages to a turn.
  mutating func follow(_ turn: inout Turn, events: any EventSource) throws
}

/// The loop's mind: decide and apply in memory, commit once, and only then show.
///
/// The order is the whole program: observations are taken as they come, each with its decisions and
/// messages; what the outside may see is `durable`, which follows a commit. After a failed commit
/// the engine is done with: its state in memory is ahead of the journal, and must be rebuilt.
public struct Engine<Store: EventStore, Messages: MessageProjection> {
  /// The state in memory, ahead of the journal by `pending`.
  public private(set) var station: Station
  /// The state as the journal has it: what may be shown and acted on.
  public private(set) var durable: Station
  /// Events that wait for the next commit.
  public private(set) var pending: [Event] = []
  /// Commits so far.
  public private(set) var commits: UInt64 = 0

  let store: Store
  var messages: Messages
  private var riding = Riding()
  private var lastCheckpoint: UInt64

  /// Continues from a state that the store's events have led to.
  public init(station: Station, store: Store, messages: Messages, lastCheckpoint: UInt64) {
    self.station = station
    durable = station
    self.store = store
    self.messages = messages
    self.lastCheckpoint = lastCheckpoint
  }

  /// Takes an observation through its turn. Nothing is visible before `commit`.
  public mutating func observe(_ observation: Observation, at stamp: Stamp) throws {
    var turn = Turn(station, observation, at: stamp)
    try messages.follow(&turn, events: PendingSource(pending: pending, store: store))
    station = turn.station
    pending.append(contentsOf: turn.events)
    riding.add(turn, durable: durable)
  }

  /// When the pending events must be committed at the latest, nanoseconds of this boot: 0 for at
  /// once, nil when nothing waits.
  public var commitDueNanoseconds: Int64? {
    guard !pending.isEmpty else { return nil }
    return riding.dueNanoseconds(records: pending.count)
  }

  /// Whether something else than readings waits for the next commit.
  public var hasMoreThanReadings: Bool { riding.hasMoreThanReadings }

  /// Commits what is pending and returns it: from here on it is visible.
  public mutating func commit() throws -> [Event] {
    guard !pending.isEmpty else { return [] }
    try store.commit(pending)
    commits += 1
    let events = pending
    pending.removeAll(keepingCapacity: true)
    durable = station
    riding = Riding()
    if station.position - lastCheckpoint >= Limits.eventsBetweenCheckpoints { try checkpoint() }
    return events
  }

  /// Records the whole state, in a commit of its own.
  private mutating func checkpoint() throws {
    let state = RecordEncoder.encode(station)
    let event = Event(
      number: station.position + 1, stamp: station.now,
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = Station.stateVersion
          $0.state = Bytes(state)
          $0.chainHash = Bytes(store.chainHash)
        }))
    try store.commit([event])
    commits += 1
    station.apply(event)
    durable = station
    lastCheckpoint = event.number
  }

  /// The stamp of an observation made now, by the station's own clock.
  public func stamp(monotonicNanoseconds: Int64) -> Stamp {
    let clock = station.clock.current
    return Stamp {
      $0.boot = station.process.boot
      $0.monotonicNanoseconds = max(monotonicNanoseconds, station.now.monotonicNanoseconds)
      $0.wallNanoseconds = clock.wall(monotonicNanoseconds) ?? 0
      $0.quality = clock.quality
    }
  }

  /// The stamp of a start: another boot of the board has the next number.
  public func stamp(of started: Started, monotonicNanoseconds: Int64) -> Stamp {
    let process = station.process
    let isSame =
      process.boot != 0 && process.bootIdHigh == started.bootIdHigh
      && process.bootIdLow == started.bootIdLow
    return Stamp {
      $0.boot = isSame ? process.boot : process.boot + 1
      $0.monotonicNanoseconds = monotonicNanoseconds
      $0.wallNanoseconds = isSame ? station.clock.current.wall(monotonicNanoseconds) ?? 0 : 0
      $0.quality = isSame ? station.clock.current.quality : .unknown
    }
  }
}

/// Pending events first, then the store.
private struct PendingSource<Store: EventStore>: EventSource {
  let pending: [Event]
  let store: Store

  func event(_ number: UInt64) throws -> Event? {
    guard let first = pending.first, number >= first.number else {
      return try store.event(number)
    }
    let index = Int(number - first.number)
    return index < pending.count ? pending[index] : nil
  }

  func queued(after number: UInt64, most: Int) throws -> [(number: UInt64, message: MessageQueued)]
  {
    var found = try store.queued(after: number, most: most)
    for event in pending where event.number > number && found.count < most {
      guard case .decision(.messageQueued(let message)) = event.body, message.kind == .transaction
      else { continue }
      found.append((event.number, message))
    }
    return found
  }
}
