/// The contactors' own thread: whatever hangs elsewhere, it opens.
///
/// It looks at its inputs every 20 ms while one is wired or a contactor is closed or about to be,
/// otherwise twice a second; a look at eight pins costs some microseconds of processor. Relays were
/// requested inactive by whoever made their outputs, are set inactive before the first look, on
/// `stop`, on `openAll`, and once more when their lines are given back.
///
/// `@unchecked Sendable`: the relays stand any thread (each output locks for itself), control and
/// bus thread are `Sendable`, and nothing here changes after `init`.
public final class ContactorThread: @unchecked Sendable {
  private let wiring: StationWiring
  private let control = GuardControl()
  private let thread: BusThread

  /// A thread that does not run yet.
  ///
  /// - Parameters:
  ///   - wiring: whose pins any thread may call.
  ///   - report: takes a finding, on the guard's thread; false when it cannot now (it is offered
  ///     again, and of a level only the last).
  ///   - ask: makes the loop give a sign of life (wakes it), on the guard's thread; only while a
  ///     contactor is closed or about to be, and only when the loop has been quiet.
  public init(
    wiring: StationWiring, limits: GuardLimits = GuardLimits(), meters: MeterWatch,
    report: @escaping @Sendable (GuardReport) -> Bool, ask: @escaping @Sendable () -> Void
  ) {
    self.wiring = wiring
    let task = ContactorTask(
      wiring: wiring, limits: limits, meters: meters, control: control,
      outlets: ContactorTask.Outlets(report: report, ask: ask),
      nowNanoseconds: LinuxDeviceClock.now())
    thread = BusThread(name: "contactors", tasks: [task])
  }

  deinit { openAll() }

  /// Starts the thread, which opens everything first.
  public func start() throws(BusError) { try thread.start() }

  /// Tells an EVSE's contactor where to be: opening happens at once, closing when it is allowed.
  /// May be repeated at no cost.
  public func command(evse: UInt32, isClosed: Bool) {
    let isNew = control.change(evse) { $0.command(isClosed) }
    if isNew { thread.wake() }
  }

  /// Tells a lock where to be; it moves once for each order (an order of 0 is none).
  public func commandLock(evse: UInt32, connector: UInt32, isLocked: Bool, order: UInt64) {
    let isNew = control.change(evse) { $0.lock(connector, isLocked, order) }
    if isNew { thread.wake() }
  }

  /// Somebody has looked after a contactor that was welded or did not close.
  public func reset(evse: UInt32) {
    control.change(evse) { $0.resets += 1 }
    thread.wake()
  }

  /// The loop's sign of life, once a turn.
  public func beat() { control.lastBeatNanoseconds = LinuxDeviceClock.now() }

  /// Opens everything, now and for good, on the caller's thread: at the end of the process, or
  /// when nothing else is known to work. Returns the EVSEs whose relays could not be driven.
  @discardableResult
  public func openAll() -> [UInt32] {
    control.holdOpen()
    var failed: [UInt32] = []
    for contactor in wiring.contactors {
      do throws(BusError) { try contactor.relay.set(false) } catch { failed.append(contactor.evse) }
    }
    return failed
  }

  /// Opens everything and ends the thread; false when it did not end within the bound.
  public func stop(withinNanoseconds bound: Int64) -> Bool {
    openAll()
    return thread.stop(withinNanoseconds: bound)
  }
}
