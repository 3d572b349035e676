import Drivers

/// `chargepi hw scan`: what this machine has, and which of the configured chips answer. Nothing is
/// switched; of chips that nobody has configured, only addresses of usual ones are read.
struct HardwareScan {
  let access: HardwareAccess

  /// The machine's part: needs no configuration.
  static func showMachine() {
    let nodes = DeviceNode.all()
    Terminal.say("nodes:")
    if nodes.isEmpty {
      Terminal.say("  none: neither GPIO nor I2C nor SPI is enabled here (config.txt)")
    }
    for node in nodes { Terminal.say("  " + node.words) }
  }

  /// The configuration's part; how many of its chips do not answer.
  func showChips() throws(CommandFailure) -> Int {
    try showAddresses()
    Terminal.say("configured chips:")
    var silent = 0
    for line in try meters() + readers() + showers() {
      Terminal.say("  \(line.what): \(line.words)")
      if !line.isWell { silent += 1 }
    }
    return silent
  }

  /// What is said of a chip.
  struct Finding {
    var what: String
    var words: String
    var isWell: Bool
  }

  private func meters() throws(CommandFailure) -> [Finding] {
    var findings: [Finding] = []
    for connector in access.plan.evses.flatMap(\.connectors) {
      guard let meter = connector.meter else { continue }
      try access.bench.look()
      let what = "meter \(meter.name) (CS5460A at \(meter.place.words))"
      do throws(BusError) {
        let identity = try MeterIdentity(asking: access.device(meter))
        let words = identity.isThere ? identity.words : "no chip answers (\(identity.words))"
        findings.append(Finding(what: what, words: words, isWell: identity.isThere))
      } catch {
        findings.append(Finding(what: what, words: error.words, isWell: false))
      }
    }
    return findings
  }

  /// How long a reader may take to tell its version: a reset line, a reset, and some attempts.
  private static let versionNanoseconds: Int64 = 3_000_000_000

  private func readers() throws(CommandFailure) -> [Finding] {
    var findings: [Finding] = []
    for (index, plan) in access.plan.readers.enumerated() {
      let what = "reader \(index + 1) (\(plan.model))"
      let found = ReaderFindings()
      do throws(CommandFailure) {
        let reader = try ReaderBench(index + 1, plan, access, found)
        defer { reader.task.end() }
        let isWell = try access.bench.run(
          reader.task, forNanoseconds: Self.versionNanoseconds,
          until: { found.state.condition == .working })
        findings.append(Finding(what: what, words: found.state.words, isWell: isWell))
      } catch  where error.exitCode == ExitCode.hardware {
        findings.append(Finding(what: what, words: error.text, isWell: false))
      }
    }
    return findings
  }

  /// A display acknowledges its address; of a strip only the bus can be looked for.
  private func showers() throws(CommandFailure) -> [Finding] {
    var findings: [Finding] = []
    if let place = access.plan.display?.place {
      let what = "display (PCF8574 at /dev/i2c-\(place.bus), address \(hexadecimal(place.address)))"
      let words = AddressProbe(place, access.provider).lastingFailure()
      findings.append(Finding(what: what, words: words ?? "answers", isWell: words == nil))
    }
    if let lamps = access.plan.lamps {
      do throws(BusError) {
        _ = try access.provider.strip(lamps)
        findings.append(
          Finding(what: "strip", words: "its bus is there; strips never answer", isWell: true))
      } catch {
        findings.append(Finding(what: "strip", words: error.words, isWell: false))
      }
    }
    return findings
  }
}

extension HardwareScan {
  /// Addresses at which people have readers (PN532) and displays (PCF8574, PCF8574A).
  private static let usualAddresses = [0x24, 0x27, 0x3F]

  /// I2C buses that the header can have; others belong to displays and cameras.
  private static let headerBuses = 0...6

  /// Buses on which something is configured, and those of this machine that the header can have.
  private var buses: [Int] {
    var buses = Set(access.plan.i2cPlaces.map(\.bus))
    if access.configuration.backend == .raspberryPi {
      let there = DeviceNode.all().filter { $0.kind == .i2c }.compactMap { node in
        node.path.split(separator: "-").last.flatMap { Int($0) }
      }
      buses.formUnion(there.filter(Self.headerBuses.contains))
    }
    return buses.sorted()
  }

  /// Reads a byte at the addresses that are configured or usual, on each of the buses.
  private func showAddresses() throws(CommandFailure) {
    let places = access.plan.i2cPlaces
    guard !buses.isEmpty else {
      return Terminal.say("I2C: no chip is configured, and no bus is here")
    }
    for bus in buses {
      let configured = places.filter { $0.bus == bus }.map(\.address)
      Terminal.say("/dev/i2c-\(bus), one byte read at:")
      for address in Set(configured + Self.usualAddresses).sorted() {
        try access.bench.look()
        let place = I2CPlace(bus: bus, address: address)
        let words = AddressProbe(place, access.provider).lastingFailure()
        let note = configured.contains(address) ? " (configured)" : ""
        Terminal.say("  \(hexadecimal(address))\(note): \(words ?? "answers")")
      }
    }
    Terminal.say("  other addresses are not tried: reading can disturb chips that nobody knows")
  }
}

/// Looks whether somebody answers at an I2C address, by reading a byte.
struct AddressProbe {
  /// A PN532 that sleeps is woken by the first attempts, and answers none of them.
  private static let attempts = 3
  private static let pauseNanoseconds: Int64 = 10_000_000

  private let device: Result<any I2CDevice, BusError>
  private let clock: any DeviceClock

  init(_ place: I2CPlace, _ provider: any HardwareProvider) {
    device = Result { () throws(BusError) in try provider.i2c(place) }
    clock = provider.clock
  }

  /// Reads once; nil when somebody answers, otherwise what happened.
  func failure() -> String? {
    do throws(BusError) {
      _ = try device.get().read(1)
      return nil
    } catch {
      return error == .nack ? "nobody" : error.words
    }
  }

  /// Reads until somebody answers, some times; nil when somebody does.
  func lastingFailure() -> String? {
    for _ in 1..<Self.attempts {
      guard failure() != nil else { return nil }
      clock.sleep(nanoseconds: Self.pauseNanoseconds)
    }
    return failure()
  }
}

extension HardwarePlan {
  /// Every chip at an I2C bus.
  var i2cPlaces: [I2CPlace] {
    let readers = readers.compactMap { reader -> I2CPlace? in
      switch reader.chip {
      case .pn532(let place): place
      case .mfrc522: nil
      }
    }
    return (display.map { [$0.place] } ?? []) + readers
  }
}

extension MeterIdentity {
  /// `status 0x9003C1, configuration 0x000061`.
  var words: String {
    "status \(hexadecimal24(status)), configuration \(hexadecimal24(configuration))"
  }

  private func hexadecimal24(_ word: UInt32) -> String {
    let digits = String(word, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

extension SPIPlace {
  /// `/dev/spidev0.1, chip select at GPIO 25`.
  var words: String {
    "/dev/spidev\(bus).\(chipSelect)" + (selectPin.map { ", chip select at GPIO \($0)" } ?? "")
  }
}

extension DeviceNode {
  /// `/dev/gpiochip0 [pinctrl-bcm2711]`, and what is missing.
  var words: String {
    let name = path + (label.isEmpty ? "" : " [\(label)]")
    guard let refusal else { return name }
    let group = Machine.groupName(group)
    return name + ": \(refusal.words) (it belongs to the group \(group))"
  }
}
