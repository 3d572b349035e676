/// A line of a bus on the 40-pin header.
public struct BusLine: Hashable, Sendable, CustomStringConvertible {
  /// A bus by the kernel's number: `/dev/spidevN.…`, `/dev/i2c-N`.
  public enum Bus: Hashable, Sendable {
    case spi(Int)
    case i2c(Int)
  }

  /// Whose line it is.
  public var bus: Bus
  /// `MOSI`, `SDA`, `chip select 0`, …
  public var signal: String

  public init(bus: Bus, signal: String) {
    self.bus = bus
    self.signal = signal
  }

  public var description: String {
    switch bus {
    case .spi(let number): "\(signal) of SPI\(number)"
    case .i2c(let number): "\(signal) of I2C\(number)"
    }
  }
}

/// What the 40-pin header of a Raspberry Pi carries, by BCM numbers.
///
/// Alternate functions: BCM2835 ARM Peripherals §6.2, BCM2711 ARM Peripherals §5.3. Chip selects
/// are the standard ones of the firmware's overlays `spi0-2cs`, `spi1-3cs`, `spi3-2cs` and so on;
/// an overlay's parameters can move them, which nobody can see from here.
public enum RaspberryPiHeader {
  /// The pins that the header has.
  public static let pins = 0...27
  /// Pins that are pulled up until somebody drives them; the others are pulled down.
  public static let pulledUp = 0...8
  /// What a HAT's memory is read through before Linux starts.
  public static let identification = 0...1
  /// The serial console, where it is enabled.
  public static let serial = 14...15
  /// Pins that the library for LED strips can feed (PWM channel 0).
  public static let pulseWidth = [12, 18]
  /// Where `dtoverlay=w1-gpio` expects 1-wire sensors.
  public static let oneWire = 4

  /// Data and clock of an SPI bus; nil for a bus that the header does not have. SPI0 and the
  /// auxiliary SPI1 are on every model, SPI3 to SPI6 on the Pi 4.
  static func dataLines(spi bus: Int) -> [(signal: String, pin: Int)]? {
    let pins: (mosi: Int, miso: Int, clock: Int)
    switch bus {
    case 0: pins = (10, 9, 11)
    case 1: pins = (20, 19, 21)
    case 3: pins = (2, 1, 3)
    case 4: pins = (6, 5, 7)
    case 5: pins = (14, 13, 15)
    case 6: pins = (20, 19, 21)
    default: return nil
    }
    return [("MOSI", pins.mosi), ("MISO", pins.miso), ("SCLK", pins.clock)]
  }

  /// The kernel's chip selects of an SPI bus, in order.
  static func selectPins(spi bus: Int) -> [Int] {
    switch bus {
    case 0: [8, 7]
    case 1: [18, 17, 16]
    case 3: [0, 24]
    case 4: [4, 25]
    case 5: [12, 26]
    case 6: [18, 27]
    default: []
    }
  }

  /// Data and clock of an I2C bus. Buses 2 and above are put where their overlay says, so they are
  /// not known.
  static func lines(i2c bus: Int) -> [(signal: String, pin: Int)] {
    switch bus {
    case 0: [("SDA", 0), ("SCL", 1)]
    case 1: [("SDA", 2), ("SCL", 3)]
    default: []
    }
  }
}
