/// Why a measurement could not be made.
enum BenchError: Error, CustomStringConvertible {
  case text(String)

  var description: String {
    switch self {
    case .text(let text): text
    }
  }
}

/// How long something takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body).components
  return Double(time.seconds) + Double(time.attoseconds) / 1e18
}

/// The middle one of measurements; they must not be empty.
func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}

/// The shortest of measurements: of work that waits for nothing, the one that was disturbed least.
func fastest(_ values: [Double]) -> Double {
  values.min() ?? 0
}

/// Prints one figure: `name value`, for Tools/bench.py.
func figure(_ name: String, _ value: Double) {
  print(name, value)
}
