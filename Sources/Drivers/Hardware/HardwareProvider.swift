import Glibc

/// Where a plan's chips and pins come from: the kernel's buses, or models of the chips.
public protocol HardwareProvider: AnyObject {
  /// The time of everything that it gives.
  var clock: any DeviceClock { get }
  /// Whether there are pins at all. Throws what is wrong with their chip.
  func checkPins() throws(BusError)
  /// A chip at an SPI bus.
  func spi(_ place: SPIPlace, consumer: String) throws(BusError) -> any SPIDevice
  /// A chip at an I2C bus.
  func i2c(_ place: I2CPlace) throws(BusError) -> any I2CDevice
  /// An output pin, inactive from its request on.
  func output(pin: Int, isActiveLow: Bool, consumer: String) throws(BusError) -> any DigitalOutput
  /// An input pin. `restsActive` says what it reads while nothing drives it: a safety input is
  /// active then, so that a broken wire stops the station.
  func input(
    _ plan: InputPlan, restsActive: Bool, consumer: String
  ) throws(BusError) -> any DigitalInput
  /// An LED strip.
  func strip(_ plan: LampPlan) throws(BusError) -> any WS281xOutput
  /// What tells cars how much they may draw; nil where nothing does, and a car takes what its cable
  /// and the breaker allow.
  var pilot: (any ControlPilot)? { get }
}

/// A control pilot (IEC 61851-1 annex A): the border for a driver of one.
public protocol ControlPilot: AnyObject {
  /// Offers an EVSE's car so much per phase, in milliamperes; 0 for nothing.
  func offer(evse: UInt32, milliamperes: Int64)
}

/// The hardware of the machine that this runs on, as Linux gives it.
public final class LinuxHardware: HardwareProvider {
  public let clock: any DeviceClock = LinuxDeviceClock()
  /// None is wired to a Raspberry Pi's header.
  public let pilot: (any ControlPilot)? = nil
  private let chip: GPIOChip
  private var spiBuses: [Int: LinuxSPIBus] = [:]
  private var i2cBuses: [Int: LinuxI2CBus] = [:]

  /// The GPIO chip by path or label; empty for the Raspberry Pi's own.
  public init(gpioChip: String) {
    chip = GPIOChip(configured: gpioChip)
  }

  public func checkPins() throws(BusError) {
    let path = try chip.path()
    guard access(path, R_OK | W_OK) == 0 else { throw .os(errno) }
    // Something else than a chip has no label.
    guard GPIOChip.label(path) != nil else { throw .os(ENOTTY) }
  }

  public func spi(_ place: SPIPlace, consumer: String) throws(BusError) -> any SPIDevice {
    let bus = spiBuses[place.bus] ?? LinuxSPIBus(number: UInt32(place.bus), clock: clock)
    spiBuses[place.bus] = bus
    let settings = SPISettings(hertz: UInt32(place.hertz))
    guard let pin = place.selectPin else {
      return try bus.device(select: UInt32(place.chipSelect), settings)
    }
    // A chip select is active when low.
    let select = try output(pin: pin, isActiveLow: true, consumer: consumer)
    return try bus.device(select: UInt32(place.chipSelect), settings, output: select)
  }

  public func i2c(_ place: I2CPlace) throws(BusError) -> any I2CDevice {
    let bus = i2cBuses[place.bus] ?? LinuxI2CBus(path: "/dev/i2c-\(place.bus)", clock: clock)
    i2cBuses[place.bus] = bus
    return try bus.device(address: UInt8(place.address))
  }

  public func output(
    pin: Int, isActiveLow: Bool, consumer: String
  ) throws(BusError) -> any DigitalOutput {
    let line = GPIOLine(chip: chip, offset: UInt32(pin), isActiveLow: isActiveLow)
    return try GPIOOutput(line, consumer: consumer, clock: clock)
  }

  public func input(
    _ plan: InputPlan, restsActive: Bool, consumer: String
  ) throws(BusError) -> any DigitalInput {
    let line = GPIOLine(chip: chip, offset: UInt32(plan.pin), isActiveLow: plan.isActiveLow)
    // The pull is electrical: an active-low input rests inactive at a pull-up.
    let bias: GPIOBias = plan.isActiveLow == restsActive ? .pullDown : .pullUp
    return try GPIOInput(line, bias: bias, consumer: consumer, clock: clock)
  }

  public func strip(_ plan: LampPlan) throws(BusError) -> any WS281xOutput {
    let order = WS281xOrder(rawValue: plan.order) ?? .grb
    switch plan.output {
    case .spi(let place):
      let device = try spi(place, consumer: "chargepi-lamps")
      return WS281xSPI(device: device, order: order, isInverted: plan.isInverted)
    case .library(let pin):
      guard let pin = WS2811Library.Pin(rawValue: Int32(pin)) else { throw .os(EINVAL) }
      return WS2811Library(pin: pin, order: order, isInverted: plan.isInverted)
    }
  }
}
