import ChargePiES
import Journal
import Synchronization

/// A process may have a journal open once only, and tests run side by side.
private let door = Mutex(())

/// A journal that was written once, as today's program reads it.
package struct GoldenJournal {
  /// Its records as bytes, by number, the format record included.
  package let records: [(number: UInt64, bytes: [UInt8])]
  /// Its events, up to the first record that is refused.
  package let events: [Event]
  /// Why reading ended before the end; nil when it did not.
  package let refusal: EventLogError?
  /// Card numbers for print; nil without a vault.
  package let vault: Vault?

  /// Reads the journal in a folder, and opens the vault beside it where there is one.
  package init(folder: String) throws {
    records = try Self.records(at: folder + "/journal.db")
    vault =
      try Files.read(folder + "/vault.db") == nil
      ? nil : Vault(path: folder + "/vault.db", readOnly: true)
    var decoder = EventDecoder()
    var events: [Event] = []
    var refusal: EventLogError?
    for record in records {
      do throws(EventLogError) {
        if let event = try Self.event(record.number, record.bytes, &decoder) {
          events.append(event)
        }
      } catch {
        refusal = error
        break
      }
    }
    self.events = events
    self.refusal = refusal
  }

  private static func event(
    _ number: UInt64, _ bytes: [UInt8], _ decoder: inout EventDecoder
  ) throws(EventLogError) -> Event? {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(EventLogError) in try decoder.event(number, buffer) }
    }
    return try result.get()
  }

  /// All records of a journal file.
  static func records(at path: String) throws -> [(number: UInt64, bytes: [UInt8])] {
    var records: [(number: UInt64, bytes: [UInt8])] = []
    try withReader(path) { reader in
      try reader.forEach(from: 0) { number, bytes in
        records.append((number, [UInt8](bytes)))
        return true
      }
    }
    return records
  }

  /// Lends a reader of a journal file, to one at a time.
  package static func withReader(_ path: String, _ body: (JournalReader) throws -> Void) throws {
    try door.withLock { _ in
      let reader = try JournalReader(path: path)
      defer { reader.close() }
      try body(reader)
    }
  }

  /// Whether a record's content was erased.
  package static func isErased(_ record: [UInt8]) -> Bool {
    WireField.split(record).first?.number == 14
  }

  /// A record without the hash of its commit.
  package static func withoutHash(_ record: [UInt8]) -> [UInt8] {
    WireField.split(record).filter { $0.number != 15 }.flatMap(\.bytes)
  }

  /// Whether the journal begins with a checkpoint of another version of the state: then only that
  /// version can start with it.
  package var needsOtherVersion: Bool {
    guard case .checkpoint(let saved)? = events.first?.body, events.first?.number != 2 else {
      return false
    }
    return saved.stateVersion != Station.stateVersion
  }

  /// The state before the first event: empty, or in a checkpoint where a journal was pruned.
  package var beginning: Station {
    get throws {
      if case .checkpoint(let saved)? = events.first?.body, events.first?.number != 2 {
        return try RecordDecoder.decode(Station.self, from: saved.state.content)
      }
      var station = Station()
      station.position = 1
      return station
    }
  }

  /// The state after all events, event by event; `look` sees the state before each of them.
  package func fold(_ look: (Station, Event) throws -> Void = { _, _ in }) throws -> Station {
    var station = try beginning
    for event in events {
      try look(station, event)
      station.apply(event)
    }
    return station
  }
}
