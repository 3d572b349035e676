import ChargePiES

/// The real hardware: drivers on their buses' threads, contactors on theirs, findings in a box.
///
/// The loop neither waits for a bus here nor is waited for: levels go out as wishes, findings come
/// in through a bounded mailbox. Each chip's failure is a fault of what it serves.
///
/// Not `Sendable`: it belongs to the loop's thread; what other threads use is handed to them in
/// parts that are.
public final class HardwareBoard: Board {
  /// How long sensors may take until the station begins without them: a meter needs two seconds
  /// for its first cycle, a dead chip is known after as long.
  static let settlingNanoseconds: Int64 = 5_000_000_000
  /// A meter that nobody is charged by is told when its power has changed by so much, in
  /// milliwatts, and at the latest after `idleReadingNanoseconds`.
  static let idleMilliwatts: Int64 = 50_000
  /// How often an idle meter is told.
  static let idleReadingNanoseconds: Int64 = 900_000_000_000
  /// How long after an opening every reading is told: what flowed until then, and a weld.
  static let afterOpeningNanoseconds: Int64 = 5_000_000_000
  /// The least time between two refused cards of a reader that are told.
  static let refusalNanoseconds: Int64 = 60_000_000_000
  /// How long the buses' threads may take to end.
  static let stopNanoseconds: Int64 = 1_000_000_000

  let plan: HardwarePlan
  let clock: any DeviceClock
  let parts: HardwareParts
  private let pilot: (any ControlPilot)?
  /// Per EVSE, in the plan's order: what was last told, and when the contactor was open last.
  var told: [ToldMeter]
  /// Temperatures that are known, in the plan's order, with whether each is too high.
  var temperatures: [(millidegrees: Int64?, isHigh: Bool)]
  var found: [Observation] = []
  var cards: [CardFound] = []
  /// Faults that were told and have not gone: what was never told need not be taken back.
  var activeFaults: Set<ToldFault> = []
  /// When a refused card is told again, per reader, in the plan's order.
  var refusalDueNanoseconds: [Int64]
  private var commanded: [Bool]
  private var readyDeadlineNanoseconds: Int64 = 0

  /// What is remembered of an EVSE's meter between readings.
  struct ToldMeter {
    var isClosed = false
    var openedNanoseconds: Int64 = 0
    var tellingNanoseconds: Int64 = 0
    var milliwatts: Int64 = 0
    var wasTold = false
  }

  /// Opens every bus and line of a plan that has no faults; nothing runs before `start`.
  ///
  /// - Parameter wake: makes the loop take what was found; called on any thread.
  public init(
    plan: HardwarePlan, calibrations: [String: MeterCalibration], provider: any HardwareProvider,
    wake: @escaping @Sendable () -> Void
  ) throws(WiringFault) {
    self.plan = plan
    clock = provider.clock
    pilot = provider.pilot
    let builder = HardwareBuilder(plan: plan, provider: provider, wake: wake)
    parts = try builder.parts(calibrations: calibrations)
    told = plan.evses.map { _ in ToldMeter() }
    commanded = plan.evses.map { _ in false }
    temperatures = plan.temperatures.map { _ in (nil, false) }
    refusalDueNanoseconds = plan.readers.map { _ in .min }
  }

  /// What is wired and not there: chips that do not answer, a library that cannot be loaded, files
  /// of temperatures that do not exist, where these are this machine's; to be asked before `start`.
  public func unanswered(hasOwnFiles: Bool = true) -> [WiringFault] {
    silentChips + [missingLibrary].compactMap(\.self) + (hasOwnFiles ? missingTemperatures : [])
  }

  private var missingLibrary: WiringFault? {
    do throws(WS281xError) {
      try parts.strip?.check()
      return nil
    } catch {
      return WiringFault(.lamps(.dataPin), .strip(error))
    }
  }

  /// A file that exists and tells nothing yet is a sensor's fault, not the wiring's.
  private var missingTemperatures: [WiringFault] {
    plan.temperatures.enumerated().compactMap { index, temperature in
      guard let error = TextFile.absence(temperature.path) else { return nil }
      return WiringFault(.temperature(index: index), .noTemperature(temperature.path, error))
    }
  }

