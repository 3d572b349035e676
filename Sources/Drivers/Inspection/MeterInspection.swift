/// A meter's driver on its own, with a sharp eye on time: what `chargepi hw` and `chargepi
/// calibrate` measure with.
///
/// The driver looks five times in a cycle, which tells energy without loss but time to a fifth of a
/// second only. Here the chip is asked every millisecond when a cycle is about to end, so that ten
/// cycles tell its crystal to some hundred millionths.
public final class MeterInspection: BusTask {
  /// A computation cycle, and how long it took.
  public struct Cycle: Hashable, Sendable {
    /// What the driver made of it.
    public var sample: MeterSample
    /// Since the end of the one before; nil for the first, where one was missed in between, and
    /// where one of the ends was seen late.
    public var periodNanoseconds: Int64?
    /// By how much its end was seen late at most.
    public var uncertaintyNanoseconds: Int64
  }

  /// Between two looks at a cycle that is about to end.
  static let lookNanoseconds: Int64 = 1_000_000

  private let driver: CS5460A
  private let clock: any DeviceClock
  private let box: Box
  private let cycleNanoseconds: Int64
  private var previousLook: Int64?
  private var last: Cycle?

  /// What the driver has told.
  private final class Box {
    var sample: MeterSample?
  }

  /// Cycles that ended since the last `take`, the oldest first.
  private var cycles: [Cycle] = []
  /// How the crystal runs, as far as it is known.
  public private(set) var timing: MeterTiming

  /// A meter that begins with the first `run`; it resets the chip.
  public init(device: any SPIDevice, clock: any DeviceClock, settings: CS5460A.Settings) {
    self.clock = clock
    let box = Box()
    self.box = box
    cycleNanoseconds = settings.scale.cycleNanoseconds
    timing = MeterTiming(nominalNanoseconds: cycleNanoseconds)
    driver = CS5460A(
      device: device, clock: clock, settings: settings, onSample: { box.sample = $0 },
      onState: { _ in })
  }

  /// What its bus has seen.
  public var statistics: CS5460A.Statistics { driver.statistics }

  /// What is wrong with it now; nil while it measures.
  public var fault: MeterFault? {
    switch driver.state {
    case .starting: .silent
    case .measuring: nil
    case .failed(let fault): fault
    }
  }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    let asked = driver.run(nowNanoseconds: now)
    let look = previousLook
    previousLook = now
    if let sample = box.sample {
      box.sample = nil
      note(sample, lookedBefore: look ?? now - cycleNanoseconds)
    }
    guard driver.phase == .measuring, let last else { return asked }
    // The end that was seen may have been earlier, and the crystal fast.
    let due =
      last.sample.monotonicNanoseconds - last.uncertaintyNanoseconds + cycleNanoseconds
      - cycleNanoseconds / 50
    return max(due, clock.nowNanoseconds + Self.lookNanoseconds)
  }

  /// The cycles that ended since it was asked last, the oldest first.
  public func take() -> [Cycle] {
    defer { cycles = [] }
    return cycles
  }

  private func note(_ sample: MeterSample, lookedBefore look: Int64) {
    let end = sample.monotonicNanoseconds
    var cycle = Cycle(sample: sample, uncertaintyNanoseconds: max(0, end - look))
    var count: Int64?
    if let last = last?.sample, sample.quality.isDisjoint(with: .gap) {
      count =
        sample.cyclesCounted + sample.cyclesEstimated - last.cyclesCounted - last.cyclesEstimated
    }
    if let last, count == 1, timing.isSharp(cycle.uncertaintyNanoseconds),
      timing.isSharp(last.uncertaintyNanoseconds)
    {
      cycle.periodNanoseconds = end - last.sample.monotonicNanoseconds
    }
    timing.add(end, cycles: count, cycle.uncertaintyNanoseconds)
    last = cycle
    cycles.append(cycle)
  }
}

/// How long a chip's computation cycles take: what its crystal is worth.
public struct MeterTiming: Sendable {
  /// What a cycle should take.
  public let nominalNanoseconds: Int64
  /// Cycles that were timed: from the first end that was seen sharply to the last.
  public private(set) var cycles: Int64 = 0
  private var nanoseconds: Int64 = 0
  private var first: (nanoseconds: Int64, uncertainty: Int64)?
  private var lastUncertainty: Int64 = 0
  /// Cycles since the first end, also those whose ends were seen late.
  private var cyclesSinceFirst: Int64 = 0

  init(nominalNanoseconds: Int64) { self.nominalNanoseconds = nominalNanoseconds }

  /// Whether an end that was seen so late at most tells time.
  func isSharp(_ uncertainty: Int64) -> Bool { uncertainty <= nominalNanoseconds / 25 }

  /// Notes a cycle's end.
  ///
  /// - Parameter count: cycles since the end before; nil where that is not known.
  mutating func add(_ end: Int64, cycles count: Int64?, _ uncertainty: Int64) {
    guard let count, let first else {
      self = MeterTiming(nominalNanoseconds: nominalNanoseconds)
      if isSharp(uncertainty) { first = (end, uncertainty) }
      return
    }
    cyclesSinceFirst += count
    guard isSharp(uncertainty) else { return }
    cycles = cyclesSinceFirst
    nanoseconds = end - first.nanoseconds
    lastUncertainty = uncertainty
  }

  /// What a cycle takes by the kernel's clock; nil before one was timed.
  public var periodNanoseconds: Int64? { cycles > 0 ? nanoseconds / cycles : nil }

  /// How much faster than it should the crystal runs, in millionths; nil before a cycle was timed.
  public var crystalPpm: Int64? {
    guard cycles > 0 else { return nil }
    let wanted = nominalNanoseconds * cycles
    return WideArithmetic.scale(wanted - nanoseconds, by: 1_000_000, over: nanoseconds)
  }

  /// By how much `crystalPpm` may be wrong in either direction; what the kernel's clock is off by
  /// comes on top.
  public var uncertaintyPpm: Int64 {
    guard let first, nanoseconds > 0 else { return 1_000_000 }
    return WideArithmetic.scale(
      max(first.uncertainty, lastUncertainty), by: 1_000_000, over: nanoseconds) + 1
  }
}
