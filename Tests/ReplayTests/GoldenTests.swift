import ChargePiES
import Golden
import Journal
import Testing

@Suite("golden journals read as on the day they were written")
struct GoldenTests {
  static let folder = GoldenFolder.own
  static let stories = folder.stories

  @Test("every event is what it was", arguments: stories)
  func events(story: String) throws {
    let expectation = try Expectation(Self.folder.journal(story))
    let isSame = try expectation.bytes("events.sha256") == Self.folder.file(story, "events.sha256")
    #expect(isSame, "\(story)/events.sha256")
    // In full for people, where it is short.
    if let listing = try Self.folder.file(story, "events.jsonl") {
      #expect(
        String(decoding: expectation.listing, as: UTF8.self)
          == String(decoding: listing, as: UTF8.self))
    }
  }

  @Test("the state is what it was, in bytes and in words", arguments: stories)
  func state(story: String) throws {
    let expectation = try Expectation(Self.folder.journal(story))
    for ending in ["bin", "json"] {
      let name = "state-\(Station.stateVersion).\(ending)"
      let expected = try Self.folder.file(story, name)
      #expect(expected != nil, "\(story)/\(name) is missing: see Tests/Golden/README.md")
      let isSame = expectation.bytes(name) == expected
      #expect(isSame, "\(story)/\(name)")
    }
  }

  @Test("what went over the wire is what it was, ids included", arguments: stories)
  func transcript(story: String) throws {
    let expectation = try Expectation(Self.folder.journal(story))
    for name in ["transcript.txt", "refusal.txt"] {
      let isSame = try expectation.bytes(name) == Self.folder.file(story, name)
      #expect(isSame, "\(story)/\(name)")
    }
  }

  @Test("today's rules decide as then, or as is noted beside the journal", arguments: stories)
  func rules(story: String) throws {
    let differences = try Retelling.differences(Self.folder.journal(story))
    let known = try Self.folder.knownDifferences(story)
    if differences != known {
      Issue.record("\(story) would go otherwise:\n\(differences.prefix(3_000))")
    }
  }

  @Test("every record is written again as it was", arguments: stories)
  func encoding(story: String) throws {
    let journal = try Self.folder.journal(story)
    for (number, bytes) in journal.records where !GoldenJournal.isErased(bytes) {
      let content = GoldenJournal.withoutHash(bytes)
      guard let record = try? RecordDecoder.decode(Record.self, from: bytes) else {
        Issue.record("\(story): record \(number) cannot be read")
        continue
      }
      let again = RecordEncoder.encode(record)
      guard story.hasPrefix("later-") else {
        #expect(again == content, "\(story): record \(number)")
        continue
      }
      // What a later version has added is skipped, and nothing else changes.
      let copy = try RecordDecoder.decode(Record.self, from: again)
      #expect(copy.body == record.body && copy.stamp == record.stamp)
      #expect(copy.turnOffset == record.turnOffset)
    }
  }

  @Test("the state is the same from every checkpoint", arguments: stories)
  func checkpoints(story: String) throws {
    let journal = try Self.folder.journal(story)
    var followers: [(number: UInt64, station: Station)] = []
    let last = try journal.fold { before, event in
      for index in followers.indices { followers[index].station.apply(event) }
      guard case .checkpoint(let saved) = event.body,
        saved.stateVersion == Station.stateVersion
      else { return }
      let isReproduced = RecordEncoder.encode(before) == saved.state.content
      #expect(isReproduced, "\(story): the state at checkpoint \(event.number)")
      var station = try RecordDecoder.decode(Station.self, from: saved.state.content)
      let isWhole = RecordEncoder.encode(station) == saved.state.content
      #expect(isWhole, "\(story): checkpoint \(event.number)")
      station.apply(event)
      followers.append((event.number, station))
    }
    for follower in followers {
      #expect(follower.station == last, "\(story): from checkpoint \(follower.number)")
    }
  }

  @Test("a start finds the same state, or says why not", arguments: stories)
  func start(story: String) throws {
    let journal = try Self.folder.journal(story)
    try GoldenJournal.withReader(Self.folder.folder(story) + "/journal.db") { reader in
      if let refusal = journal.refusal {
        #expect(throws: refusal) { try reader.station() }
      } else if journal.needsOtherVersion {
        #expect(throws: EventLogError.self) { try reader.station() }
      } else {
        let isSame = try reader.station().0 == journal.fold()
        #expect(isSame, "\(story)")
      }
      #expect(try reader.verifyChain().isIntact, "\(story)")
    }
  }
}
