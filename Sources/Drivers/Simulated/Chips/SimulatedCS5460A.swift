/// What flows through a simulated meter at one moment.
public struct SimulatedLoad: Hashable, Sendable {
  /// RMS voltage at the meter's tap.
  public var millivolts: Int64
  /// RMS current.
  public var milliamperes: Int64
  /// Active power over voltage times current, in thousandths; negative when energy flows back.
  public var powerFactorPermille: Int64

  /// A load; resistive unless said otherwise.
  public init(millivolts: Int64, milliamperes: Int64, powerFactorPermille: Int64 = 1_000) {
    self.millivolts = millivolts
    self.milliamperes = milliamperes
    self.powerFactorPermille = powerFactorPermille
  }
}

/// What goes wrong inside of a simulated meter (what goes wrong on its way is in `ChipFaults`).
public struct CS5460AFaults: Hashable, Sendable {
  /// How a chip stops to measure.
  public enum Freeze: Hashable, Sendable {
    /// Cycles end, but their registers stay as they are.
    case registers
    /// No cycle ends.
    case conversions
  }

  /// It has stopped to measure.
  public var freeze: Freeze?
  /// Registers that always read the same, by their addresses.
  public var stuckRegisters: [UInt8: UInt32] = [:]
  /// Commands have no effect (MOSI is broken).
  public var isDeaf = false

  /// Nothing is wrong.
  public init() {}
}

/// A CS5460A, register by register and byte by byte.
///
/// Voltage and current are integrated over each computation cycle; what its registers then show is
/// exactly what the data sheet's formulas say, with gains, offsets and range bits. The world is
/// modelled in floating point, registers are integers. Not modelled: the chip's own calibration
/// commands (they are accepted and change nothing), and its pulse output.
public final class SimulatedCS5460A: SPIChip {
  /// What flows, by time. Between changes of a load that is set by hand, call `advance` first.
  public var load: (Int64) -> SimulatedLoad
  /// What is wrong with it.
  public var faults = CS5460AFaults()
  /// How far its crystal is off, in millionths.
  public var clockPpm: Int64 = 0
  /// The most by which its registers are off by noise, in their units. A chip without noise would
  /// look like one that repeats itself.
  public var noiseUnits: Int64 = 50
  /// Direct parts that its inputs add to the signals, in millionths of full scale.
  public var voltageOffsetPpm: Int64 = 0
  /// As `voltageOffsetPpm`.
  public var currentOffsetPpm: Int64 = 0
  /// Power that it sees without a load, in milliwatts.
  public var creepMilliwatts: Int64 = 0
  /// Called with each finished cycle's registers, also with those that nobody reads.
  public var onCycle: ((CycleReading) -> Void)?

  /// What drives its channels to full scale (peak) at a gain of 10, in microvolts and microamperes.
  let fullScaleMicrovolts: Int64
  let fullScaleMicroamperes: Int64
  let masterClockHertz: Int64

  var registers: [UInt8: UInt32] = [:]
  var port = Port.idle
  var output: [UInt8] = []
  var successiveSync1 = 0
  var run = Run.halted
  var integral = Integral()
  /// Up to where time has passed for it.
  var momentNanoseconds: Int64 = 0
  /// Until when a soft reset runs, and until when it has no supply.
  var resetUntilNanoseconds: Int64 = 0
  var darkUntilNanoseconds: Int64 = 0
  var energyReadNanoseconds: Int64 = 0
  var noise: SimulatedChance

  /// A chip that has just got its supply.
  ///
  /// - Parameter seed: of its noise.
  public init(
    fullScaleMicrovolts: Int64, fullScaleMicroamperes: Int64, masterClockHertz: Int64 = 4_096_000,
    seed: UInt64 = 1, load: @escaping (Int64) -> SimulatedLoad
  ) {
    self.fullScaleMicrovolts = fullScaleMicrovolts
    self.fullScaleMicroamperes = fullScaleMicroamperes
    self.masterClockHertz = masterClockHertz
    self.load = load
    noise = SimulatedChance(seed: seed)
    powerOn()
  }

  public func brownOut(nowNanoseconds: Int64) {
    brownOut(nowNanoseconds: nowNanoseconds, duration: 0)
  }

  /// Its supply fails, for so long: it forgets everything and halts. Zero is a dip.
  public func brownOut(nowNanoseconds: Int64, duration: Int64) {
    advance(to: nowNanoseconds)
    powerOn()
    darkUntilNanoseconds = nowNanoseconds + duration
    energyReadNanoseconds = darkUntilNanoseconds
  }

  /// Its supply sags without failing: it tells so.
  public func sag() { raise(.lowSupply) }

  private func powerOn() {
    registers = Self.defaults
    port = .idle
    output = []
    successiveSync1 = 0
    run = .halted
    resetUntilNanoseconds = 0
  }

  /// Registers after power-up or a reset; those that are not named are zero.
  static let defaults: [UInt8: UInt32] = [
    0: 0x000001, 2: 0x400000, 4: 0x400000, 5: 4_000, 6: 0x0FA000, 13: 0x800000, 15: 0x0003C1,
  ]

  // MARK: Registers

  typealias Register = CS5460A.Register
  typealias Status = CS5460A.Status

  subscript(_ register: Register) -> UInt32 {
    get { registers[register.rawValue] ?? 0 }
    set { registers[register.rawValue] = newValue & 0xFF_FFFF }
  }

  func raise(_ bits: Status) { self[.status] |= bits.rawValue }
  func lower(_ bits: Status) { self[.status] &= ~bits.rawValue }

  /// What a read of an address gives.
  func word(at address: UInt8, now: Int64) -> UInt32 {
    if let stuck = faults.stuckRegisters[address] { return stuck }
    switch Register(rawValue: address) {
    case .energy:
      energyReadNanoseconds = now
    case .configuration where now < resetUntilNanoseconds:
      return UInt32(CS5460A.Configuration.reset)
    case .status where run != .halted && now - energyReadNanoseconds > 5_000_000_000:
      raise(.watchdog)
    default: break
    }
    return registers[address] ?? 0
  }

  /// What a write to an address does.
  func write(_ word: UInt32, at address: UInt8, now: Int64) {
    guard now >= resetUntilNanoseconds else { return }
    switch Register(rawValue: address) {
    case .configuration where word & UInt32(CS5460A.Configuration.reset) != 0:
      // A soft reset leaves the control register as it is; latches that are stuck stay stuck.
      let kept: [Register] =
        [.control] + (faults.freeze == .registers ? [.energy, .currentRMS, .voltageRMS] : [])
      let words = kept.map { self[$0] }
      powerOn()
      for (register, word) in zip(kept, words) { self[register] = word }
      resetUntilNanoseconds = now + 200_000
    case .status:
      lower(Status(rawValue: word).subtracting(.levels))
    case .energy, .currentRMS, .voltageRMS:
      break
    default:
      registers[address] = word & 0xFF_FFFF
    }
  }
}
