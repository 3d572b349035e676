/// What the writer and the readers of a journal have in common: reading it.
///
/// Each call sees one consistent state, the newest one at its start. Within a call, pages are
/// pinned: a `body` that waits (for a terminal, for a network) makes a live journal grow in the
/// meantime, so it should not.
public protocol JournalReading {
  /// The open file; throws when it is closed, or poisoned by a failed commit.
  var records: RecordMap { get throws(JournalError) }
}

extension JournalReading {
  /// Lends the bytes of one record, for the time of `body`; nil when the number is not there.
  ///
  /// Throws what `body` throws, or a `JournalError`.
  public func withRecord<R>(
    _ number: UInt64, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R? {
    let result = try records.withSnapshot { (snapshot) throws(JournalError) in
      let walk = try LeafWalk(snapshot, from: number)
      guard let leaf = walk.leaf else { return Result<R?, any Error>.success(nil) }
      let record = try snapshot.record(leaf, walk.index)
      guard record.number == number else { return .success(nil) }
      return Result { try body(record.bytes) }
    }
    return try result.get()
  }

  /// Lends the records from a number to another, ascending, until `body` says false.
  ///
  /// Ends at the last record of the snapshot that is in use by then; a snapshot is in use for a
  /// second, so that what a live journal appends meanwhile is mostly seen. Throws what `body`
  /// throws, or a `JournalError`.
  @inlinable
  public func forEach(
    from first: UInt64, through last: UInt64 = .max,
    _ body: (UInt64, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    let records = try records
    var next = first
    var outcome = ScanOutcome.expired
    while case .expired = outcome {
      outcome = try records.withSnapshot { (snapshot) throws(JournalError) in
        let age = SnapshotAge()
        var walk = try LeafWalk(snapshot, from: next)
        while let leaf = walk.leaf {
          var index = walk.index
          while index < leaf.count {
            let record = try snapshot.record(leaf, index)
            if record.number > last { return .ended }
            guard record.number >= next else { throw snapshot.misplaced() }
            next = record.number &+ 1
            do {
              guard try body(record.number, record.bytes) else { return .ended }
            } catch {
              return .failed(error)
            }
            index += 1
          }
          if age.isOver { return .expired }
          try walk.next(snapshot)
        }
        return .ended
      }
    }
    if case .failed(let error) = outcome { throw error }
  }

  /// Lends the records from a number back to another, descending, until `body` says false.
  ///
  /// `from` may be `.max` for the last record. Throws what `body` throws, or a `JournalError`.
  @inlinable
  public func forEachReversed(
    from first: UInt64 = .max, through last: UInt64 = 1,
    _ body: (UInt64, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    let records = try records
    var next = first
    var outcome = ScanOutcome.expired
    while case .expired = outcome {
      outcome = try records.withSnapshot { (snapshot) throws(JournalError) in
        let age = SnapshotAge()
        var walk = try LeafWalk(snapshot, backFrom: next)
        while let leaf = walk.leaf {
          var index = walk.index
          while index >= 0 {
            let record = try snapshot.record(leaf, index)
            if record.number < last { return .ended }
            guard record.number <= next, record.number > 0 else { throw snapshot.misplaced() }
            next = record.number - 1
            do {
              guard try body(record.number, record.bytes) else { return .ended }
            } catch {
              return .failed(error)
            }
            index -= 1
          }
          if age.isOver { return .expired }
          try walk.previous(snapshot)
        }
        return .ended
      }
    }
    if case .failed(let error) = outcome { throw error }
  }
}

/// How a scan of one snapshot ended.
@usableFromInline
enum ScanOutcome {
  /// The snapshot was in use for a second: go on with a new one.
  case expired
  case ended
  case failed(any Error)
}
