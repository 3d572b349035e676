/// Reads one temperature every so often. Its thread is a slow one: a sensor may take a second.
///
/// A reading that fails is told once, after three in a row; the next good one ends that.
public final class TemperatureTask: BusTask {
  /// Failures in a row before they are told: a disturbed one-wire bus is no fault.
  static let failuresBeforeReport = 3

  private let file: TemperatureFile
  private let periodNanoseconds: Int64
  private let report: (Result<Int64, BusError>) -> Void
  private var last: Int64?
  private var failures = 0

  /// A source.
  ///
  /// - Parameters:
  ///   - periodNanoseconds: the pause between readings.
  ///   - report: takes thousandths of a degree Celsius, or why there are none, on the thread.
  public init(
    _ file: TemperatureFile, periodNanoseconds: Int64 = 10_000_000_000,
    report: @escaping (Result<Int64, BusError>) -> Void
  ) {
    self.file = file
    self.periodNanoseconds = periodNanoseconds
    self.report = report
  }

  public func run(nowNanoseconds: Int64) -> Int64 {
    do throws(BusError) {
      let value = try file.read(previousMillidegrees: last)
      last = value
      failures = 0
      report(.success(value))
    } catch {
      failures += 1
      if failures == Self.failuresBeforeReport { report(.failure(error)) }
    }
    return nowNanoseconds + periodNanoseconds
  }
}
