import Drivers
import Glibc

extension WiringProblem {
  /// What should have been there, and what was; `other` is the path of the other value.
  func words(other: String) -> (expected: String, found: String) {
    switch self {
    case .noRelay: return ("the number of the relay's GPIO", "nothing")
    case .noMeter: return ("a CS5460A: nothing is charged unmeasured", "nothing")
    case .noSuchPin(let pin): return ("a GPIO of the 40-pin header, 0 to 27", "\(pin)")
    case .lineTaken(let pin, let owner, let line):
      return lineWords(pin: pin, owner: owner, line: line, other)
    case .noSuchBus(let bus):
      return ("an SPI bus of the 40-pin header: 0, 1, or on a Pi 4 also 3 to 6", "\(bus)")
    case .noSuchChipSelect(let bus, let chipSelect):
      let most = bus == 1 ? 2 : 1
      return ("a chip select of SPI\(bus), 0 to \(most)", "\(chipSelect)")
    case .chipSelectTaken(let bus, let chipSelect):
      return (
        "a chip select of its own (only chips with a power_meter_pin share one)",
        "/dev/spidev\(bus).\(chipSelect), which is also \(other)"
      )
    case .addressTaken(let bus, let address):
      let hexadecimal = "0x" + String(address, radix: 16)
      return ("an address of its own", "\(hexadecimal) on I2C bus \(bus), which is also \(other)")
    case .stripSharesBus(let bus):
      return (
        "an SPI bus that nothing else uses, or data_pin 12 or 18 (without a chip select the strip "
          + "would show what is meant for others)", "\(bus), which is also \(other)"
      )
    case .stripTooLong(let count, let most):
      return ("at most \(most) LEDs in all connectors' segments", "\(count)")
    case .noPulseWidth(let pin): return ("12 or 18, which libws2811.so can feed", "\(pin)")
    case .voltageRange(let meter, let millivolts):
      return voltageWords(meter, millivolts, other)
    case .currentRange(let meter, let milliamperes):
      return currentWords(meter, milliamperes, other)
    case .noChip(let name, let error): return chipWords(name, error)
    case .strip(let error):
      return ("a pin with libws2811.so of rpi_ws281x installed, or spi_bus instead", "\(error)")
    case .refused(let error): return ("a bus or line that can be used", error.words)
    case .silent: return ("a chip that answers", BusError.nack.words)
    case .noTemperature(let path, let error):
      return ("a file with a temperature", "\(path): \(error)")
    case .calibration(let error): return ("a meter that can measure it", "\(error)")
    case .noSuchEVSE(let id): return ("ids of EVSEs in connectors.json", "\(id)")
    }
  }

  private func lineWords(
    pin: Int, owner: BusLine?, line: BusLine?, _ other: String
  ) -> (expected: String, found: String) {
    let holder = owner.map { "\($0) (\(other))" } ?? "also \(other)"
    if let line {
      return ("a bus with lines of its own", "\(line) at GPIO \(pin), which is \(holder)")
    }
    return ("a GPIO that nothing else uses", "\(pin), which is \(holder)")
  }

  private func chipWords(_ name: String, _ error: BusError) -> (expected: String, found: String) {
    let expected =
      name.isEmpty
      ? "the Raspberry Pi's GPIO chip (pinctrl-bcm2835, pinctrl-bcm2711 or pinctrl-rp1)"
      : "a GPIO chip that can be used"
    let isPath = name.hasPrefix("/")
    switch error {
    case .os(ENOENT) where !isPath:
      let called = name.isEmpty ? "" : " of the name \(name)"
      return (expected, "none\(called): gpiodetect shows what there is")
    case .os(ENOTTY): return (expected, "\(name): no GPIO chip")
    case .os(ENOENT): return (expected, "\(name): \(String(cString: strerror(ENOENT)))")
    default: return (expected, (name.isEmpty ? "" : name + ": ") + error.words)
    }
  }

