import ChargePiES
import Drivers
import Journal
import Projections

/// A whole station on a clock of its own: engine, outbox, journal and simulated board are the real
/// ones, the central system answers from memory. A day takes seconds.
///
/// It repeats the daemon's loop in small: drain, decide, commit once, publish.
final class VirtualStation {
  var engine: Engine<JournalStore, Outbox<OCPP16Dialect>>
  let store: JournalStore
  let names: BenchNames
  let board: SimulatedBoard
  let dialect = OCPP16Dialect(firmwareVersion: "bench")
  /// The clock, nanoseconds of the boot.
  var now: Int64 = 60 * nanosecondsPerSecond
  /// Whether the central system can be reached.
  let isReachable: Bool
  var connection: UInt64 = 0
  /// What the network brings, and when.
  var arriving: [(dueNanoseconds: Int64, what: Arrival)] = []
  var transactions = 0

  /// What can arrive from the network.
  enum Arrival {
    case opened(UInt64)
    case failed(UInt64)
    case answer([UInt8])
  }

  /// 1 January 2026, when every virtual station starts.
  static let epochNanoseconds: Int64 = 1_767_225_600 * nanosecondsPerSecond

  /// A station with four connectors, on a new journal in a folder.
  init(folder: String, settings: [Variable: String], isReachable: Bool) throws {
    let writer = try JournalWriter(path: folder + "/journal.db", lockPath: folder + "/lock")
    store = JournalStore(writer)
    names = BenchNames(try Vault(path: folder + "/vault.db", readOnly: false))
    let (station, checkpoint) = try writer.station()
    engine = Engine(
      station: station, store: store, messages: Outbox(dialect: dialect, names: names),
      lastCheckpoint: max(checkpoint, 1))
    board = SimulatedBoard(settings: SimulationSettings())
    self.isReachable = isReachable
    try begin(settings)
  }

  private func begin(_ settings: [Variable: String]) throws {
    let started = Self.started(settings)
    try engine.observe(
      .started(started), at: engine.stamp(of: started, monotonicNanoseconds: now))
    try observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = Self.epochNanoseconds + now
          $0.quality = .ntp
        }))
    try commit()
    for reading in board.start(engine.station, nowNanoseconds: now) { try observe(reading) }
    try observe(.storageRead(StorageRead { $0.freeBytes = 1 << 40 }))
    try observe(.boardReady(BoardReady()))
    try turn()
  }

  private static func started(_ settings: [Variable: String]) -> Started {
    Started {
      $0.version = "bench"
      $0.bootIdHigh = 1
      $0.bootIdLow = 1
      $0.nonce = 0x0123_4567_89AB_CDEF
      $0.identity = Identity {
        $0.id = "CP-1"
        $0.vendor = "UL FE"
        $0.model = "ChargePi"
        $0.ocppVersion = "1.6"
      }
      $0.evses = (1...4).map(layout)
      $0.settings = settings.sorted { $0.key.rawValue < $1.key.rawValue }.map { variable, value in
        FileSetting {
          $0.variable = variable
          $0.value = value
        }
      }
      $0.policy = Policy {
        $0.minimumPowerMilliwatts = 20_000
        $0.hasUpstream = true
      }
    }
  }

  private static func layout(_ id: UInt32) -> EVSELayout {
    EVSELayout {
      $0.id = id
      $0.connectors = [
        ConnectorLayout {
          $0.id = 1
          $0.flatNumber = id
          $0.hasLock = true
          $0.hasPlugSense = true
          $0.maximumMilliamperes = 32_000
          $0.phases = 1
          $0.plausibleMilliwatts = 11_040_000
        }
      ]
    }
  }

  /// Closes the files.
  func close() {
    store.writer.close()
    names.vault.close()
  }
}