  private var silentChips: [WiringFault] {
    parts.chips.compactMap { chip in
      // A sleeping chip may miss its first call (PN532 §"wake up"), a bit may be lost, and a
      // reader whose reset line has just been let go starts its oscillator.
      for _ in 0..<Self.callsPerChip {
        if (try? chip.answers()) == true { return nil }
        clock.sleep(nanoseconds: Self.callPauseNanoseconds)
      }
      return WiringFault(chip.role, .silent)
    }
  }

  static let callsPerChip = 15
  static let callPauseNanoseconds: Int64 = 10_000_000

  /// What opens every contactor, now and for good, on any thread.
  public var openAll: @Sendable () -> Void {
    let contactors = parts.contactors
    return { contactors.openAll() }
  }

  public func start(_ station: Station, nowNanoseconds now: Int64) -> [Observation] {
    readyDeadlineNanoseconds = now + Self.settlingNanoseconds
    found = []
    startThreads()
    return drain()
  }

  private func startThreads() {
    do throws(BusError) {
      try parts.contactors.start()
    } catch {
      // Without its guard nothing is ever closed: every EVSE is at fault.
      for evse in plan.evses {
        tell(evse.id, .internalError, "Contactors", "no thread: \(error)")
      }
    }
    for thread in parts.threads {
      do throws(BusError) {
        try thread.start()
      } catch {
        tell(0, .internalError, "Bus", "\(thread.name): no thread: \(error)")
      }
    }
  }

  public var isReady: Bool {
    parts.meters.allSatisfy(\.isSettled) || clock.nowNanoseconds >= readyDeadlineNanoseconds
  }

  public func reconcile(_ outputs: Outputs, nowNanoseconds now: Int64) {
    for (index, wanted) in outputs.evses.enumerated() where index < plan.evses.count {
      let connectors = plan.evses[index].connectors
      if wanted.isClosed {
        choose(index, connectors.firstIndex { $0.id == wanted.connector } ?? 0)
      }
      pilot?.offer(evse: wanted.id, milliamperes: wanted.limitMilliamperes)
      parts.contactors.command(evse: wanted.id, isClosed: wanted.isClosed)
      for (position, lock) in wanted.locks.enumerated() where position < connectors.count {
        parts.contactors.commandLock(
          evse: wanted.id, connector: connectors[position].id, isLocked: lock.isLocked,
          order: lock.order)
      }
      guard commanded[index] != wanted.isClosed else { continue }
      commanded[index] = wanted.isClosed
      told[index].isClosed = wanted.isClosed
      if !wanted.isClosed { told[index].openedNanoseconds = now }
      parts.display?.disturbed()
    }
  }

  /// Says whose relay the next closing closes. Another connector's, closed since the last turn, is
  /// told to open first.
  private func choose(_ index: Int, _ position: Int) {
    guard parts.relays[index].choice != position else { return }
    parts.contactors.command(evse: plan.evses[index].id, isClosed: false)
    parts.relays[index].choice = position
  }

  public func take(nowNanoseconds now: Int64) -> [Observation] {
    parts.contactors.beat()
    for finding in parts.mailbox.take() { note(finding, now) }
    return drain()
  }

  public func takeCards() -> [CardFound] {
    defer { cards = [] }
    return cards
  }

  /// Meters speak once a second by themselves; asking would wait for a bus.
  public func readMeters(nowNanoseconds: Int64) -> [Observation] { [] }

  public func show(_ picture: Picture) {
    parts.display?.show(picture.rows)
    parts.strip?.show(picture.lamps)
  }

  /// The mailbox wakes the loop; only the end of the wait for dead sensors is planned.
  public var dueNanoseconds: Int64? {
    isReady || readyDeadlineNanoseconds == 0 ? nil : readyDeadlineNanoseconds
  }

  public func resetContactor(evse: UInt32) { parts.contactors.reset(evse: evse) }

  public func stop() {
    _ = parts.contactors.stop(withinNanoseconds: Self.stopNanoseconds)
    // All are asked before one is waited for: several buses that hang take no longer than one.
    let end = clock.nowNanoseconds + Self.stopNanoseconds
    for thread in parts.threads { _ = thread.stop(withinNanoseconds: 0) }
    for thread in parts.threads {
      _ = thread.stop(withinNanoseconds: max(0, end - clock.nowNanoseconds))
    }
  }

  private func drain() -> [Observation] {
    defer { found = [] }
    return found
  }
}
