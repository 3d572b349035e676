import ChargePiES

/// The journal as the engine's store: one commit, one durable transaction.
public final class JournalStore: EventStore {
  /// The file.
  public let writer: JournalWriter
  private var batch = RecordBatch()

  /// Keeps events in an open journal.
  public init(_ writer: JournalWriter) {
    self.writer = writer
  }

  /// Appends whole turns. Throws a `JournalError`; then nothing of it is in the file.
  public func commit(_ events: [Event]) throws {
    var turnStart: UInt64 = 0
    for event in events {
      if case .decision = event.body {
        precondition(turnStart != 0, "a commit begins with an observation")
      } else {
        turnStart = event.number
      }
      let record = Record(event, turnOffset: UInt32(event.number - turnStart))
      batch.append { (bytes: inout [UInt8]) in
        // Handed over and back, so that the buffer is never copied.
        var encoder = RecordEncoder()
        swap(&encoder.output, &bytes)
        record.append(to: &encoder)
        swap(&encoder.output, &bytes)
      }
    }
    let numbers = try writer.append(&batch)
    precondition(
      numbers.lowerBound == events.first?.number && numbers.upperBound == events.last?.number,
      "the journal numbers events as the engine does")
  }

  public var chainHash: [UInt8] { writer.head.bytes }

  public func event(_ number: UInt64) throws -> Event? { try writer.event(number) }

  public func queued(after number: UInt64, most: Int) throws -> [(
    number: UInt64, message: MessageQueued
  )] {
    var found: [(number: UInt64, message: MessageQueued)] = []
    try writer.forEach(from: number + 1) { number, bytes in
      guard Record.kind(of: bytes) == Record.messageQueuedKind else { return true }
      let record = try EventDecoder.record(number, bytes)
      if case .decision(.messageQueued(let message))? = record.body, message.kind == .transaction {
        found.append((number, message))
      }
      return found.count < most
    }
    return found
  }
}
