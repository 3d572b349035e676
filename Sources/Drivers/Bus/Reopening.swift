/// Pauses between attempts to open what has gone: 1, 2, 5, 10, then every 30 seconds.
struct ReopenPause {
  private static let seconds: [Int64] = [1, 2, 5, 10, 30]
  private var failures = 0
  private var nextNanoseconds: Int64 = .min

  func isOver(nowNanoseconds: Int64) -> Bool { nowNanoseconds >= nextNanoseconds }

  mutating func failed(nowNanoseconds: Int64) {
    let pause = Self.seconds[min(failures, Self.seconds.count - 1)]
    nextNanoseconds = nowNanoseconds + pause * 1_000_000_000
    failures += 1
  }

  mutating func succeeded() { self = ReopenPause() }
}

/// Something of the kernel's that can go and come back: a device node, a held line.
///
/// When it has gone it is let go at once (the kernel waits for that before it forgets the device),
/// every use throws `gone`, and now and then one of them tries to open it again.
final class Reopening<Handle> {
  private let clock: any DeviceClock
  private let open: () throws(BusError) -> Handle
  private let isThere: (Handle) -> Bool
  private var handle: Handle?
  private var pause = ReopenPause()

  /// Opens it; what is wrong the first time is thrown as it is, for it is the configuration's.
  ///
  /// - Parameter isThere: asked after an error, for a device that has gone without saying so.
  init(
    clock: any DeviceClock, open: @escaping () throws(BusError) -> Handle,
    isThere: @escaping (Handle) -> Bool
  ) throws(BusError) {
    self.clock = clock
    self.open = open
    self.isThere = isThere
    handle = try open()
  }

  /// Lends the handle.
  func use<Result>(_ body: (Handle) throws(BusError) -> Result) throws(BusError) -> Result {
    let handle = try opened()
    do throws(BusError) {
      return try body(handle)
    } catch {
      guard error == .gone || !isThere(handle) else { throw error }
      self.handle = nil
      pause.failed(nowNanoseconds: clock.nowNanoseconds)
      throw .gone
    }
  }

  /// Lends the handle if it is there; never opens.
  func useIfOpen(_ body: (Handle) throws(BusError) -> Void) throws(BusError) {
    if let handle { try body(handle) }
  }

  private func opened() throws(BusError) -> Handle {
    if let handle { return handle }
    let now = clock.nowNanoseconds
    guard pause.isOver(nowNanoseconds: now) else { throw .gone }
    do throws(BusError) {
      let handle = try open()
      self.handle = handle
      pause.succeeded()
      return handle
    } catch {
      pause.failed(nowNanoseconds: now)
      throw .gone
    }
  }
}
