import ChargePiES
import Projections
import Testing

/// A station in memory with its outbox, on a clock of its own, opposite a scripted central system.
///
/// Every call and answer that the station sends is read by the generated message types: one that
/// breaks its schema fails the test that made it.
final class Rig {
  var engine: Engine<MemoryStore, Outbox<OCPP16Dialect>>
  let store = MemoryStore()
  let names = MemoryNames()
  static let dialect = OCPP16Dialect(firmwareVersion: "0.1.0")
  var layout: [EVSELayout]
  var identity = Identity {
    $0.id = "CP1"
    $0.vendor = "UL FE"
    $0.model = "ChargePi"
    $0.serial = "S-1"
  }
  var policy = Policy {
    $0.hasUpstream = true
    $0.reconnectMinimumSeconds = 2
    $0.reconnectRandomSeconds = 10
    $0.reconnectMaximumSeconds = 300
  }
  var settings: [Variable: String] = [:]
  var starts: UInt64 = 0
  /// What a start's nonce begins with; its end counts the starts.
  var nonceBase: UInt64 = 0xA1B2_C3D4_0000_0000
  var bootId: UInt64 = 1

  /// Nanoseconds of this boot.
  var moment: Int64 = 1_000_000_000
  /// The true time when this boot began, nanoseconds since 1970.
  var bootWall = Timestamp.nanoseconds(parsing: "2026-11-23T09:00:00Z") ?? 0

  /// What was sent as a CALL, in order.
  var calls: [SentCall] = []
  /// What was sent as an answer, in order.
  var answers: [OCPPFrame] = []
  var connection: UInt64 = 0
  /// The call that was sent last and has no answer yet, and when it was sent.
  var outstanding: (call: SentCall, since: Int64)?
  /// What the central system says to each call.
  var script: (SentCall) -> Reply = { _ in .usual }
  var lastTransaction: Int64 = 0
  /// What cars draw through closed contactors, in milliwatts.
  var drawMilliwatts: Int64 = 7_360_000
  var counters: [UInt32: Int64] = [:]

  /// How the central system answers.
  enum Reply {
    case usual
    case result(String)
    case error(String)
    case silence
  }

  init(
    layout: [EVSELayout] = Rig.sockets(2), settings: [Variable: String] = [:],
    prepare: (Rig) -> Void = { _ in }
  ) throws {
    self.layout = layout
    self.settings = settings
    var station = Station()
    station.position = 1
    engine = Engine(
      station: station, store: store, messages: Outbox(dialect: Self.dialect, names: names),
      lastCheckpoint: 1)
    prepare(self)
    try start()
  }

  /// EVSEs with one connector each that senses its plug and cannot be locked.
  static func sockets(_ count: UInt32, phases: UInt32 = 1, hasLock: Bool = false) -> [EVSELayout] {
    (1...count).map { number in
      EVSELayout {
        $0.id = number
        $0.connectors = [
          ConnectorLayout {
            $0.id = 1
            $0.flatNumber = number
            $0.hasLock = hasLock
            $0.hasPlugSense = true
            $0.maximumMilliamperes = 32_000
            $0.phases = phases
            $0.plausibleMilliwatts = 7_360_000 * 3 / 2 * Int64(phases)
          }
        ]
      }
    }
  }

  var station: Station { engine.station }
  var upstream: Upstream { engine.station.upstreams.first ?? Upstream() }
  var wall: Int64 { bootWall + moment }

  /// Takes one observation through a turn and its commit; returns the turn's events.
  @discardableResult
  func observe(_ observation: Observation) throws -> [Event] {
    try engine.observe(observation, at: engine.stamp(monotonicNanoseconds: moment))
    return try publish()
  }

  private func publish() throws -> [Event] {
    let events = try engine.commit()
    for event in events {
      guard case .decision(let decision) = event.body else { continue }
      if case .messageSent(let sent) = decision { try note(sent) }
      if case .answerSent(let answer) = decision { try note(answer) }
    }
    return events
  }

  /// Begins a process; `newBoot` gives it another boot of the board, `wall` nanoseconds later.
  func start(newBoot: Bool = false, after wall: Int64 = 60_000_000_000) throws {
    if newBoot {
      bootId += 1
      bootWall = self.wall + wall
      moment = 2_000_000_000
    }
    starts += 1
    connection = 0
    outstanding = nil
    let started = Started {
      $0.version = "0.1.0"
      $0.bootIdHigh = bootId
      $0.bootIdLow = 7
      $0.nonce = nonceBase | starts
      $0.identity = identity
      $0.evses = layout
      $0.policy = policy
      $0.settings = settings.sorted { $0.key.rawValue < $1.key.rawValue }.map { entry in
        FileSetting {
          $0.variable = entry.key
          $0.value = entry.value
        }
      }
    }
    try engine.observe(
      .started(started), at: engine.stamp(of: started, monotonicNanoseconds: moment))
    _ = try publish()
    for evse in layout { try read(evse.id) }
    try observe(.boardReady(BoardReady()))
  }

  /// Kills the process and starts it again, from the stored events alone.
  func restart(newBoot: Bool = false, after wall: Int64 = 60_000_000_000) throws {
    var station = Station()
    station.position = 1
    for event in store.events { station.apply(event) }
    engine = Engine(
      station: station, store: store, messages: Outbox(dialect: Self.dialect, names: names),
      lastCheckpoint: 1)
    try start(newBoot: newBoot, after: wall)
  }
}

/// A CALL as it went over the wire.
struct SentCall {
  var id: String
  var action: String
  var payload: JSON
  var bytes: [UInt8]
  /// The process, counted from 1, and its connection.
  var start: UInt64
  var connection: UInt64
  var sent: MessageSent

  /// The payload as it stands on the wire.
  var text: String {
    let whole = String(decoding: bytes, as: UTF8.self)
    let head = "[2,\"\(id)\",\"\(action)\","
    return whole.hasPrefix(head) ? String(whole.dropFirst(head.count).dropLast()) : whole
  }
}
