import Testing

@testable import Drivers

@Suite("whatever happens, the guard keeps its promises")
struct ContactorPropertyTests {
  /// Looks over the guard's shoulder, and remembers only what a bystander could see.
  final class Witness {
    let rig: GuardRig
    let limits = GuardLimits()
    var told = [false, false]
    var mustOpen = [false, false]
    var stopSince: Int64?
    var silentSince: [Int64?] = [nil, nil]
    var deadSince: Int64?
    var edges = [0, 0]
    var wasOn = [false, false]
    var lastOpened: [Int64?] = [nil, nil]
    var broken: [String] = []

    init(_ rig: GuardRig) {
      self.rig = rig
    }

    func command(_ isClosed: Bool, evse: Int) {
      told[evse] = isClosed
      if !isClosed { mustOpen[evse] = false }
      rig.command(isClosed, evse: UInt32(evse) + 1)
      look()
    }

    func look() {
      for trip in rig.take() {
        if case .tripped(let evse, _) = trip { mustOpen[Int(evse) - 1] = true }
      }
      for evse in 0..<2 {
        let isOn = rig.isOn(evse + 1)
        expect(!isOn || told[evse], "closed without a command", evse)
        expect(!isOn || !mustOpen[evse], "closed through a trip", evse)
        bound(isOn, stopSince, 100, "closed during an emergency", evse)
        bound(isOn, silentSince[evse], 6_100, "closed without a meter", evse)
        bound(isOn, deadSince, 2_600, "closed without a loop", evse)
        watchSwitch(isOn, evse)
      }
    }

    /// Closed for too long after a cause that has lasted since a moment, or since it closed.
    private func bound(
      _ isOn: Bool, _ since: Int64?, _ milliseconds: Int64, _ text: String, _ evse: Int
    ) {
      guard isOn, let since else { return }
      let closed = rig.sides[evse].edges.last?.nanoseconds ?? 0
      let lasted = rig.now - max(since, closed)
      expect(lasted <= milliseconds * GuardRig.millisecond, text, evse)
    }

    private func watchSwitch(_ isOn: Bool, _ evse: Int) {
      defer { wasOn[evse] = isOn }
      guard isOn != wasOn[evse] else { return }
      guard isOn else {
        lastOpened[evse] = rig.now
        return
      }
      if let opened = lastOpened[evse] {
        expect(
          rig.now - opened >= limits.minimumOpenNanoseconds, "closed without a rest", evse)
      }
      let closures = rig.sides[evse].edges.filter(\.isClosed).map(\.nanoseconds)
      let minute = closures.filter { $0 > rig.now - 60 * GuardRig.second }
      expect(minute.count <= limits.closuresPerMinute, "closed too often", evse)
    }

    private func expect(_ isKept: Bool, _ text: String, _ evse: Int) {
      if !isKept { broken.append("\(text): EVSE \(evse + 1) at \(rig.now)") }
    }
  }

  @Test("over minutes of chance", arguments: 1...6)
  func chance(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var options = GuardRig.Options()
    options.evses = 2
    options.hasFeedback = seed % 2 == 0
    options.hasLoadVoltage = seed % 3 == 0
    let rig = GuardRig(options)
    let witness = Witness(rig)
    for _ in 0..<250 {
      act(random.below(14), evse: random.below(2), &random, witness)
      rig.pass(milliseconds: Int64(random.below(3_000))) { witness.look() }
    }
    #expect(witness.broken.isEmpty, "\(witness.broken.prefix(3))")
    // The bench is no bench when nothing ever closes.
    let closures = rig.sides.reduce(0) { $0 + $1.edges.filter(\.isClosed).count }
    #expect(closures > 3)
  }

  private func act(
    _ what: Int, evse: Int, _ random: inout SeededRandom, _ witness: Witness
  ) {
    let rig = witness.rig
    let side = rig.sides[evse]
    switch what {
    case 0...4: witness.command(true, evse: evse)
    case 5, 6: witness.command(false, evse: evse)
    case 7:
      let isPressed = random.below(4) == 0
      rig.stop.drive(isPressed)
      witness.stopSince = isPressed ? witness.stopSince ?? rig.now : nil
    case 8:
      side.isMeterAlive = random.below(3) > 0
      witness.silentSince[evse] =
        side.isMeterAlive ? nil : witness.silentSince[evse] ?? rig.now
    case 9:
      rig.isLoopAlive = random.below(3) > 0
      if rig.isLoopAlive { rig.control.lastBeatNanoseconds = rig.now }
      witness.deadSince = rig.isLoopAlive ? nil : witness.deadSince ?? rig.now
    case 10: side.milliamperes = Int64(random.below(25_000))
    case 11:
      side.contacts = [.following, .following, .following, .welded, .stuckOpen][random.below(5)]
    case 12: side.contacts = .following
    default:
      rig.control.change(UInt32(evse) + 1) { $0.resets += 1 }
    }
  }

  /// What can happen to a switch.
  enum Step: CaseIterable {
    case open
    case close
    case trip
    case over
    case wait
  }

  @Test("every sequence of seven steps leaves the switch as its rules say")
  func enumerated() {
    var limits = GuardLimits()
    limits.minimumOpenNanoseconds = 10
    limits.closuresPerMinute = 2
    var count = 0
    for number in 0..<78_125 {
      var rest = number
      var contactor = ContactorSwitch(limits: limits, nowNanoseconds: 0)
      var model = Model()
      for _ in 0..<7 {
        let step = Step.allCases[rest % 5]
        rest /= 5
        model.apply(step, &contactor)
        guard model.agrees(with: contactor) else {
          Issue.record("sequence \(number), step \(step): \(contactor), \(model)")
          return
        }
      }
      count += 1
    }
    #expect(count == 78_125)
  }

  /// The same rules, told as a list of what has happened.
  struct Model {
    var now: Int64 = 0
    var isWanted = false
    var isTripped = false
    var wasToldToOpen = true
    var isClosed = false
    var openedAt: Int64 = 0
    var closedAt: [Int64] = []

    mutating func apply(_ step: Step, _ contactor: inout ContactorSwitch) {
      switch step {
      case .open:
        contactor.command(false, nowNanoseconds: now)
        isWanted = false
        wasToldToOpen = true
        openNow()
      case .close:
        contactor.command(true, nowNanoseconds: now)
        isWanted = true
      case .trip:
        let hasTripped = contactor.trip(.fellOpen, nowNanoseconds: now)
        if isWanted && !isTripped {
          isTripped = true
          wasToldToOpen = false
          openNow()
          assert(hasTripped)
        }
      case .over:
        _ = contactor.endTrip()
        if wasToldToOpen { isTripped = false }
      case .wait:
        now += 6
        contactor.closeIfDue(nowNanoseconds: now)
        let isOften = closedAt.suffix(2).count == 2
        guard isWanted, !isTripped, !isClosed, now >= openedAt + 10, !isOften else { return }
        isClosed = true
        closedAt.append(now)
      }
    }

    private mutating func openNow() {
      guard isClosed else { return }
      isClosed = false
      openedAt = now
    }

    func agrees(with contactor: ContactorSwitch) -> Bool {
      contactor.isClosed == isClosed && (contactor.trip != nil) == isTripped
        && contactor.isWanted == isWanted
    }
  }
}
