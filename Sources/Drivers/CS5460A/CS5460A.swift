/// The driver of a CS5460A power meter.
///
/// It reads every computation cycle once (the chip forgets the energy of the one before), notices
/// the ones that it missed, and never makes up energy. It is a state machine that is called when it
/// is due: nothing in it waits. A poll is one transaction, a cycle's reading one more; at the usual
/// five polls per cycle of a second that is six transactions and fewer than eighty bytes a second.
///
/// One instance belongs to one chip, and to the thread of its bus. The chip's registers are
/// volatile: they are compared with the calibration every minute, and whenever something is odd.
public final class CS5460A: BusTask {
  /// How a meter is wired and what counts as a load.
  public struct Settings: Hashable, Sendable {
    /// The checked calibration.
    public var scale: MeterScale
    /// The current sensor is the wrong way round: import would be negative.
    public var isInverted = false
    /// Below it a cycle is noise and no load: 0.4 % of 10 A at 230 V, the starting current of a
    /// meter of class 1.
    public var creepMilliwatts: Int64 = 9_200

    /// A meter that is wired as it should be.
    public init(scale: MeterScale) {
      self.scale = scale
    }
  }

  /// What the driver has done so far; for evidence, on the bus's thread (in `onSample`).
  public struct Statistics: Hashable, Sendable {
    /// Transactions on the bus.
    public var transactions: Int64 = 0
    /// Of them, those that the bus failed.
    public var busErrors: Int64 = 0
    /// How often the chip was set up.
    public var resets: Int64 = 0
    /// How often its serial port was brought back to its beginning.
    public var synchronisations: Int64 = 0
    /// Readings that had to be repeated, because two did not agree.
    public var repeatedReadings: Int64 = 0
  }

  enum Phase: Hashable, Sendable {
    /// Is a chip there, and does it still know its settings?
    case probing
    /// A soft reset runs; so many looks at it are left.
    case resetting(looks: Int)
    /// Computation cycles are read.
    case measuring
  }

  /// Pause after a failed attempt.
  static let retryNanoseconds: Int64 = 1_000_000_000
  /// Pause after the command for a soft reset, and between looks at it.
  static let resetNanoseconds: Int64 = 10_000_000
  static let resetLooks = 50
  static let resetLookNanoseconds: Int64 = 1_000_000
  /// How often the registers are compared with the calibration.
  static let verifyNanoseconds: Int64 = 60_000_000_000
  /// Failed transactions in a row after which the chip counts as failed: 0.6 s at five polls a
  /// second. A single one is a spark.
  static let troublesToFault = 3

  let device: any SPIDevice
  let clock: any DeviceClock
  let settings: Settings
  private let onSample: (MeterSample) -> Void
  private let onState: (MeterState) -> Void

  var phase = Phase.probing
  var account: EnergyAccount
  var judge: MeterJudge
  /// What the bus has seen of this driver.
  public internal(set) var statistics = Statistics()
  /// Whether it can be trusted now.
  public private(set) var state = MeterState.starting
  /// The serial port may be out of step.
  var needsSynchronisation = true
  /// We have set the chip up, and it computes for all we know.
  var isConfigured = false
  /// Successive transactions that failed, and polls after which the port was out of step.
  var troubles = 0
  var desynchronisations = 0
  /// The ready bit was clear after this moment.
  var clearNanoseconds: Int64 = 0
  /// When a chip without a finished cycle counts as silent, and looks at it since the last one.
  var silentNanoseconds: Int64 = 0
  var pollsWithoutCycle = 0
  var verifyDueNanoseconds: Int64 = 0
  var pollDueNanoseconds: Int64 = 0

  /// A driver that begins with its first call of `run`.
  ///
  /// - Parameters:
  ///   - device: the chip's chip select on its bus (mode 0, 1 MHz at most).
  ///   - onSample: called for each computation cycle that was read (once for two that were read at
  ///     their boundary), and for each repetition of a stale chip: look at `quality`.
  ///   - onState: called when it begins to measure, fails, or heals.
  public init(
    device: any SPIDevice, clock: any DeviceClock, settings: Settings,
    onSample: @escaping (MeterSample) -> Void, onState: @escaping (MeterState) -> Void
  ) {
    self.device = device
    self.clock = clock
    self.settings = settings
    self.onSample = onSample
    self.onState = onState
    let ledger = EnergyLedger(
      scale: settings.scale, isInverted: settings.isInverted,
      creepMilliwatts: settings.creepMilliwatts)
    account = EnergyAccount(ledger: ledger, cycleNanoseconds: settings.scale.cycleNanoseconds)
    judge = MeterJudge(scale: settings.scale)
  }

  /// Five looks at the ready bit in a computation cycle.
  var pollNanoseconds: Int64 { settings.scale.cycleNanoseconds / 5 }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    do {
      switch phase {
      case .probing: return try probe(now)
      case .resetting(let looks): return try awaitReset(now, looks)
      case .measuring: return try poll(now)
      }
    } catch {
      statistics.busErrors += 1
      return trouble(.bus(error), now)
    }
  }

  /// A transaction went wrong: the next begins with a synchronisation, the third fails the meter.
  ///
  /// What the chip computes meanwhile is not lost: if it still knows its settings afterwards, the
  /// cycles are estimated.
  func trouble(_ fault: MeterFault, _ now: Int64) -> Int64 {
    needsSynchronisation = true
    troubles += 1
    guard phase == .measuring, troubles < Self.troublesToFault else { return fail(fault, now) }
    return nextPoll(now)
  }

  /// The meter cannot be used; it is looked for again in a second.
  func fail(_ fault: MeterFault, _ now: Int64) -> Int64 {
    become(.failed(fault))
    phase = .probing
    needsSynchronisation = true
    return now + Self.retryNanoseconds
  }

  /// The chip must be set up again: what it computed since the last reading is unknown.
  func startAnew(_ fault: MeterFault, _ now: Int64) -> Int64 {
    become(.failed(fault))
    account.interrupt()
    isConfigured = false
    phase = .probing
    needsSynchronisation = true
    return now
  }

  func become(_ new: MeterState) {
    guard new != state else { return }
    state = new
    onState(new)
  }

  func report(_ sample: MeterSample) {
    become(judge.fault.map { .failed($0) } ?? .measuring)
    onSample(sample)
  }

  /// When to look next: at the distance of polls, whatever was late.
  func nextPoll(_ now: Int64) -> Int64 {
    pollDueNanoseconds += pollNanoseconds
    if pollDueNanoseconds < now + pollNanoseconds / 2 { pollDueNanoseconds = now + pollNanoseconds }
    return pollDueNanoseconds
  }
}
