import ChargePiES

/// What is wrong with an event in the journal.
public enum EventLogError: Error, Equatable, CustomStringConvertible {
  /// A record that cannot be decoded.
  case damaged(number: UInt64, RecordError)
  /// A kind of event that this program does not know: a newer one wrote it.
  case newer(number: UInt64, kind: UInt32)
  /// The state before the first event is only in a checkpoint that this program cannot read.
  case beginningMissing(first: UInt64)

  public var description: String {
    switch self {
    case .damaged(let number, let error):
      "record \(number) of the journal cannot be read (\(error)): "
        + "run `chargepi-replay JOURNAL verify`, and restore a copy if it reports damage"
    case .newer(let number, let kind):
      "record \(number) of the journal is of kind \(kind), which a newer ChargePi wrote: "
        + "install that version or a later one"
    case .beginningMissing(let first):
      "the journal begins at event \(first), and its checkpoints are of another version: "
        + "start the version that wrote them, or use a copy that is not pruned"
    }
  }
}

/// Decodes records in sequence; the decisions of a turn inherit its observation's stamp.
public struct EventDecoder {
  private var stamp = Stamp()

  /// A decoder that starts at the beginning of a turn.
  public init() {}

  /// The event of a record; nil for the format record and for erased ones.
  public mutating func event(
    _ number: UInt64, _ bytes: UnsafeRawBufferPointer
  ) throws(EventLogError) -> Event? {
    let record = try Self.record(number, bytes)
    guard let body = record.body else {
      stamp = Stamp()  // Of an erased observation; its decisions must not get another's.
      return nil
    }
    if record.turnOffset == 0 { stamp = record.stamp }
    return Event(number: number, stamp: stamp, body: body)
  }

  static func record(
    _ number: UInt64, _ bytes: UnsafeRawBufferPointer
  ) throws(EventLogError) -> Record {
    var skipped: UInt32 = 0
    let record: Record
    do {
      record = try RecordDecoder.record(from: bytes, skipped: &skipped)
    } catch {
      throw .damaged(number: number, error)
    }
    // Field 14 marks an erased record; anything from 16 on is a kind of its own.
    if record.body == nil, record.format == nil, skipped != 14, skipped != 0 {
      let kind = Record.kind(of: bytes)
      if kind >= Record.firstKind { throw .newer(number: number, kind: kind) }
    }
    return record
  }
}

extension JournalReading {
  /// Lends the events from a number to another, ascending, until `body` says false.
  ///
  /// `first` must begin a turn, or the stamps of its decisions are empty.
  public func forEachEvent(
    from first: UInt64, through last: UInt64 = .max, _ body: (Event) throws -> Bool
  ) throws {
    var decoder = EventDecoder()
    try forEach(from: first, through: last) { number, bytes in
      guard let event = try decoder.event(number, bytes) else { return true }
      return try body(event)
    }
  }

  /// One event with its turn's stamp; nil when it is not there or erased.
  public func event(_ number: UInt64) throws -> Event? {
    guard let found = try withRecord(number, { try EventDecoder.record(number, $0) }),
      let body = found.body
    else { return nil }
    guard found.turnOffset > 0, UInt64(found.turnOffset) < number else {
      return Event(number: number, stamp: found.stamp, body: body)
    }
    let first = number - UInt64(found.turnOffset)
    let stamp = try withRecord(first) { try EventDecoder.record(first, $0).stamp }
    return Event(number: number, stamp: stamp ?? Stamp(), body: body)
  }

  /// The number of the last checkpoint at or before a record, 0 when there is none.
  public func lastCheckpoint(before number: UInt64 = .max) throws -> UInt64 {
    var found: UInt64 = 0
    try forEachReversed(from: number, through: 1) { number, bytes in
      guard Record.kind(of: bytes) == Record.checkpointKind else { return true }
      found = number
      return false
    }
    return found
  }

  /// The state after an event: the last checkpoint before it that can be read, and what follows.
  public func station(through last: UInt64 = .max) throws -> (Station, checkpoint: UInt64) {
    var station = Station()
    station.position = 1  // The format record stands before every event.
    var checkpoint = try lastCheckpoint(before: last)
    while checkpoint > 0 {
      if case .checkpoint(let saved)? = try event(checkpoint)?.body, let state = saved.station {
        station = state
        break
      }
      checkpoint = checkpoint > 1 ? try lastCheckpoint(before: checkpoint - 1) : 0
    }
    var isFirst = true
    try forEachEvent(from: max(1, checkpoint), through: last) { event in
      if isFirst, checkpoint == 0, event.number != station.position + 1 {
        throw EventLogError.beginningMissing(first: event.number)
      }
      isFirst = false
      station.apply(event)
      return true
    }
    return (station, checkpoint)
  }
}
