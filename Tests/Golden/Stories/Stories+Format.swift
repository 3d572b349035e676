import ChargePiES
import Glibc
import Journal
import TestSupport

/// Stories of the format itself: every field, what was forgotten, and what a later version writes.
extension GoldenStory {
  static let everyField = written(
    "every-field",
    """
    Written by hand: every kind of record with every field set, twice, to values that mean nothing.
    Reading must find each where it was written, and applying must not trap.
    """
  ) { directory in
    let scribe = try Scribe(directory)
    for pass: UInt64 in 0..<2 {
      var decisions: [Decision] = []
      for (index, kind) in KindLister.all.enumerated() {
        let count = pass * 1_000 + UInt64(index) * 10
        switch Filler.make(Record.self, count, kind: kind).body {
        case .observation(let observation): try scribe.turn(observation)
        case .decision(let decision): decisions.append(decision)
        case .checkpoint, nil: break
        }
      }
      try scribe.turn(.boardReady(BoardReady()), decisions)
    }
    try everyCase(scribe)
    // Calls, with each of what they may ask.
    for count: UInt64 in 0..<9 {
      if case .observation(let call) = Filler.make(Record.self, count, kind: 32).body {
        try scribe.turn(call)
      }
    }
    scribe.end()
  }

  /// Every case of the enumerations that have many.
  private static func everyCase(_ scribe: Scribe) throws {
    let ends = EndReason.allCases.map { reason in
      Decision.sessionEnded(SessionEnded { $0.reason = reason })
    }
    let samples = SampleContext.allCases.map { context in
      Decision.sampleTaken(SampleTaken { $0.context = context })
    }
    let outcomes = Outcome.allCases.map { outcome in
      Decision.callAnswered(CallAnswered { $0.outcome = outcome })
    }
    let statuses = ConnectorStatus.allCases.map { status in
      Decision.statusChanged(StatusChanged { $0.status = status })
    }
    let faults = FaultCode.allCases.map { code in
      Decision.faultCleared(FaultCleared { $0.code = code })
    }
    let settings = Variable.allCases.map { variable in
      Decision.settingChanged(SettingChanged { $0.variable = variable })
    }
    try scribe.turn(
      .timeReached(TimeReached()), ends + samples + outcomes + statuses + faults + settings)
  }

  static let everyStateField = written(
    "every-state-field",
    """
    Written by hand: a journal that begins with a checkpoint (what lay before is pruned) whose state
    has every field set, to values that mean nothing.
    """
  ) { directory in
    let scribe = try Scribe(directory)
    try scribe.turn(.timeReached(TimeReached()))
    var state = Filler.make(Station.self, 5)
    state.position = scribe.last
    try scribe.checkpoint(of: state)
    try scribe.prune(before: scribe.last)
    try scribe.scrub()
    scribe.end()
  }

  static let forgotten = lived(
    "forgotten", .socket.with([(.sampledInterval, "10")]),
    from: "2026-06-06T06:06:00Z",
    """
    Three sessions, of which the first is pruned away up to a checkpoint; a frame in the middle is
    erased, and a card is forgotten in the vault. The chain holds.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try stage.visit(1, "CARD01", seconds: 12)
    try stage.checkpoint()
    let checkpoint = stage.station.position
    try stage.visit(1, "CARD02", seconds: 12)
    try stage.frame("a card number where none belongs: 04A1B2C3")
    let frame = stage.station.position
    try stage.pass(seconds: 1)
    try stage.visit(1, "CARD03", seconds: 12)
    try stage.checkpoint()
    try stage.visit(1, "CARD01", seconds: 2)
    let token = try stage.vault.intern("CARD02", type: 1).id
    try stage.vault.forget(token: token)
    try stage.end()
    let scribe = try Scribe(stage.directory)
    try scribe.prune(before: checkpoint)
    try scribe.erase(frame)
    try scribe.scrub()
    scribe.end()
  }

  static let laterFields = written(
    "later-fields",
    """
    A plain session as a later version might write it: with fields that are not known yet, in front
    of and behind known ones, of every wire type, in records and within them; and at the end with
    numbers of enumerations that are not known yet.
    """
  ) { directory in
    let records = try told(plainSession, in: directory)
    let scribe = try Scribe(directory)
    for (index, record) in records.enumerated() {
      try scribe.commit(bytes: [Later.withUnknownFields(record, index)])
    }
    try scribe.commit(bytes: Later.unknownCases)
    scribe.end()
  }

  static let laterKind = written(
    "later-kind",
    """
    A journal that a later version has gone on with: a kind of record that is not known yet. It is
    refused there, by number and kind, and what lies before can be read.
    """
  ) { directory in
    let records = try told(plainSession, in: directory)
    let scribe = try Scribe(directory)
    try scribe.commit(bytes: records)
    try scribe.commit(bytes: [Later.unknownKind(60), Later.unknownKind(120, turnOffset: 1)])
    scribe.end()
  }

  /// The records of another story behind the first, without the commits' hashes; its files go.
  private static func told(_ story: GoldenStory, in directory: String) throws -> [[UInt8]] {
    try story.tell(directory)
    let path = directory + "/journal.db"
    let records = try GoldenJournal.records(at: path).dropFirst().map {
      GoldenJournal.withoutHash($0.bytes)
    }
    for name in ["journal.db", "journal.db-lock", "lock", "vault.db"] {
      unlink(directory + "/" + name)
    }
    return records
  }
}
