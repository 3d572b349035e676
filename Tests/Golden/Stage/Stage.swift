import ChargePiES
import Journal
import Projections

/// A whole station on which a story is played: the real engine, outbox, dialect, journal and vault
/// between a board and a central system that do exactly what the story says.
final class Stage {
  typealias Mind = Engine<JournalStore, Outbox<OCPP16Dialect>>

  /// What comes over the network, and when.
  struct Arrival {
    var due: Int64
    var connection: UInt64
    var what: What

    enum What {
      case opened
      case closed(UInt32)
      case frame(String)
    }
  }

  let directory: String
  var site: Site
  var board: StageBoard
  let central = StageCentral()
  let vault: Vault
  let dialect = OCPP16Dialect(firmwareVersion: Site.version)
  var writer: JournalWriter
  var mind: Mind

  /// Nanoseconds since the board's start.
  var moment: Int64 = 3_000_000_000
  /// The true time at which the board started, nanoseconds since 1970.
  var bootWall: Int64
  var boot: UInt64 = 1
  private var starts: UInt64 = 0
  private let nonce: UInt64
  var connection: UInt64 = 0
  var connections: UInt64 = 0
  var calls = 0
  private var chance: UInt32 = 0
  var arrivals: [Arrival] = []
  /// What the system's clock is worth.
  var clockQuality = ClockQuality.ntp
  /// How far it is ahead of the true time, in seconds.
  var clockAheadSeconds: Int64 = 0

  /// A stage in an empty directory. The first process has yet to start.
  init(_ directory: String, _ site: Site, nonce: UInt64, beginning: String) throws {
    self.directory = directory
    self.site = site
    self.nonce = nonce
    board = StageBoard(site)
    guard let wall = Timestamp.nanoseconds(parsing: beginning) else {
      preconditionFailure("\(beginning) is no time")
    }
    bootWall = wall
    vault = try Vault(path: directory + "/vault.db", readOnly: false)
    writer = try Self.writer(directory)
    mind = try Self.mind(writer, vault, dialect)
  }

  static func writer(_ directory: String) throws -> JournalWriter {
    try JournalWriter(
      path: directory + "/journal.db", lockPath: directory + "/lock",
      options: JournalOptions(mapBytes: 1 << 30))
  }

  static func mind(
    _ writer: JournalWriter, _ vault: Vault, _ dialect: OCPP16Dialect
  ) throws -> Mind {
    let (station, checkpoint) = try writer.station()
    return Mind(
      station: station, store: JournalStore(writer),
      messages: Outbox(dialect: dialect, names: VaultBook(vault: vault)),
      lastCheckpoint: max(checkpoint, 1))
  }

  /// The state in memory.
  var station: Station { mind.station }
  /// The true time, nanoseconds since 1970.
  var wall: Int64 { bootWall + moment }

  /// A process starts, as the daemon does: what it is, the clock, the sensors.
  func start() throws {
    starts += 1
    let started = site.started(boot: boot, nonce: nonce + starts << 32)
    try mind.observe(
      .started(started), at: mind.stamp(of: started, monotonicNanoseconds: moment))
    try seeClock()
    try commit()
    for reading in board.start(site, at: moment) { try see(reading) }
    try see(.storageRead(StorageRead { $0.freeBytes = 8 << 30 }))
    try see(.boardReady(BoardReady()))
    try settle()
  }

  /// What the system's clock says now.
  func seeClock() throws {
    let wall = wall + clockAheadSeconds * nanosecondsPerSecond
    try see(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = wall
          $0.quality = clockQuality
        }))
  }

  /// An observation, now.
  func see(_ observation: Observation) throws {
    try mind.observe(observation, at: mind.stamp(monotonicNanoseconds: moment))
  }

  /// Time passes.
  func pass(seconds: Int64) throws { try pass(milliseconds: seconds * 1_000) }

  /// Time passes as in the daemon's loop: sensors, the network, deadlines, commits.
  func pass(milliseconds: Int64) throws {
    let end = moment + milliseconds * 1_000_000
    try settle()
    while moment < end {
      let due = [
        mind.station.nextDeadline(), mind.commitDueNanoseconds, board.due, arrivals.first?.due,
      ].compactMap(\.self).min()
      moment = min(end, max(moment + 1_000_000, due ?? end))
      for reading in board.takeDue(at: moment) { try see(reading) }
      while let arrival = arrivals.first, arrival.due <= moment {
        arrivals.removeFirst()
        try take(arrival)
      }
      if let due = mind.station.nextDeadline(), due <= moment {
        let chance = draw()
        try see(.timeReached(TimeReached { $0.chance = chance }))
      }
      try settle()
      try restartWhenDue()
    }
  }

  /// Chance, as the story has it.
  func draw() -> UInt32 {
    chance = (chance &+ 377) % 1_000
    return chance
  }

  /// What is decided is done, where it may be done before its commit.
  func settle() throws {
    for _ in 0..<Limits.roundsPerTurn {
      let permitted = Outputs.permitted(
        inMemory: mind.station.outputs, durable: mind.durable.outputs)
      let found = board.reconcile(permitted, at: moment)
      if found.isEmpty { break }
      for observation in found { try see(observation) }
    }
    guard let due = mind.commitDueNanoseconds, due <= moment else { return }
    try commit()
    try settle()
  }

  /// A reset that the central system asked for: an orderly stop, and another process.
  private func restartWhenDue() throws {
    let process = mind.station.process
    guard process.restart != .none, process.restartDueNanoseconds <= moment else { return }
    try stop(restart: process.restart)
    try start()
  }
}
