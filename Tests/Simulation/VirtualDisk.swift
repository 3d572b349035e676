import ChargePiES
import Journal

/// Why a commit threw.
enum DiskFailure: Error {
  /// Nothing of it is there, or all of it: the process cannot know.
  case refused
  /// The board lost power while it was written.
  case powerCut
}

/// A disk behind the journal's border: it keeps the records' bytes, and can fail, fill up, tear
/// what is being written and lose what was not synchronised.
///
/// A commit is written to a cache first and moved to the platter as a whole; only a commit whose
/// digest is on the platter counts, so a torn one is found and cut off at the next start. What is
/// on the platter feeds a second station, from the bytes, as a reader of the journal would.
final class VirtualDisk: EventStore {
  /// What becomes of the next commit.
  enum Fate {
    case kept
    /// An error, and nothing is there.
    case fails
    /// An error, and everything is there.
    case failsAfterwards
    /// Power goes before anything is on the platter.
    case cutLost
    /// Power goes when part of it is on the platter.
    case cutTorn
    /// Power goes when all of it is on the platter, before anybody was told.
    case cutKept
  }

  private var platter = RecordLog()
  private var batch = RecordLog()
  /// The chain over the records of all commits.
  private(set) var chain = Fingerprint64()
  /// A station that has seen nothing but the bytes.
  private(set) var shadow: Station
  /// The last checkpoint on the platter; 0 while there is none.
  private(set) var lastCheckpoint: UInt64 = 0
  var fate = Fate.kept
  /// Whether there is no room at all.
  var isFull = false
  /// What `statvfs` would say.
  var freeBytes: Int64 = 1 << 36
  /// Part of a commit that the last cut left behind.
  private(set) var tornBytes = 0
  private(set) var commits = 0
  /// A disk that says it has synchronised and has not: a power cut takes its last commit back. Only
  /// for trying out whether that is noticed.
  var isDishonest = false
  private var before: (last: UInt64, chain: Fingerprint64)?

  init() {
    shadow = Station()
    shadow.position = 1  // The format record stands before every event.
  }

  /// Lends the second station.
  func look<R>(_ body: (Station) throws -> R) rethrows -> R { try body(shadow) }

  /// The number of the last record that is durable.
  var last: UInt64 { platter.last }

  var chainHash: [UInt8] {
    var chain = chain
    return (0..<32).map { index in
      if index % 8 == 0 { chain.add(UInt64(index)) }
      return UInt8(truncatingIfNeeded: chain.value >> UInt64(8 * (index % 8)))
    }
  }

  func commit(_ events: [Event]) throws {
    commits += 1
    if isFull { throw DiskFailure.refused }
    write(events)
    let outcome = fate
    fate = .kept
    switch outcome {
    case .fails: throw DiskFailure.refused
    case .cutLost: throw DiskFailure.powerCut
    case .cutTorn:
      tornBytes = batch.byteCount / 2 + 1
      throw DiskFailure.powerCut
    case .kept, .failsAfterwards, .cutKept: try synchronise(events)
    }
    if outcome == .failsAfterwards { throw DiskFailure.refused }
    if outcome == .cutKept { throw DiskFailure.powerCut }
  }

  /// Encodes whole turns, as the journal's store does.
  private func write(_ events: [Event]) {
    batch.removeAll(after: platter.last)
    var turnStart: UInt64 = 0
    for event in events {
      if case .decision = event.body {
        precondition(turnStart != 0, "a commit begins with an observation")
      } else {
        turnStart = event.number
      }
      batch.append(Record(event, turnOffset: UInt32(event.number - turnStart)))
    }
  }

  /// Moves what is written to the platter, and lets the second station read it there.
  private func synchronise(_ events: [Event]) throws {
    guard events.first?.number == platter.last + 1 else {
      throw Broken("the journal numbers events as the engine does: \(platter.last) is the last")
    }
    before = (platter.last, chain)
    platter.append(batch)
    batch.addAll(to: &chain)
    var decoder = EventDecoder()
    for event in events {
      let read = try batch.withRecord(event.number) { try decoder.event(event.number, $0) }
      guard let read, read == event else {
        throw Broken("event \(event.number) reads back as \(read as Any), it was \(event)")
      }
      shadow.apply(read)
      if case .checkpoint = read.body { lastCheckpoint = read.number }
    }
  }

  /// The process or the board starts again: what was not on the platter is gone.
  func restarted() {
    batch.removeAll(after: platter.last)
    tornBytes = 0
    fate = .kept
  }

  /// Power has gone: what a dishonest disk had in its cache is lost.
  func lostPower() throws {
    guard isDishonest, let before, before.last < platter.last, lastCheckpoint <= before.last else {
      return
    }
    platter.truncate(after: before.last)
    chain = before.chain
    shadow = try stationFromBytes()
  }

  /// Reads the state as a start does: the last checkpoint, and what follows.
  func stationFromBytes() throws -> Station {
    var station = Station()
    station.position = 1
    if lastCheckpoint > 0, case .checkpoint(let saved)? = try event(lastCheckpoint)?.body {
      station = try RecordDecoder.decode(Station.self, from: saved.state.content)
    }
    var decoder = EventDecoder()
    for number in max(2, lastCheckpoint)...max(2, platter.last) where number <= platter.last {
      let event = try platter.withRecord(number) { try decoder.event(number, $0) }
      guard let event else { throw Broken("record \(number) is no event") }
      station.apply(event)
    }
    return station
  }

  /// Records since the last checkpoint: what a start has to read.
  var tailCount: UInt64 { platter.last - lastCheckpoint }

  func event(_ number: UInt64) throws -> Event? {
    guard number >= 2, number <= platter.last else { return nil }
    let found = try platter.withRecord(number) { bytes in
      var skipped: UInt32 = 0
      return try RecordDecoder.record(from: bytes, skipped: &skipped)
    }
    guard let body = found.body else { return nil }
    guard found.turnOffset > 0 else {
      return Event(number: number, stamp: found.stamp, body: body)
    }
    let first = number - UInt64(found.turnOffset)
    let stamp = try platter.withRecord(first) { bytes in
      var skipped: UInt32 = 0
      return try RecordDecoder.record(from: bytes, skipped: &skipped).stamp
    }
    return Event(number: number, stamp: stamp, body: body)
  }

  func queued(
    after number: UInt64, most: Int
  ) throws -> [(number: UInt64, message: MessageQueued)] {
    var found: [(number: UInt64, message: MessageQueued)] = []
    var next = max(2, number + 1)
    while next <= platter.last, found.count < most {
      let kind = platter.withRecord(next) { Record.kind(of: $0) }
      if kind == Record.messageQueuedKind,
        case .decision(.messageQueued(let message))? = try event(next)?.body,
        message.kind == .transaction
      {
        found.append((next, message))
      }
      next += 1
    }
    return found
  }

  /// The number of the first record that has these bytes in it; nil when none has.
  func record(containing text: String) -> UInt64? {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, platter.last >= 2 else { return nil }
    return (2...platter.last).first { number in
      platter.withRecord(number) { bytes in
        bytes.indices.contains {
          bytes[$0] == first && bytes[$0...].starts(with: wanted)
        }
      }
    }
  }

  /// Lends the bytes of every record, in order: what a golden journal is made of.
  func forEachRecord(_ body: (UInt64, UnsafeRawBufferPointer) -> Void) {
    guard platter.last >= 2 else { return }
    for number in 2...platter.last { platter.withRecord(number) { body(number, $0) } }
  }
}

/// Something that must not be, found where no moment is known.
struct Broken: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) {
    description = text
  }
}
