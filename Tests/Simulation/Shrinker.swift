/// Makes a failing story short: what can be left out while it still fails is left out.
package struct Shrinker {
  /// Whether a story fails, and when; nil when it does not.
  let failure: (Story) -> Int64?
  /// Attempts that are left.
  private var attempts: Int
  /// The shortest story so far that fails.
  package private(set) var story: Story

  /// A shrinker of a story that fails; `failure` says when a story fails, in milliseconds.
  package init(
    _ story: Story, attempts: Int = 400, failure: @escaping (Story) -> Int64?
  ) {
    self.story = story
    self.attempts = attempts
    self.failure = failure
  }

  /// Makes it as short as the attempts allow.
  package mutating func shrink() {
    guard let end = failure(story) else { return }
    takeEnd(end)
    takeLastDays(end)
    takeKinds()
    takeParts()
  }

  /// What comes after the failure is not needed.
  private mutating func takeEnd(_ end: Int64) {
    var shorter = story
    shorter.disturbances.removeAll { $0.at > end }
    shorter.lengthMilliseconds = end + 1_000
    _ = attempt(shorter)
  }

  /// Perhaps it fails without its past: a year becomes days.
  private mutating func takeLastDays(_ end: Int64) {
    for hours in [3, 12, 48, 200] as [Int64] {
      let start = end - hours * 3_600_000
      guard start > 0 else { return }
      var later = story
      later.disturbances = story.disturbances.filter { $0.at >= start }.map {
        Disturbance($0.at - start, $0.kind, evse: $0.evse, $0.amount)
      }
      later.lengthMilliseconds -= start
      if attempt(later) { return }
    }
  }

  /// Whole kinds at once.
  private mutating func takeKinds() {
    for kind in Disturbance.Kind.allCases {
      var without = story
      without.disturbances.removeAll { $0.kind == kind }
      if without.disturbances.count < story.disturbances.count { _ = attempt(without) }
    }
  }

  /// Parts, from halves down to single disturbances.
  private mutating func takeParts() {
    var size = max(1, story.disturbances.count / 2)
    while size >= 1, attempts > 0 {
      var start = 0
      var hasShrunk = false
      while start < story.disturbances.count {
        var without = story
        let end = min(start + size, story.disturbances.count)
        without.disturbances.removeSubrange(start..<end)
        if attempt(without) { hasShrunk = true } else { start += size }
      }
      if size == 1 && !hasShrunk { return }
      if size > 1 || !hasShrunk { size /= 2 }
      if size == 0 { return }
    }
  }

  /// Takes a shorter story over if it still fails.
  private mutating func attempt(_ shorter: Story) -> Bool {
    guard attempts > 0 else { return false }
    attempts -= 1
    guard let end = failure(shorter) else { return false }
    story = shorter
    story.disturbances.removeAll { $0.at > end }
    story.lengthMilliseconds = min(story.lengthMilliseconds, end + 1_000)
    return true
  }
}

extension Shrinker {
  /// When a story fails in this process, in milliseconds; nil when it does not.
  package static func failure(_ story: Story, _ prepare: (Life) -> Void = { _ in }) -> Int64? {
    let life = Life(story)
    prepare(life)
    do {
      try life.run()
      return nil
    } catch let violation as Violation {
      return violation.atNanoseconds / 1_000_000
    } catch {
      return life.now / 1_000_000
    }
  }
}
