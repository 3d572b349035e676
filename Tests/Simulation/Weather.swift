/// Which of the lasting troubles are on, and until when.
final class Weather {
  private var until = [Int64](repeating: 0, count: Disturbance.Kind.allCases.count)

  /// Lets a trouble last.
  func begin(_ kind: Disturbance.Kind, until moment: Int64) {
    until[kind.rawValue] = max(until[kind.rawValue], moment)
  }

  func isOn(_ kind: Disturbance.Kind, at now: Int64) -> Bool { until[kind.rawValue] > now }

  /// When a trouble ends; in the past when it is not on.
  func end(of kind: Disturbance.Kind) -> Int64 { until[kind.rawValue] }

  /// Everything ends.
  func clear() {
    for index in until.indices { until[index] = 0 }
  }
}
