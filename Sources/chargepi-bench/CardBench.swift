import ChargePiES

/// From a card that is known here to the contactor's command, beside a bare LMDB commit of the same
/// records on the same disk, in turns so that both meet the disk in the same mood.
enum CardBench {
  static func run(folder: String, count: Int) throws {
    let station = try VirtualStation(
      folder: folder, settings: [.localPreAuthorize: "true"], isReachable: true)
    defer { station.close() }
    var bare = try BareLMDB(path: folder + "/bare.db", isReadOnly: false)
    defer { bare.close() }
    try station.run(until: station.now + 30 * nanosecondsPerSecond)
    try visit(station) { try station.swipe("04A1B2C3", evse: 1) }
    var ours: [Double] = []
    var limits: [Double] = []
    var events: [Event] = []
    for _ in 0..<count {
      try visit(station) {
        ours.append(try seconds { events = try swipe(station) })
        let records = records(of: events)
        limits.append(try seconds { try bare.commit(records) })
      }
    }
    figure("seconds", median(ours))
    figure("bare_seconds", median(limits))
    figure("records", Double(events.count))
    figure("bytes", Double(records(of: events).reduce(0) { $0 + $1.count }))
  }

  /// The measured part: everything that lies between the reader and the relay.
  private static func swipe(_ station: VirtualStation) throws -> [Event] {
    try station.swipe("04A1B2C3", evse: 1)
    try station.settle()
    let events = try station.commit()
    guard station.engine.durable.outputs.evses[0].isClosed else {
      throw BenchError.text("the card's own commit does not command the contactor")
    }
    return events
  }

  private static func visit(_ station: VirtualStation, _ begin: () throws -> Void) throws {
    let second = nanosecondsPerSecond
    try station.board.plug(evse: 1, connector: 1, car: nil, nowNanoseconds: station.now)
    try station.run(until: station.now + 20 * second)
    try begin()
    try station.run(until: station.now + 20 * second)
    try station.swipe("04A1B2C3", evse: 1)
    try station.run(until: station.now + 5 * second)
    try station.board.unplug(
      evse: 1, connector: 1, carSideOnly: false, nowNanoseconds: station.now)
    try station.run(until: station.now + 20 * second)
  }

  /// The records as the journal has them; the last bears the commit's hash.
  private static func records(of events: [Event]) -> [[UInt8]] {
    var start: UInt64 = 0
    var records = events.map { event in
      if case .observation = event.body { start = event.number }
      return RecordEncoder.encode(Record(event, turnOffset: UInt32(event.number - start)))
    }
    records[records.count - 1] += [UInt8](repeating: 0x5A, count: commitHashBytes)
    return records
  }

  /// Tag, length and SHA-256 of field 15.
  private static let commitHashBytes = 34
}
