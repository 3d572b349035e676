import ChargePiES
import Journal
import Projections

/// The events after a number, as JSON.
struct EventsDocument {
  /// The most that one answer carries; the next request goes on behind them.
  static let most = 1_000

  private let journal: JournalWriter
  private let since: UInt64

  init(_ journal: JournalWriter, since: UInt64) {
    self.journal = journal
    self.since = since
  }

  /// `{"seq": last event in the journal, "events": […]}`.
  func answer(_ position: UInt64) throws -> Answer {
    var writer = JSONWriter(capacityBytes: 4_096)
    writer.beginObject()
    writer.member("seq", Int64(position))
    writer.name("events")
    writer.beginArray()
    var count = 0
    // The first may stand in the middle of a turn: its stamp is looked up once.
    let first = max(2, since &+ 1)
    let leading = position >= first ? try journal.event(first)?.stamp : nil
    try journal.forEachEvent(from: first) { event in
      var event = event
      if event.stamp.boot == 0, let leading { event.stamp = leading }
      write(event, &writer)
      count += 1
      return count < Self.most
    }
    writer.endArray()
    writer.endObject()
    return Answer(status: 200, body: writer.bytes + [UInt8(ascii: "\n")])
  }

  private func write(_ event: Event, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("seq", Int64(event.number))
    if event.stamp.wallNanoseconds > 0 {
      writer.member("time", Timestamp.text(nanoseconds: event.stamp.wallNanoseconds))
    }
    writer.member("monotonicNs", event.stamp.monotonicNanoseconds)
    writer.name("event")
    // A checkpoint is the whole state, encoded: its size says enough here.
    if case .checkpoint(let saved) = event.body {
      writer.beginObject()
      writer.member("checkpointBytes", saved.state.content.count)
      writer.endObject()
    } else {
      writer.raw(RecordJSON.object(EventBody(event.body)))
    }
    writer.endObject()
  }
}

/// An event's body as a record of its own, `{"card_read": {…}}`.
private struct EventBody: Listed {
  var body: Event.Body?

  init() {}
  init(_ body: Event.Body) { self.body = body }

  mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    Event.Body.list(&visitor, &body)
  }
}
