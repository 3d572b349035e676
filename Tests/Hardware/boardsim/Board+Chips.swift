import Drivers

/// The chips by the names that commands give them.
enum ChipName: String, CaseIterable {
  case display
  case pn532
  case mfrc522
  case meter1 = "meter-1"
  case meter2 = "meter-2"
}

extension Board {
  /// A chip falls off its bus, or is soldered on again.
  func setMissing(_ words: [String]) throws(CommandFailure) -> JSON {
    let name = try chip(words)
    guard words.count == 2 else { throw CommandFailure(text: "missing CHIP 0|1") }
    let isMissing = words[1] == "1"
    switch name {
    case .display: setMissing(at: Self.displayAddress, isMissing)
    case .pn532: setMissing(at: Self.pn532Address, isMissing)
    case .mfrc522: spi.setMissing(Self.mfrc522Member, isMissing)
    case .meter1: spi.setMissing(0, isMissing)
    case .meter2: spi.setMissing(1, isMissing)
    }
    return [:]
  }

  private func setMissing(at address: UInt8, _ isMissing: Bool) {
    if isMissing { i2c.missing.insert(address) } else { i2c.missing.remove(address) }
  }

  /// A chip's supply dips, and it forgets everything.
  func brownOut(_ words: [String]) throws(CommandFailure) -> JSON {
    let now = monotonicNanoseconds()
    switch try chip(words) {
    case .display: display.powerCycle(seed: UInt64(now), nowNanoseconds: now)
    case .pn532: pn532.brownOut(nowNanoseconds: now)
    case .mfrc522: mfrc522.brownOut(nowNanoseconds: now)
    case .meter1: evses[0].meter.brownOut(nowNanoseconds: now)
    case .meter2: evses[1].meter.brownOut(nowNanoseconds: now)
    }
    return [:]
  }

  /// Somebody holds a card to a reader, or takes all cards away.
  func moveCard(_ words: [String]) throws(CommandFailure) -> JSON {
    guard words.count == 2, let field = field(words[0]) else {
      throw CommandFailure(text: "card mfrc522|pn532 UID|off")
    }
    guard words[1] != "off" else {
      field.clear()
      return [:]
    }
    guard let uid = CardUID(text: words[1]) else {
      throw CommandFailure(text: "\(words[1]) is no UID of 4, 7 or 10 bytes")
    }
    field.put(SimulatedCard(uid))
    return [:]
  }

  private func field(_ reader: String) -> SimulatedField? {
    switch ChipName(rawValue: reader) {
    case .mfrc522: mfrc522.field
    case .pn532: pn532.field
    case .display, .meter1, .meter2, nil: nil
    }
  }

  private func chip(_ words: [String]) throws(CommandFailure) -> ChipName {
    guard let name = words.first.flatMap({ ChipName(rawValue: $0) }) else {
      let names = ChipName.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(text: "the first word is a chip: \(names)")
    }
    return name
  }
}
