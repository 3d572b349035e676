/// Something of the kernel's that can go and come back: a device node, a held line.
///
/// When it has gone it is let go at once (the kernel waits for that before it forgets the device),
/// every use throws `gone`, and now and then one of them tries to open it again.
final class Reopening<Handle> {
  private let clock: any DeviceClock
  private let open: () throws(BusError) -> Handle
  private let isThere: (Handle) -> Bool
  private var handle: Handle?
  private var backOff = BackOff()
  private var retryNanoseconds: Int64 = .min

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
      retryNanoseconds = clock.nowNanoseconds + backOff.next()
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
    guard now >= retryNanoseconds else { throw .gone }
    do throws(BusError) {
      let handle = try open()
      self.handle = handle
      backOff.reset()
      return handle
    } catch {
      retryNanoseconds = now + backOff.next()
      throw .gone
    }
  }
}
