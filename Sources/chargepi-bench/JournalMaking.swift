import ChargePiES
import Journal

/// Writes journals with the real engine, for start-up, replay and a backlog.
enum JournalMaking {
  /// What Examples/station is set to, and so what `make run` writes.
  private static let settings: [Variable: String] = [
    .sampledInterval: "10",
    .sampledMeasurands:
      "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC",
  ]

  /// An online station's life of so many events or a few more: sessions of half a minute to an
  /// hour, read once a second, sampled every ten seconds. The file ends far behind its last
  /// checkpoint, which is the worst that a start can meet.
  static func life(folder: String, events: Int) throws {
    let station = try VirtualStation(folder: folder, settings: settings, isReachable: true)
    defer { station.close() }
    var scenario = Scenario(stays: 30...3_600, pauses: 60...1_800, from: station.now)
    let tail = UInt64(Limits.eventsBetweenCheckpoints) - 1_000
    try scenario.play(station) {
      let position = $0.engine.station.position
      return position >= UInt64(events)
        && (position % Limits.eventsBetweenCheckpoints >= tail || events < 100_000)
    }
    try station.commit()
    try describe(station.store.writer)
  }

  /// A station that never reached its central system: at least so many messages wait.
  static func backlog(folder: String, messages: Int) throws {
    var offline = settings
    offline[.allowOfflineTxForUnknownId] = "true"
    offline[.sampledInterval] = "30"
    let station = try VirtualStation(folder: folder, settings: offline, isReachable: false)
    defer { station.close() }
    var scenario = Scenario(stays: 60...240, pauses: 10...60, from: station.now)
    func waiting() -> UInt64 { station.engine.station.authority?.transactions.count ?? 0 }
    try scenario.play(station) { _ in waiting() >= UInt64(messages) }
    try scenario.finish(station)
    figure("messages", Double(waiting()))
    try describe(station.store.writer)
  }

  /// The mix: how many records, commits and bytes of which kind.
  private static func describe(_ writer: JournalWriter) throws {
    var events = 0
    var readings = 0
    var bytes = 0
    var tail = 0
    try writer.forEach(from: 1) { _, record in
      events += 1
      bytes += record.count
      tail += 1
      switch Record.kind(of: record) {
      case meterReadKind: readings += 1
      case Record.checkpointKind: tail = 0
      default: break
      }
      return true
    }
    figure("events", Double(events))
    figure("readings", Double(readings))
    figure("record_bytes", Double(bytes))
    figure("tail", Double(tail))
  }

  /// The field number of `Observation.meterRead`.
  private static let meterReadKind: UInt32 = 23
}
