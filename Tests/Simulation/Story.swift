/// One life of a station: its seed, how long it lasts, and what happens to it.
///
/// The seed decides what kind of station it is and the small change (delays, which of two wrongs);
/// the disturbances stand in a list, so that a failing story can be made shorter and told.
package struct Story: Hashable, Sendable {
  /// What decides everything.
  package var seed: UInt64
  /// How long it lasts, milliseconds.
  package var lengthMilliseconds: Int64
  /// What happens, in order of time.
  package var disturbances: [Disturbance]

  /// A story that is told in full.
  package init(seed: UInt64, hours: Int64, _ disturbances: [Disturbance]) {
    self.init(seed: seed, milliseconds: hours * 3_600_000, disturbances)
  }

  /// A story that is told in full.
  package init(seed: UInt64, milliseconds: Int64, _ disturbances: [Disturbance]) {
    self.seed = seed
    lengthMilliseconds = milliseconds
    self.disturbances = disturbances
  }

  /// A moment for people: days, hours, minutes, seconds.
  package static func time(_ nanoseconds: Int64) -> String {
    let milliseconds = nanoseconds / 1_000_000
    let seconds = milliseconds / 1_000
    let parts = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map { two($0) }
    let fraction = String(1_000 + milliseconds % 1_000).dropFirst()
    return "day \(seconds / 86_400) \(parts.joined(separator: ":")).\(fraction)"
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Story {
  /// How a seed's story is made.
  package struct Recipe: Hashable, Sendable {
    /// How long it lasts.
    package var days: Int64 = 365
    /// Visits of people in ten days: somewhat more than the sessions that become of them.
    package var visitsPerTenDays = 54
    /// Troubles of all other kinds a day.
    package var troublesPerDay = 3
    /// Days from one quiet window to the next.
    package var daysBetweenQuiet: Int64 = 10
    /// How long a quiet window lasts, in seconds.
    package var quietSeconds: Int64 = 4 * 3_600

    /// A year with five visits and three troubles a day.
    package init() {}

    /// Few days with much trouble, for tests.
    package static func dense(days: Int64) -> Recipe {
      var recipe = Recipe()
      recipe.days = days
      recipe.visitsPerTenDays = 240
      recipe.troublesPerDay = 60
      recipe.daysBetweenQuiet = 1
      return recipe
    }

    /// Nothing but visits.
    package static func healthy(days: Int64) -> Recipe {
      var recipe = Recipe()
      recipe.days = days
      recipe.troublesPerDay = 0
      return recipe
    }
  }

  /// The story of a seed.
  package init(seed: UInt64, _ recipe: Recipe) {
    let end = recipe.days * 86_400_000
    var disturbances: [Disturbance] = []
    let character = Character(seed: seed)
    let period = recipe.daysBetweenQuiet * 86_400_000
    var start: Int64 = 0
    while start < end {
      let next = min(start + period, end)
      let quiet = next - recipe.quietSeconds * 1_000
      Script.visits(&disturbances, seed, character, recipe, start..<quiet)
      Script.troubles(&disturbances, seed, character, recipe, start..<quiet)
      disturbances.append(Disturbance(quiet, .quiet, recipe.quietSeconds))
      start = next
    }
    // Stable, so that equal moments keep the order in which they were made.
    let order = disturbances.indices.sorted {
      (disturbances[$0].at, $0) < (disturbances[$1].at, $1)
    }
    self.init(seed: seed, milliseconds: end, order.map { disturbances[$0] })
  }
}

extension Story: CustomStringConvertible {
  /// As Swift source: what a test can be made of.
  package var description: String {
    var text = "Story(\n  seed: \(seed), milliseconds: \(lengthMilliseconds),\n  [\n"
    for (index, disturbance) in disturbances.enumerated() {
      let comma = index + 1 < disturbances.count ? "," : ""
      text += "    \(disturbance.source)\(comma)  // \(Self.time(disturbance.at * 1_000_000))\n"
    }
    return text + "  ])"
  }
}

extension Disturbance {
  /// As Swift source.
  package var source: String {
    let place = evse > 0 ? ", evse: \(evse)" : ""
    let much = amount != 0 ? ", \(amount)" : ""
    return "Disturbance(\(at), .\(kind)\(place)\(much))"
  }
}
