import ChargePiES
import Drivers
import Glibc
import Journal
import Projections
import Testing

/// A store in front of the journal that can fail at a commit, before or after it is durable.
final class FlakyStore: EventStore {
  struct Failure: Error {}

  let inner: JournalStore
  var commits = 0
  /// The commit that fails; 0 for none.
  var failing = 0
  /// Whether what fails has become durable all the same.
  var failsAfterwards = false

  init(_ inner: JournalStore) {
    self.inner = inner
  }

  var chainHash: [UInt8] { inner.chainHash }

  func commit(_ events: [Event]) throws {
    commits += 1
    if commits == failing && !failsAfterwards { throw Failure() }
    try inner.commit(events)
    if commits == failing { throw Failure() }
  }

  func event(_ number: UInt64) throws -> Event? { try inner.event(number) }

  func queued(
    after number: UInt64, most: Int
  ) throws -> [(number: UInt64, message: MessageQueued)] {
    try inner.queued(after: number, most: most)
  }
}

/// A whole station in memory but for its journal, on a clock of its own: the daemon's loop over the
/// simulated board, opposite a central system that answers as chance wills.
final class World {
  typealias Mind = Engine<FlakyStore, Outbox<OCPP16Dialect>>

  let directory: TemporaryDirectory
  let names = MemoryNames()
  let dialect = OCPP16Dialect(firmwareVersion: "0.1.0")
  var random: SeededRandom
  var mind: Mind
  var store: FlakyStore
  var board: SimulatedBoard
  var moment: Int64 = 5_000_000_000
  var bootWall: Int64 = 1_795_420_000_000_000_000
  var bootId: UInt64 = 1
  var starts: UInt64 = 0
  var connection: UInt64 = 0
  var connections: UInt64 = 0
  var settings: [Variable: String]
  /// Answers of the central system, and when they arrive.
  var answers: [(due: Int64, connection: UInt64, text: String)] = []
  var transactions: Int64 = 0
  /// Frames that were let out.
  var sent: [(number: UInt64, message: MessageSent)] = []
  /// Turns so far.
  var turns = 0
  /// The encoded state at the end of some commits, by position.
  var snapshots: [UInt64: [UInt8]] = [:]
  /// Deadlines in a row that nothing came of; a station that waits for one would spin.
  var idleDeadlines = 0
  /// One in so many calls is answered with an error, and one in so many not at all.
  var troubleRate = 8

  init(
    seed: UInt64, settings: [Variable: String] = [:], directory: TemporaryDirectory? = nil
  ) throws {
    random = SeededRandom(seed: seed)
    self.settings = settings
    self.directory = try directory ?? TemporaryDirectory()
    (store, mind) = try Self.open(self.directory, names, dialect)
    board = SimulatedBoard(settings: Self.simulation)
    try start()
  }

  static var simulation: SimulationSettings {
    var settings = SimulationSettings()
    settings.car.requestAfterNanoseconds = 300_000_000
    return settings
  }

  private static func open(
    _ directory: TemporaryDirectory, _ names: MemoryNames, _ dialect: OCPP16Dialect
  ) throws -> (FlakyStore, Mind) {
    let writer = try writer(directory)
    let store = FlakyStore(JournalStore(writer))
    let (station, checkpoint) = try writer.station()
    let mind = Mind(
      station: station, store: store, messages: Outbox(dialect: dialect, names: names),
      lastCheckpoint: max(checkpoint, 1))
    return (store, mind)
  }

  /// A program that another test starts holds copies of our files for a moment, the lock with them.
  private static func writer(_ directory: TemporaryDirectory) throws -> JournalWriter {
    let options = JournalOptions(mapBytes: 1 << 30)
    for _ in 0..<200 {
      do {
        return try JournalWriter(
          path: directory.journal, lockPath: directory.lock, options: options)
      } catch {
        guard case .taken = error else { throw error }
        usleep(10_000)
      }
    }
    return try JournalWriter(path: directory.journal, lockPath: directory.lock, options: options)
  }

  var wall: Int64 { bootWall + moment }

  /// Kills the process, and starts another from the journal alone.
  func restart(newBoot: Bool = false) throws {
    store.inner.writer.close()
    if newBoot {
      bootWall = wall + 30_000_000_000
      moment = 3_000_000_000
      bootId += 1
    }
    (store, mind) = try Self.open(directory, names, dialect)
    board = SimulatedBoard(settings: Self.simulation)
    connection = 0
    answers = []
    try start()
  }

  /// Ends, and lets the journal be read by others.
  func close() throws {
    try publish()
    snapshots[mind.durable.position] = RecordEncoder.encode(mind.durable)
    store.inner.writer.close()
  }

  private func start() throws {
    starts += 1
    let started = Started {
      $0.version = "0.1.0"
      $0.bootIdHigh = bootId
      $0.nonce = 0xABCD_0000_0000_0001 &+ starts << 32
      $0.identity = Identity { $0.id = "CP1" }
      $0.evses = Self.layout
      $0.policy = Policy {
        $0.reconnectMinimumSeconds = 2
        $0.reconnectMaximumSeconds = 300
        $0.hasUpstream = true
        $0.resumesAfterPowerLoss = true
        $0.reconnectRandomSeconds = 3
      }
      $0.settings = settings.sorted { $0.key.rawValue < $1.key.rawValue }.map { entry in
        FileSetting {
          $0.variable = entry.key
          $0.value = entry.value
        }
      }
    }
    try mind.observe(
      .started(started), at: mind.stamp(of: started, monotonicNanoseconds: moment))
    try publish()
    for reading in board.start(mind.station, nowNanoseconds: moment) { try observe(reading) }
    try observe(.boardReady(BoardReady()))
  }

  /// Two sockets, one with a lock, and an outlet.
  static let layout: [EVSELayout] = (1...3).map { number in
    EVSELayout {
      $0.id = UInt32(number)
      $0.connectors = [
        ConnectorLayout {
          $0.id = 1
          $0.flatNumber = UInt32(number)
          $0.hasLock = number == 1
          $0.hasPlugSense = number != 3
          $0.maximumMilliamperes = 32_000
          $0.phases = number == 2 ? 3 : 1
          $0.plausibleMilliwatts = 33_120_000
        }
      ]
    }
  }

  func observe(_ observation: Observation) throws {
    turns += 1
    try mind.observe(observation, at: mind.stamp(monotonicNanoseconds: moment))
  }

  /// Commits what is pending, and acts on it.
  func publish() throws {
    let events = try mind.commit()
    for event in events {
      guard case .decision(let decision) = event.body else { continue }
      if case .messageSent(let message) = decision { try take(event.number, message) }
      if case .connectionStarted = decision { try connect() }
      if case .connectionDropped = decision { connection = 0 }
    }
    board.reconcile(mind.durable.outputs, nowNanoseconds: moment)
    if random.isOnce(in: 10) {
      snapshots[mind.durable.position] = RecordEncoder.encode(mind.durable)
    }
  }
}
