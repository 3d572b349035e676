import ChargePiES

/// A story of which a journal is kept for ever: who plays it, and what it is for.
///
/// A story is told once, by the rules of its day, and its journal stands from then on. What is told
/// here may change or go when the rules no longer fit it; its journal may not.
package struct GoldenStory: Sendable {
  /// Its folder below `Journals`.
  package let name: String
  /// What happens in it.
  package let about: String
  /// Whether its turns were decided by the engine, or written event by event.
  package let isLived: Bool
  /// Whether its files stay as the writer has left them, free pages included.
  let staysAsLeft: Bool
  /// Whether all of its events stand beside it, line by line, to be read by people.
  var isListed: Bool { name == "every-field" }
  /// Writes `journal.db` (and `vault.db` where it is lived) into an empty directory.
  let tell: @Sendable (String) throws -> Void

  /// A story that a station lives through.
  static func lived(
    _ name: String, _ site: Site, from beginning: String, staysAsLeft: Bool = false,
    _ about: String, _ play: @escaping @Sendable (Stage) throws -> Void
  ) -> GoldenStory {
    GoldenStory(name: name, about: about, isLived: true, staysAsLeft: staysAsLeft) { directory in
      let stage = try Stage(directory, site, nonce: nonce(of: name), beginning: beginning)
      try play(stage)
      try stage.end()
    }
  }

  /// A story whose records are written one by one.
  static func written(
    _ name: String, _ about: String, _ write: @escaping @Sendable (String) throws -> Void
  ) -> GoldenStory {
    GoldenStory(name: name, about: about, isLived: false, staysAsLeft: false, tell: write)
  }

  /// The random bits of its processes: of each story others (FNV-1a).
  private static func nonce(of name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash | 1
  }

  /// Every story that can be told.
  package static let all: [GoldenStory] = [
    plainSession, dayOffline, powerCut, unknownClock, parkedGroup, manyPlaces, brokenHardware,
    settings, availabilityAndResets, answers, identification, limits, limitsOfMemory, everyField,
    everyStateField, forgotten, laterFields, laterKind,
  ]
}

extension Site {
  /// The site with settings from files.
  func with(_ settings: [(Variable, String)]) -> Site {
    var site = self
    site.settings = settings
    return site
  }
}
