import ChargePiES
import Golden
import Journal
import Testing

@Suite("golden journals have everything in them")
struct GoldenCensusTests {
  static let folder = GoldenFolder.own

  /// What the journals of some stories have in them.
  private func census(of stories: [String]) throws -> Census {
    var census = Census()
    for story in stories {
      let journal = try Self.folder.journal(story)
      for (_, bytes) in journal.records {
        if let record = try? RecordDecoder.decode(Record.self, from: bytes) { census.count(record) }
      }
      census.count(try journal.fold { station, _ in census.count(station) })
    }
    return census
  }

  /// The journals that were written by the engine.
  private var lived: [String] {
    get throws {
      try Self.folder.stories.filter {
        try Self.folder.file($0, "story.txt")?.starts(with: Array("Lived".utf8)) ?? false
      }
    }
  }

  @Test("every kind of record, field and case of an enumeration occurs in one of them")
  func complete() throws {
    let census = try census(of: Self.folder.stories)
    #expect(Census.total > 500)
    #expect(census.missing == [], "new in the format: add a story (Tests/Golden/README.md)")
  }

  @Test("what the engine has never written is known, and no more than that")
  func lives() throws {
    let missing = try census(of: lived).missing
    #expect(missing == Self.neverLived)
  }

  /// What no station of this version writes: they stand for what OCPP or a later version has.
  static let neverLived = [
    // No reservations, no notifications, no restart for a setting, no vendor's messages.
    "ConnectorStatus.reserved", "MessageClass.notification", "Outcome.rebootRequired",
    "Outcome.unknownMessage",
    // Samples are taken by interval and clock; begin and end are worded from other events.
    "SampleContext.interruptionBegin", "SampleContext.interruptionEnd",
    "SampleContext.transactionBegin", "SampleContext.transactionEnd", "SampleContext.trigger",
  ]

  @Test("every bound that apply keeps is reached, so that another one would be noticed")
  func bounds() throws {
    var most = Bounds()
    for story in ["limits", "limits-of-memory"] {
      _ = try Self.folder.journal(story).fold { station, event in
        guard case .checkpoint = event.body else { return }
        most.take(station)
      }
    }
    #expect(most.cache == Limits.cacheEntries)
    #expect(most.boots == Limits.rememberedBoots)
    #expect(most.faults == Limits.faultsPerEVSE)
    #expect(most.stationFaults == Limits.faultsPerEVSE)
    #expect(most.calls == Limits.rememberedCalls)
    #expect(most.authorizations == Limits.pendingAuthorizations)
    #expect(most.statuses == Limits.pendingStatusesPerConnector)
    // Thinned out once: the 121st is the 61st of those that are kept.
    #expect(most.samples > Limits.samplesPerSession / 2)
    #expect(most.samples < Limits.samplesPerSession)
  }

  /// The most of each that stands in a checkpoint.
  private struct Bounds {
    var cache = 0
    var boots = 0
    var faults = 0
    var stationFaults = 0
    var calls = 0
    var authorizations = 0
    var statuses = 0
    var samples = 0

    mutating func take(_ station: Station) {
      cache = max(cache, station.cache.count)
      boots = max(boots, station.clock.earlier.count)
      stationFaults = max(stationFaults, station.faults.count)
      authorizations = max(authorizations, station.authorizations.count)
      for evse in station.evses {
        faults = max(faults, evse.faults.count)
        samples = max(samples, evse.session?.samples.count ?? 0)
      }
      for upstream in station.upstreams {
        calls = max(calls, upstream.recentCalls.count)
        for connector in station.evses.flatMap(\.connectors) {
          let number = connector.layout.flatNumber
          statuses = max(statuses, upstream.statuses.count { $0.flatNumber == number })
        }
      }
    }
  }
}
