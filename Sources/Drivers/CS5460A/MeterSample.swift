/// What a meter measured in a computation cycle.
///
/// The mains' frequency is not in it: the CS5460A has no register for it (its successors do), and
/// it cannot be told from values that are means over a whole cycle.
public struct MeterSample: Hashable, Sendable {
  /// When the cycle's end was seen, at the latest (CLOCK_MONOTONIC).
  public var monotonicNanoseconds: Int64 = 0
  /// Energy from the mains since this driver began, in milliwatt-hours. Never falls, also not when
  /// the chip is reset.
  public var importMilliwattHours: Int64 = 0
  /// Energy into the mains since this driver began, in milliwatt-hours. Never falls.
  public var exportMilliwattHours: Int64 = 0
  /// Active power of the cycle, positive from the mains.
  public var powerMilliwatts: Int64 = 0
  /// RMS voltage of the cycle.
  public var voltageMillivolts: Int64 = 0
  /// RMS current of the cycle; it has no sign.
  public var currentMilliamperes: Int64 = 0
  /// What to know before using it.
  public var quality: MeterQuality = []
  /// Cycles since this driver began whose energy was read.
  public var cyclesCounted: Int64 = 0
  /// Cycles since this driver began whose energy was estimated.
  public var cyclesEstimated: Int64 = 0
  /// Time since this driver began about which nothing is known.
  public var gapNanoseconds: Int64 = 0
  /// The registers, for calibration and evidence.
  public var reading = CycleReading()
}

/// The registers of one computation cycle, as the chip has them.
public struct CycleReading: Hashable, Sendable {
  /// Signed; 2^23 is full scale.
  public var energy: Int64 = 0
  /// Unsigned; 2^24 is full scale.
  public var current: Int64 = 0
  /// Unsigned; 2^24 is full scale.
  public var voltage: Int64 = 0

  /// Registers by their values.
  public init(energy: Int64 = 0, current: Int64 = 0, voltage: Int64 = 0) {
    self.energy = energy
    self.current = current
    self.voltage = voltage
  }
}

/// What to know of a sample before using it.
public struct MeterQuality: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Energy of this cycle, or of missed ones before it, was estimated.
  public static let estimated = MeterQuality(rawValue: 1)
  /// Before it lies time about which nothing is known; no energy was booked for it.
  public static let gap = MeterQuality(rawValue: 1 << 1)
  /// Voltage or current were beyond what the chip can measure.
  public static let outOfRange = MeterQuality(rawValue: 1 << 2)
  /// The chip shows the same registers again, though current flows: nothing was booked.
  public static let stale = MeterQuality(rawValue: 1 << 3)
  /// Less than what counts as a load: nothing was booked.
  public static let creep = MeterQuality(rawValue: 1 << 4)
  /// Voltage, current and power cannot be true together.
  public static let implausible = MeterQuality(rawValue: 1 << 5)
  /// The bus garbled an answer, which was read again.
  public static let noisy = MeterQuality(rawValue: 1 << 6)
}

/// Whether a meter can be trusted now.
public enum MeterState: Hashable, Sendable {
  /// Not yet measured anything.
  case starting
  /// Every cycle brings a sample.
  case measuring
  /// Samples are missing, or not to be trusted.
  case failed(MeterFault)
}

/// Why a meter cannot be trusted.
public enum MeterFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The data line stays at one level: no chip, no supply, or no wire.
  case absent(level: UInt8)
  /// The bus itself fails.
  case bus(BusError)
  /// Bytes come back, but commands have no effect.
  case notAnswering
  /// A register does not keep what is written into it.
  case registerNotKept(address: UInt8)
  /// The chip has forgotten its registers (its supply failed) and is being set up again.
  case wasReset
  /// The chip answers but finishes no computation cycle.
  case silent
  /// The chip shows the same registers again and again while current flows.
  case stale
  /// Voltage, current and power cannot be true together.
  case implausible
  /// The load is beyond what the chip can measure.
  case outOfRange

  /// A phrase for logs and for who looks after the station.
  public var description: String {
    switch self {
    case .absent(let level):
      "no chip answers (the data line stays \(level == 0 ? "low" : "high")): check the supply, "
        + "the chip select pin and MISO"
    case .bus(let error): "the bus fails: \(error)"
    case .notAnswering: "the chip does not follow commands: check MOSI and the clock line"
    case .registerNotKept(let address):
      "register \(address) does not keep what is written: check MOSI and the length of the wires"
    case .wasReset: "the chip lost its settings: its supply failed"
    case .silent: "the chip computes nothing: check its crystal"
    case .stale: "the chip repeats the same values while current flows"
    case .implausible: "voltage, current and power cannot be true together: check the calibration"
    case .outOfRange: "the load is beyond what the chip can measure"
    }
  }
}
