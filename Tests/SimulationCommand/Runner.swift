import Glibc
import Simulation

/// Lives many lives, some at a time, and says what came of them in the order of their seeds.
struct Runner {
  let arguments: Arguments
  private let total = Tally()
  /// Lives that broke a rule.
  private var broken: [UInt64] = []

  init(_ arguments: Arguments) {
    self.arguments = arguments
  }

  /// Runs everything; returns the exit code.
  mutating func run() -> Int32 {
    let last = arguments.seed + arguments.lives
    print("seeds \(arguments.seed) to \(last - 1), \(arguments.recipe.days) days each")
    let began = seconds()
    var running: [(seed: UInt64, child: Child)] = []
    var results: [UInt64: (status: Int32, text: String)] = [:]
    var next = arguments.seed
    var shown = arguments.seed
    while shown < last {
      while next < last, running.count < arguments.jobs {
        guard let child = Child(arguments.words(for: next)) else { return 2 }
        running.append((next, child))
        next += 1
      }
      for index in finished(running).reversed() {
        let (seed, child) = running.remove(at: index)
        results[seed] = child.finish()
      }
      while let result = results.removeValue(forKey: shown) {
        if !take(shown, result.status, result.text) {
          broken.append(shown)
          guard arguments.goesOn else { return stop(running) }
        }
        shown += 1
      }
    }
    report(seconds() - began)
    return broken.isEmpty ? 0 : 1
  }

  /// Ends the lives that still run, and tells the one that broke a rule.
  private func stop(_ running: [(seed: UInt64, child: Child)]) -> Int32 {
    for other in running { _ = kill(other.child.pid, SIGKILL) }
    for other in running { _ = other.child.finish() }
    if arguments.shrinks { for seed in broken { tell(seed) } }
    return 1
  }

  /// Waits until some have ended; returns their places.
  private func finished(_ running: [(seed: UInt64, child: Child)]) -> [Int] {
    guard !running.isEmpty else { return [] }
    var ends = running.map { pollfd(fd: $0.child.output, events: Int16(POLLIN), revents: 0) }
    while poll(&ends, UInt(ends.count), -1) < 0, errno == EINTR {}
    return ends.indices.filter { ends[$0].revents != 0 }
  }

  /// Takes one life's outcome; false when it broke a rule.
  private mutating func take(_ seed: UInt64, _ status: Int32, _ text: String) -> Bool {
    let rows = text.split(separator: "\n")
    guard status == 0, rows.count == 2, let numbers = Tally.Numbers(String(rows[1])) else {
      print("seed \(seed): \(text.isEmpty ? "the process trapped (\(status))" : text)")
      return false
    }
    print("seed \(seed): \(rows[0])")
    total.add(numbers)
    return true
  }

  private func report(_ elapsed: Double) {
    for line in total.table { print(line) }
    let missing = total.missing
    print("never walked: \(missing.isEmpty ? "nothing" : missing.joined(separator: ", "))")
    let years = Double(arguments.recipe.days) * Double(arguments.lives) / 365
    let perMinute = years / max(elapsed, 0.001) * 60
    if !broken.isEmpty { print("\(broken.count) lives broke a rule: \(broken)") }
    print("\(tenths(years)) station-years in \(tenths(elapsed)) s: \(tenths(perMinute)) a minute")
  }

  private func tenths(_ number: Double) -> String {
    let scaled = Int((number * 10).rounded())
    return "\(scaled / 10).\(scaled % 10)"
  }

  private func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Makes a failing life short, and tells it as a test.
  private func tell(_ seed: UInt64) {
    print("looking for a short story…")
    var shrinker = Shrinker(Story(seed: seed, arguments.recipe)) { story in
      guard let child = Child(["--told"], input: story.lines) else { return nil }
      let (status, text) = child.finish()
      guard status != 0 else { return nil }
      // A trap says no time: then all of the story is needed.
      return text.split(separator: "\n").first.flatMap { Int64($0) } ?? story.lengthMilliseconds
    }
    shrinker.shrink()
    let trace = ["--told", "--trace", "\(max(arguments.trace, 40))"]
    if let child = Child(trace, input: shrinker.story.lines) { print(child.finish().text) }
    print(shrinker.story.test(named: "seed \(seed) breaks no rule"))
  }
}
