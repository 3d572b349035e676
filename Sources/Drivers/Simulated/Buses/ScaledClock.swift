/// A clock that runs faster than the kernel's: a minute at a simulated meter in a second.
final class ScaledClock: DeviceClock, Sendable {
  private let factor: Int64
  private let start: Int64

  /// - Parameter factor: how many times faster, at least 1.
  init(factor: Int64) {
    self.factor = max(1, factor)
    start = LinuxDeviceClock.now()
  }

  var nowNanoseconds: Int64 { start + (LinuxDeviceClock.now() - start) * factor }

  func sleep(nanoseconds: Int64) {
    LinuxDeviceClock().sleep(nanoseconds: (nanoseconds + factor - 1) / factor)
  }
}
