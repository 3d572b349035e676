import ChargePiES
import Journal

/// Decodes and applies a whole journal, beside a bare cursor's walk over the same file.
enum ReplayBench {
  static func run(journal: String, rounds: Int) throws {
    var ours: [Double] = []
    var decoding: [Double] = []
    var limits: [Double] = []
    var events = 0
    for _ in 0..<rounds {
      let bare = try BareLMDB(path: journal, isReadOnly: true)
      limits.append(try seconds { events = try bare.scan() })
      bare.close()
      let reader = try JournalReader(path: journal)
      defer { reader.close() }
      decoding.append(try seconds { try decode(reader) })
      ours.append(try seconds { try replay(reader, expecting: events) })
    }
    figure("events", Double(events))
    figure("events_per_second", Double(events) / fastest(ours))
    figure("decoded_per_second", Double(events) / fastest(decoding))
    figure("scanned_per_second", Double(events) / fastest(limits))
  }

  private static func replay(_ reader: JournalReader, expecting events: Int) throws {
    var station = Station()
    station.position = 1
    try reader.forEachEvent(from: 1) { event in
      station.apply(event)
      return true
    }
    guard station.position == UInt64(events) else {
      throw BenchError.text("the replay ended at \(station.position), not at \(events)")
    }
  }

  private static func decode(_ reader: JournalReader) throws {
    var sum: UInt64 = 0
    try reader.forEachEvent(from: 1) { event in
      sum &+= event.number
      return true
    }
    guard sum > 0 else { throw BenchError.text("the journal is empty") }
  }
}
