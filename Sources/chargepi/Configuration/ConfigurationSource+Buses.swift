import Drivers

/// How fast the chips' buses run, in hertz.
enum BusClock {
  /// A CS5460A may have 2 MHz (data sheet); the original had this.
  static let meterHertz = 500_000
  /// An MFRC522 may have 10 MHz (data sheet §8.1.2), with short wires.
  static let readerHertz = 1_000_000
  /// Three bits for one of a strip's 800 kHz.
  static let stripHertz = 2_400_000
}

extension ConfigurationSource {
  func spiBus(_ node: ConfigurationNode) -> Int { Int(node["spi_bus"].integer(0, 0...6)) }

  func i2cBus(_ node: ConfigurationNode) -> Int { Int(node["i2c_bus"].integer(1, 0...99)) }

  func chipSelect(_ node: ConfigurationNode, _ standard: Int64) -> Int {
    Int(node["spi_chip_select"].integer(standard, 0...9))
  }

  /// A 7-bit I2C address: a number, or hexadecimal text as the original has it. The text is only
  /// judged where somebody uses it.
  func address(
    _ node: ConfigurationNode, _ standard: Int, _ isUsed: Bool, _ expected: String
  ) -> Int {
    guard !node.isMissing else { return standard }
    let number: Int?
    switch node.value {
    case .integer(let value): number = Int(value)
    case .string(let text): number = Int(text.drop(while: { "0xX".contains($0) }), radix: 16)
    default: number = nil
    }
    // Addresses outside are reserved (I2C-bus specification §3.1.12).
    if let number, (0x08...0x77).contains(number) { return number }
    if isUsed { node.log.fault(node.path, expected: expected, found: node.found) }
    return standard
  }

  /// A card reader; nil for one that is not there.
  func reader(_ node: ConfigurationNode, _ isWired: Bool) -> ReaderPlan? {
    node.expectObject([
      "is_supported", "reader_model", "reset_pin", "irq_pin", "i2c_bus", "i2c_address", "spi_bus",
      "spi_chip_select", "uid_order", "accept_random_uid", "evses",
    ])
    let isDemanded = node["is_supported"].flag(false) && isWired
    let model = ReaderWord(rawValue: node["reader_model"].string(""))
    let spi = SPIPlace(
      bus: spiBus(node), chipSelect: chipSelect(node, 0), hertz: BusClock.readerHertz)
    let address = address(
      node["i2c_address"], 0x24, isDemanded && model == .pn532, "the reader's address, 0x08 to 0x77"
    )
    let i2c = I2CPlace(bus: i2cBus(node), address: address)
    if isDemanded && model == nil && !node.log.hasFault(at: node["reader_model"].path) {
      node.log.fault(
        node["reader_model"].path, expected: "\"MFRC522\" or \"PN532\"",
        found: node["reader_model"].found)
    }
    var plan = ReaderPlan(chip: model == .mfrc522 ? .mfrc522(spi) : .pn532(i2c))
    plan.resetPin = node["reset_pin"].pin()
    plan.interruptPin = node["irq_pin"].pin()
    let order: UIDOrderWord = node["uid_order"].word(.normal)
    plan.reversesUID = order == .reversed
    plan.acceptsRandomUID = node["accept_random_uid"].flag(false)
    plan.evses = node["evses"].elements().map { UInt32($0.integer(1, 1...1_000)) }
    return node["is_supported"].flag(false) && model != nil ? plan : nil
  }
}

/// Models of card readers.
enum ReaderWord: String, CaseIterable {
  case mfrc522 = "MFRC522"
  case pn532 = "PN532"
}

/// How a card's number is told.
enum UIDOrderWord: String, CaseIterable {
  /// As it comes over the air.
  case normal
  case reversed
}
