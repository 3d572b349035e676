/// How a station's hardware is wired, as its configuration says: the one description that the
/// board, `chargepi off` and `chargepi hw` build from.
public struct HardwarePlan: Hashable, Sendable {
  /// The GPIO chip by path (`/dev/gpiochip0`) or label; empty for the Raspberry Pi's own.
  public var gpioChip = ""
  /// EVSEs in file order.
  public var evses: [EVSEPlan] = []
  /// Card readers.
  public var readers: [ReaderPlan] = []
  /// The character display; nil for none.
  public var display: DisplayPlan?
  /// The LED strip; nil for none.
  public var lamps: LampPlan?
  /// Opens everything while active.
  public var emergencyStop: InputPlan?
  /// Opens everything while the housing is open.
  public var doorContact: InputPlan?
  /// A residual-current monitor's output: opens everything while active.
  public var residualCurrentMonitor: InputPlan?
  /// Files that tell temperatures (the Pi's thermal zone, 1-wire `w1_slave`), with their limits.
  public var temperatures: [TemperaturePlan] = []
  /// Nominal mains voltage, in millivolts.
  public var lineMillivolts: Int64 = 230_000

  /// A station without any hardware.
  public init() {}
}

/// An input pin: BCM number and wiring.
public struct InputPlan: Hashable, Sendable {
  /// BCM number.
  public var pin: Int
  /// True when the level is low while the input is active.
  public var isActiveLow: Bool

  public init(pin: Int, isActiveLow: Bool) {
    self.pin = pin
    self.isActiveLow = isActiveLow
  }
}

/// An EVSE's wiring.
public struct EVSEPlan: Hashable, Sendable {
  /// As in the configuration, from 1 without gaps.
  public var id: UInt32
  /// Its connectors, in file order.
  public var connectors: [ConnectorPlan] = []

  public init(id: UInt32) { self.id = id }
}

/// A connector's wiring: its own relay and its own meter.
public struct ConnectorPlan: Hashable, Sendable {
  /// As in the configuration, from 1 without gaps.
  public var id: UInt32
  /// The contactor's relay; nil only in plans that have faults.
  public var relay: RelayPlan?
  /// The power meter; without one nothing is charged (DESIGN §3, rule 10).
  public var meter: MeterPlan?
  /// The plug sensor; nil for a simple outlet.
  public var plugSense: InputPlan?
  /// The lock's motor or solenoid; nil for none.
  public var lock: LockPlan?
  /// The most that may be drawn per phase, in milliamperes.
  public var maximumMilliamperes: Int64 = 0

  public init(id: UInt32) { self.id = id }
}

/// A relay or contactor.
public struct RelayPlan: Hashable, Sendable {
  /// BCM number.
  public var pin: Int
  /// True when a low level closes it (`default_state` 1: high is its open state).
  public var isActiveLow: Bool
  /// An auxiliary contact that tells where the contactor is.
  public var feedback: InputPlan?
  /// How long it stays open at least, in nanoseconds.
  public var minimumOffNanoseconds: Int64 = 10_000_000_000
  /// Closures per minute at most.
  public var closuresPerMinute = 6

  public init(pin: Int, isActiveLow: Bool) {
    self.pin = pin
    self.isActiveLow = isActiveLow
  }
}

/// A lock: active is locked.
public struct LockPlan: Hashable, Sendable {
  /// BCM number.
  public var pin: Int
  /// True when a low level is the active one.
  public var isActiveLow: Bool
  /// Tells that it is locked.
  public var feedback: InputPlan?

  public init(pin: Int, isActiveLow: Bool) {
    self.pin = pin
    self.isActiveLow = isActiveLow
  }
}

/// Where a chip is on an SPI bus: `/dev/spidevBUS.SELECT`, and the pin of its chip select if that
/// is not the kernel's.
public struct SPIPlace: Hashable, Sendable {
  /// The bus's number.
  public var bus: Int
  /// The number of the kernel's chip select.
  public var chipSelect: Int
  /// BCM number of a chip select on a GPIO; nil when the kernel drives it.
  public var selectPin: Int?
  /// Clock, in hertz.
  public var hertz: Int

  public init(bus: Int, chipSelect: Int, selectPin: Int? = nil, hertz: Int) {
    self.bus = bus
    self.chipSelect = chipSelect
    self.selectPin = selectPin
    self.hertz = hertz
  }
}

