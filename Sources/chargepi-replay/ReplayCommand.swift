import ChargePiES
import Journal
import Projections

/// A command line that cannot be used.
struct ReplayMisuse: Error {
  let text: String
}

/// The verbs of `chargepi-replay`.
struct ReplayCommand {
  let reader: JournalReader
  let names: TokenNames

  /// Runs a verb; returns the exit code.
  func run(_ words: ArraySlice<String>) throws -> Int32 {
    switch words.first ?? "timeline" {
    case "timeline": try timeline()
    case "json": try json()
    case "state": try state(words.dropFirst())
    case "sessions": try sessions()
    case "verify": return try VerifyCommand(reader: reader).run()
    case "copy":
      guard let target = words.dropFirst().first else { throw ReplayMisuse(text: "copy needs OUT") }
      try reader.copy(to: target)
    case let verb: throw ReplayMisuse(text: "there is no verb \"\(verb)\"")
    }
    return 0
  }

  private func timeline() throws {
    let clock = try reader.station().0.clock
    var output = OutputBuffer()
    try reader.forEachEvent(from: 1) { event in
      output.line(EventText.line(event, clock: clock, names: names))
      return true
    }
    output.flush()
  }

  private func json() throws {
    var output = OutputBuffer()
    try reader.forEachEvent(from: 1) { event in
      guard case .checkpoint = event.body else {
        let record = Record(event, turnOffset: 0)
        output.line(
          bytes: Array("{\"seq\":\(event.number),".utf8) + RecordJSON.object(record).dropFirst())
        return true
      }
      output.line("{\"seq\":\(event.number),\"checkpoint\":true}")
      return true
    }
    output.flush()
  }

  private func state(_ words: ArraySlice<String>) throws {
    var last = UInt64.max
    if let flag = words.first {
      guard flag == "--at", let text = words.dropFirst().first else {
        throw ReplayMisuse(text: "state takes --at SEQ or --at TIME")
      }
      last = try number(at: text)
    }
    let (station, _) = try reader.station(through: last)
    var output = OutputBuffer()
    output.line(bytes: RecordJSON.object(station))
    output.flush()
  }

  /// The last event at a number or a wall time.
  private func number(at text: String) throws -> UInt64 {
    if let number = UInt64(text) {
      guard number >= 1, number <= (try reader.last) else {
        throw ReplayMisuse(text: "the journal's events are 2 to \(try reader.last)")
      }
      return number
    }
    guard let wall = Timestamp.nanoseconds(parsing: text) else {
      throw ReplayMisuse(text: "\"\(text)\" is neither a number nor a time")
    }
    let clock = try reader.station().0.clock
    var last: UInt64 = 1
    try reader.forEachEvent(from: 1) { event in
      let time = clock.wallTime(
        boot: event.stamp.boot, monotonicNanoseconds: event.stamp.monotonicNanoseconds)
      guard let time, time.nanoseconds > wall else {
        last = event.number
        return true
      }
      return false
    }
    return last
  }

  private func sessions() throws {
    let ledger = try SessionLedger(reading: { take in
      try reader.forEachEvent(from: 1) { event in
        take(event)
        return true
      }
    })
    var output = OutputBuffer()
    for entry in ledger.entries { output.line(SessionText.line(entry, ledger.clock, names)) }
    output.line(SessionText.total(ledger.entries))
    output.flush()
  }
}
