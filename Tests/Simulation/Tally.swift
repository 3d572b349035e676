/// How often what was walked: every disturbance, and every rare path that they lead to.
package final class Tally {
  /// A path that must be seen to have been walked.
  package enum Path: Int, CaseIterable, Sendable {
    // What became of frames.
    case frameCut
    case frameIntoTheVoid
    case answerLost
    case answerLate
    case answerTwice
    case answerOverNextConnection
    case answerWithError
    case answerBroken
    case bookedAndRefused
    case startBookedTwice
    case startKnownAgain
    case transactionNumberReused
    case identificationRefused
    case readingsRefused
    case notAccepted
    case callRepeated
    case answerUnheard
    // What the station did about it.
    case sent
    case sentAgain
    case sentUnderNewId
    case parked
    case unparked
    case released
    case halfOpenNoticed
    case offlineStart
    case offlineEnd
    case readingMissed
    case meterGap
    case lockStuck
    case faulted
    case sessionResumed
    case sessionEndedByCut
    case deauthorized
    case timeLimit
    case clockCorrected
    case bootWithoutTime
    case estimatedTime
    case statusSuperseded
    case restartAsked
    case checkpointRead
    case startRefused
    case energyLostAtCut
    case sessions
    case turns
    case commits
    case starts
    case drained
  }

  private var disturbances = [Int](repeating: 0, count: Disturbance.Kind.allCases.count)
  private var paths = [Int](repeating: 0, count: Path.allCases.count)

  package init() {}

  package func count(_ kind: Disturbance.Kind) { disturbances[kind.rawValue] += 1 }
  package func count(_ path: Path) { paths[path.rawValue] += 1 }
  package func count(_ path: Path, _ many: Int) { paths[path.rawValue] += many }

  /// How often a kind of disturbance took place.
  package subscript(kind: Disturbance.Kind) -> Int { disturbances[kind.rawValue] }
  /// How often a path was walked.
  package subscript(path: Path) -> Int { paths[path.rawValue] }

  /// Adds another life's.
  package func add(_ numbers: Numbers) {
    for index in disturbances.indices { disturbances[index] += numbers.disturbances[index] }
    for index in paths.indices { paths[index] += numbers.paths[index] }
  }

  /// What can be handed to another thread.
  package var numbers: Numbers { Numbers(disturbances: disturbances, paths: paths) }

  /// The counts alone.
  package struct Numbers: Hashable, Sendable {
    let disturbances: [Int]
    let paths: [Int]

    /// As one line.
    package var text: String {
      (disturbances + paths).map { "\($0)" }.joined(separator: " ")
    }

    init(disturbances: [Int], paths: [Int]) {
      self.disturbances = disturbances
      self.paths = paths
    }

    /// Reads `text`; nil when it is another program's.
    package init?(_ text: String) {
      let kinds = Disturbance.Kind.allCases.count
      let numbers = text.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == kinds + Path.allCases.count else { return nil }
      self.init(
        disturbances: Array(numbers[..<kinds]), paths: Array(numbers[kinds...]))
    }
  }

  /// What was never walked, by name.
  package var missing: [String] {
    let kinds = Disturbance.Kind.allCases.filter { self[$0] == 0 }.map { "\($0)" }
    return kinds + Path.allCases.filter { self[$0] == 0 }.map { "\($0)" }
  }

  /// The table, one line each.
  package var table: [String] {
    let kinds = Disturbance.Kind.allCases.map { ("\($0)", self[$0]) }
    let walked = Path.allCases.map { ("\($0)", self[$0]) }
    return (kinds + walked).map { name, count in
      let gap = String(repeating: " ", count: max(1, 28 - name.count))
      return "  \(name)\(gap)\(count)"
    }
  }
}
