import ChargePiES

/// What a board is made of once its buses are open.
struct HardwareParts {
  let mailbox: Mailbox<BoardFinding>
  let contactors: ContactorThread
  /// Per EVSE, in the plan's order.
  let relays: [ConnectorRelays]
  /// Per EVSE, in the plan's order.
  let meters: [EVSEMeters]
  let threads: [BusThread]
  let display: HD44780?
  let strip: WS281xStrip?
  /// Every chip that can answer, in the order in which they were found.
  let chips: [ExpectedChip]
}

/// A chip that must answer where the configuration says that it is.
struct ExpectedChip {
  /// Whose value says so.
  let role: WiringRole
  /// Asks it for what it always knows; false for what no such chip says.
  let answers: () throws(BusError) -> Bool
}

/// Opens what a plan names, and says whose key it is that cannot be opened.
struct HardwareBuilder {
  /// Findings that may wait for the loop: samples replace each other, and what is left is what a
  /// station can change in minutes.
  static let mailboxCapacity = 512

  let plan: HardwarePlan
  let provider: any HardwareProvider
  let mailbox: Mailbox<BoardFinding>
  let watch = MeterWatch()
  let wake: @Sendable () -> Void

  init(
    plan: HardwarePlan, provider: any HardwareProvider, wake: @escaping @Sendable () -> Void
  ) {
    self.plan = plan
    self.provider = provider
    self.wake = wake
    mailbox = Mailbox(
      capacity: Self.mailboxCapacity, sampleKey: { $0.sampleKey }, wake: wake)
  }

  func parts(calibrations: [String: MeterCalibration]) throws(WiringFault) -> HardwareParts {
    do throws(BusError) {
      try provider.checkPins()
    } catch {
      throw WiringFault(.gpioChip, .noChip(plan.gpioChip, error))
    }
    // Relays first: they are open from here on, whatever fails below.
    let relays = try relays()
    var buses = BusTasks()
    let meters = plan.evses.map { EVSEMeters(evse: $0.id, count: $0.connectors.count) }
    for (index, evse) in plan.evses.enumerated() {
      try addMeters(evse, meters[index], relays[index], calibrations, &buses)
    }
    try addReaders(&buses)
    let display = try addDisplay(&buses)
    let strip = try addStrip(&buses)
    addTemperatures(&buses)
    let wiring = StationWiring(contactors: try contactors(relays), safety: try safety())
    let box = mailbox
    let contactors = ContactorThread(
      wiring: wiring, limits: limits, meters: watch,
      report: { box.post(.guarded($0)) }, ask: wake)
    let threads = buses.threads()
    connectWishes(display, strip, threads, buses)
    return HardwareParts(
      mailbox: mailbox, contactors: contactors, relays: relays, meters: meters, threads: threads,
      display: display, strip: strip, chips: buses.chips)
  }

  /// What is shown next is shown at once: a wish wakes its bus.
  private func connectWishes(
    _ display: HD44780?, _ strip: WS281xStrip?, _ threads: [BusThread], _ buses: BusTasks
  ) {
    if let display, let thread = buses.thread(of: display, in: threads) {
      display.onWish { [weak thread, weak display] in
        if let display { thread?.wake(display) }
      }
    }
    if let strip, let thread = buses.thread(of: strip, in: threads) {
      strip.onWish { [weak thread, weak strip] in
        if let strip { thread?.wake(strip) }
      }
    }
  }

  /// One guard has one set of limits: the most careful of the relays'.
  private var limits: GuardLimits {
    var limits = GuardLimits()
    let relays = plan.evses.flatMap { $0.connectors.compactMap(\.relay) }
    limits.minimumOpenNanoseconds = relays.map(\.minimumOffNanoseconds).max() ?? 0
    limits.closuresPerMinute = relays.map(\.closuresPerMinute).min() ?? 1
    return limits
  }
}

/// The tasks of each bus, by the bus's name, in the order in which they were found.
struct BusTasks {
  /// Every chip of them that can answer.
  var chips: [ExpectedChip] = []
  private var names: [String] = []
  private var tasks: [[any BusTask]] = []

  mutating func add(_ task: any BusTask, to name: String) {
    if let index = names.firstIndex(of: name) {
      tasks[index].append(task)
    } else {
      names.append(name)
      tasks.append([task])
    }
  }

  /// A thread for each bus.
  func threads() -> [BusThread] { zip(names, tasks).map { BusThread(name: $0, tasks: $1) } }

  /// The thread that a task was given to.
  func thread(of task: any BusTask, in threads: [BusThread]) -> BusThread? {
    tasks.firstIndex { $0.contains { $0 === task } }.map { threads[$0] }
  }
}
