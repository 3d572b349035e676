/// The growing pause between attempts to reach something that does not answer.
struct BackOff {
  /// 1, 2, 5, 10, 20, then always 30 seconds: a loose plug is back soon, a chip that is not there
  /// costs its bus next to nothing.
  static let pausesSeconds: [Int64] = [1, 2, 5, 10, 20, 30]

  private var failures = 0

  /// Another attempt has failed: nanoseconds until the next.
  mutating func next() -> Int64 {
    let pause = Self.pausesSeconds[min(failures, Self.pausesSeconds.count - 1)]
    failures += 1
    return pause * 1_000_000_000
  }

  /// It answers: the next failure begins with the shortest pause.
  mutating func reset() { failures = 0 }
}
