import ChargePiES
import Drivers
import Glibc
import Journal
import Link
import Projections

/// Why the daemon could not start.
struct StartFailure: Error {
  let text: String
  let exitCode: Int32
}

/// The station's process: wires the loop's mind to the journal, the board, the link and the API.
///
/// One thread owns everything here and runs the loop; libwebsockets' service is that loop.
final class Daemon {
  let arguments: Arguments
  let configuration: Configuration
  let log: Log
  let loop: ServiceLoop
  let board: any Board
  /// What people and tests move about; nil with real hardware.
  let world: (any SimulatedScene)?
  let names: VaultNames
  let vault: Vault
  let store: JournalStore
  var engine: Engine<JournalStore, Outbox<OCPP16Dialect>>
  let dialect = OCPP16Dialect(firmwareVersion: programVersion)
  let signals: SignalWatch
  /// Nil when nobody has started us who wants to be told.
  var serviceManager = ServiceManager()

  /// The open or opening connection and its number in the events.
  var connection: (id: ConnectionID, number: UInt64)?
  var connections: UInt64 = 0
  /// Requests that wait for events.
  var waiting: [WaitingRequest] = []
  var httpPort: UInt16 = 0
  /// What the simulation has said the system's clock claims; nil while the system speaks.
  var claimedClock: ClockRead?
  var claimedFreeBytes: Int64?
  var storageCheckNanoseconds: Int64 = 0
  var clockCheckNanoseconds: Int64 = 0
  /// What became of the card that was shown last, for the display.
  var recentCard = RecentCard()
  /// When display and lamps are looked at again though nothing has happened; nil for never.
  var pictureDueNanoseconds: Int64?
  /// How long turns take.
  var pace = LoopPace()
  var adviseNanoseconds: Int64 = 0
  var adviseCommits: UInt64 = 0
  /// When the journal was last committed to.
  var committedNanoseconds: Int64 = 0
  /// Tells when the system's clock was set.
  var clockWatch = ClockWatch()
  /// The way out, once it is decided.
  var ending: Ending?

  /// How the process ends.
  enum Ending {
    case stop
    case restart
  }

  /// Opens everything; throws a sentence and an exit code when that is impossible.
  init(arguments: Arguments, configuration: Configuration) throws {
    self.arguments = arguments
    self.configuration = configuration
    log = Log(level: arguments.logLevel)
    signals = SignalWatch()
    let data = arguments.dataDirectory
    if case .failure(let error) = makeDirectory(data) {
      throw StartFailure(text: "\(data): \(error.text)", exitCode: 3)
    }
    do {
      let writer = try JournalWriter(path: data + "/journal.db", lockPath: data + "/lock")
      store = JournalStore(writer)
      vault = try Vault(path: data + "/vault.db", readOnly: false)
      names = VaultNames(vault)
      let (station, checkpoint) = try writer.station()
      engine = Engine(
        station: station, store: store, messages: Outbox(dialect: dialect, names: names),
        lastCheckpoint: max(checkpoint, 1))
    } catch let error as JournalError {
      throw StartFailure(text: error.description, exitCode: 3)
    } catch let error as EventLogError {
      throw StartFailure(text: "\(data)/journal.db: \(error)", exitCode: 3)
    }
    loop = try ServiceLoop()
    (board, world) = try Self.board(
      configuration, engine.station, fingerprint: configuration.fingerprint, waker: loop.waker)
    try listen()
    signals.start(waker: loop.waker)
  }

  private func listen() throws {
    do throws(LinkError) {
      httpPort = try loop.listen(tcpHost: arguments.httpHost, port: arguments.httpPort)
      try loop.listen(unixPath: arguments.dataDirectory + "/chargepi.sock")
    } catch {
      throw StartFailure(text: "the API cannot listen: \(error)", exitCode: 1)
    }
    let port = Array("\(httpPort)\n".utf8)
    if case .failure(let error) = writeFile(arguments.dataDirectory + "/http.port", port) {
      throw StartFailure(text: "\(arguments.dataDirectory)/http.port: \(error.text)", exitCode: 3)
    }
  }

  /// Runs until the process ends; returns the exit code.
  func run() -> Int32 {
    do {
      try begin()
    } catch {
      // Nothing has been promised yet: an unusable journal is for people to mend.
      log.write(.critical, "the journal cannot take the first records of this start: \(error)")
      close()
      return 3
    }
    do {
      while ending == nil { try turn() }
      return try end()
    } catch {
      return fail(error)
    }
  }

  /// The first records of a start: what this process is, then what the sensors say.
  private func begin() throws {
    let started = try startedEvent()
    let now = SystemClock.monotonicNanoseconds()
    try engine.observe(
      .started(started), at: engine.stamp(of: started, monotonicNanoseconds: now))
    try observe(clockReading())
    try commit()
    log.write(
      .notice,
      "chargepi \(programVersion) at event \(engine.durable.position), API on "
        + "\(arguments.httpHost):\(httpPort)")
    let readings = board.start(engine.station, nowNanoseconds: now)
    for reading in readings { try observe(reading) }
    try observe(storageReading())
    try noteReadiness()
    serviceManager?.tell("READY=1")
  }

  /// Tells once that every sensor has spoken: what was running is settled then.
  func noteReadiness() throws {
    guard !engine.station.process.isReady, board.isReady else { return }
    try observe(.boardReady(BoardReady()))
  }

  private func startedEvent() throws -> Started {
    let boot = SystemClock.bootId()
    var settings = configuration.settings
    if let key = configuration.security.authorizationKey {
      let version = try names.keep(secret: BasicAuthPassword.secretName, Array(key.utf8))
      settings.append(.init { $0.set(.basicAuthPassword, "\(version)") })
    }
    settings.append(.init { $0.set(.securityProfile, "\(configuration.security.profile)") })
    return Started {
      $0.version = programVersion
      $0.bootIdHigh = boot.high
      $0.bootIdLow = boot.low
      $0.nonce = SystemClock.random() | 1
      $0.identity = configuration.identity
      $0.evses = configuration.evses
      $0.settings = settings
      $0.defaults = Variable.allCases.compactMap { variable in
        guard variable != .unspecified else { return nil }
        return FileSetting { $0.set(variable, variable.definition.initial) }
      }
      $0.policy = configuration.policy
      $0.fingerprint = configuration.fingerprint
    }
  }

  /// Takes an observation at this moment.
  func observe(_ observation: Observation) throws {
    let stamp = engine.stamp(monotonicNanoseconds: SystemClock.monotonicNanoseconds())
    try engine.observe(observation, at: stamp)
  }
}

extension FileSetting {
  mutating func set(_ variable: Variable, _ value: String) {
    self.variable = variable
    self.value = value
  }
}