/// Where a chip is on an I2C bus: `/dev/i2c-BUS`, and its 7-bit address.
public struct I2CPlace: Hashable, Sendable {
  /// The bus's number.
  public var bus: Int
  /// The 7-bit address.
  public var address: Int

  public init(bus: Int, address: Int) {
    self.bus = bus
    self.address = address
  }
}

/// A CS5460A: where it is, and what its inputs are wired to.
public struct MeterPlan: Hashable, Sendable {
  /// Where its chip is.
  public var place: SPIPlace
  /// The shunt, in micro-ohms (`shunt_offset` in ohms).
  public var shuntMicroohms: Int64
  /// The voltage divider's ratio, in thousandths (`voltage_divider_offset`).
  public var dividerPermille: Int64
  /// Whether current flows through the shunt the other way round.
  public var isInverted = false
  /// Whether the voltage is tapped behind the contactor, which proves its state without a load.
  public var tapsLoadSide = false
  /// Whether the tenfold (false) or fiftyfold (true) current gain is used.
  public var hasHighGain = false
  /// The calibration's key in `calibration.json`, by EVSE and connector: `1.1`.
  public var name: String

  public init(place: SPIPlace, shuntMicroohms: Int64, dividerPermille: Int64, name: String) {
    self.place = place
    self.shuntMicroohms = shuntMicroohms
    self.dividerPermille = dividerPermille
    self.name = name
  }
}

/// A card reader.
public struct ReaderPlan: Hashable, Sendable {
  /// The chip and where it is.
  public enum Chip: Hashable, Sendable {
    case mfrc522(SPIPlace)
    case pn532(I2CPlace)
  }

  /// The chip, and where it is.
  public var chip: Chip
  /// BCM number of its reset line; nil where it is not wired.
  public var resetPin: Int?
  /// BCM number of its interrupt line; nil where it is not wired.
  public var interruptPin: Int?
  /// Whether numbers are told with their bytes reversed.
  public var reversesUID = false
  /// Whether cards that change their number each time are accepted.
  public var acceptsRandomUID = false
  /// EVSEs that its cards may choose from; empty for all.
  public var evses: [UInt32] = []

  public init(chip: Chip) { self.chip = chip }
}

/// A character display behind a PCF8574.
public struct DisplayPlan: Hashable, Sendable {
  /// Where its chip is.
  public var place: I2CPlace
  /// Characters per row: 16 or 20.
  public var columns = 16
  /// Rows: 2 or 4.
  public var rows = 2
  /// Two letters of ISO 639: `en`, `de`, `sl`.
  public var language = "en"

  public init(place: I2CPlace) { self.place = place }
}

/// An LED strip.
public struct LampPlan: Hashable, Sendable {
  /// What drives it.
  public enum Output: Hashable, Sendable {
    /// The MOSI line of an SPI bus that nothing else uses.
    case spi(SPIPlace)
    /// `libws2811.so` with PWM and DMA on this pin (12 or 18).
    case library(pin: Int)
  }

  /// How the strip is driven.
  public var output: Output
  /// LEDs that belong to each connector.
  public var ledsPerConnector = 1
  /// Order of the colours on the wire: `GRB`, `RGB` or `GRBW`.
  public var order = "GRB"
  /// True where a level shifter inverts the line.
  public var isInverted = false
  /// Whether a card that was read is shown by a flash.
  public var indicatesCard = false
  /// The most that the strip may draw, in milliamperes.
  public var budgetMilliamperes = 500

  public init(output: Output) { self.output = output }
}

/// A temperature's file and its limit.
public struct TemperaturePlan: Hashable, Sendable {
  /// What kind of file it is.
  public enum Kind: String, Hashable, Sendable {
    /// Thousandths of a degree in one line (`/sys/class/thermal/thermal_zone0/temp`).
    case thermalZone
    /// Two lines with a checksum (`/sys/bus/w1/devices/28-…/w1_slave`).
    case w1Slave
  }

  /// What kind of file it is.
  public var kind: Kind
  /// Its path.
  public var path: String
  /// Above this the station stops charging, in thousandths of a degree; nil for telling only.
  public var limitMillidegrees: Int64?

  public init(kind: Kind, path: String, limitMillidegrees: Int64?) {
    self.kind = kind
    self.path = path
    self.limitMillidegrees = limitMillidegrees
  }
}