  private func voltageWords(
    _ meter: MeterPlan, _ millivolts: Int64, _ other: String
  ) -> (expected: String, found: String) {
    let dividers = MeterPlan.dividersPermille(forMillivolts: millivolts)
    let mains = decimalWords(millivolts, scale: 3, places: 1)
    return (
      "the divider's ratio (R1+R2)/R2 with which \(mains) V (\(other)) and a fifth more can be "
        + "measured, \((dividers.lowerBound + 999) / 1_000) to \(dividers.upperBound / 1_000)",
      decimalWords(meter.dividerPermille, scale: 3)
        + ", whose full scale is \(meter.voltageRange.words("V"))"
    )
  }

  private func currentWords(
    _ meter: MeterPlan, _ milliamperes: Int64, _ other: String
  ) -> (expected: String, found: String) {
    let shunts = meter.shuntsMicroohms(forMilliamperes: milliamperes)
    let current = decimalWords(milliamperes, scale: 3, places: 1)
    let least = decimalWords(shunts.lowerBound, scale: 6)
    let most = decimalWords(shunts.upperBound, scale: 6)
    let scale = meter.currentRange.map { ", whose full scale is \($0.words("A"))" } ?? ""
    return (
      "the shunt in ohms with which \(current) A (\(other)) and a tenth more can be measured, "
        + "\(least) to \(most)", decimalWords(meter.shuntMicroohms, scale: 6) + scale
    )
  }
}

extension MeterRange {
  /// `13 V peak, 9.1 V RMS`.
  func words(_ unit: String) -> String {
    let peak = decimalWords(peak, scale: 3, places: 1)
    return "\(peak) \(unit) peak, \(decimalWords(rms, scale: 3, places: 1)) \(unit) RMS"
  }
}

extension WiringRemark {
  /// What to know, and what to do about it.
  var words: String {
    switch self {
    case .pullCloses(let pin, let isActiveLow):
      let pull = isActiveLow ? "down" : "up"
      let kind = isActiveLow ? "low" : "high"
      let drive = isActiveLow ? "dh" : "dl"
      return "GPIO \(pin) is pulled \(pull) at boot, which may close an active-\(kind) relay until "
        + "chargepi runs; add gpio=\(pin)=op,\(drive) to config.txt and an outer resistor, or take "
        + "another pin"
    case .identificationPin(let pin):
      return "the firmware looks for a HAT's memory at GPIO \(pin) at boot"
    case .serialPin(let pin):
      return "GPIO \(pin) is the serial console's where that is on; set enable_uart=0 in config.txt"
    case .secondSelectPin(let pin):
      return "GPIO \(pin) is chip select 1 of SPI0 unless config.txt has dtoverlay=spi0-1cs"
    case .oneWirePin(let pin):
      return "GPIO \(pin) is the 1-wire sensors' unless config.txt has "
        + "dtoverlay=w1-gpio,gpiopin=…"
    case .littleCurrentRoom(let range, let milliamperes):
      let most = decimalWords(milliamperes, scale: 3, places: 1)
      return "the meter measures up to \(range.words("A")), less than \(most) A and a quarter: "
        + "over-current shows late"
    case .auxiliaryBus(let bus):
      return "SPI\(bus) has no DMA, so the strip may flicker; SPI3 to SPI6 of a Pi 4 have"
    }
  }
}

extension BusError {
  /// What the kernel said, and what to do about it.
  var words: String {
    switch self {
    case .nack: "nobody who answers: check address or chip select, wiring and supply"
    case .timeout: "no answer in time"
    case .shortTransfer(let count): "a transfer that ended after \(count) bytes"
    case .busy: "somebody else's (gpioinfo shows whose)"
    case .gone: "an adapter that is gone"
    case .os(ENOENT): "no such device: is the bus enabled in config.txt?"
    case .os(EACCES), .os(EPERM): "no permission: the user must be in the groups gpio, i2c, spi"
    case .os(let code): String(cString: strerror(code))
    }
  }
}
