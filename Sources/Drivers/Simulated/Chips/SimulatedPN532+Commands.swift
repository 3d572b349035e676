extension SimulatedPN532 {
  /// A card that was found and selected.
  private struct Target {
    var answerToRequest: [UInt8]
    var answerToSelect: UInt8
    var uid: [UInt8]
  }

  /// Does what a command says (user manual §7); the answer follows when it is done.
  func execute(_ command: [UInt8], _ now: Int64) {
    let soon = now + 3_000_000
    switch command[0] {
    case 0x02: answer(command, [0x32, 0x01, 0x06, 0x07], soon)
    case 0x12 where command.count == 2:
      settings.asksProtocol = command[1] & 0x10 != 0
      answer(command, [], soon)
    case 0x14 where command.count > 1:
      settings.isConfigured = command[1] == 0x01
      answer(command, [], soon)
    case 0x32 where command.count == 5 && command[1] == 0x05:
      settings.retries = command[4]
      answer(command, [], soon)
    case 0x32 where command.count == 3 && command[1] == 0x01:
      field.turn(on: command[2] & 0x01 != 0)
      answer(command, [], soon)
    case 0x4A where command.count == 3 && command[2] == 0x00: list(Int(command[1]), now)
    case 0x52 where command.count == 2:
      _ = field.exchange(AirBits.bits(ISO14443A.withCRC(ISO14443A.halt)))
      answer(command, [0x00], soon)
    default: say([0x7F], atNanoseconds: soon)
    }
  }

  private func answer(_ command: [UInt8], _ data: [UInt8], _ time: Int64) {
    say([PN532Frame.fromChip, command[0] + 1] + data, atNanoseconds: time)
  }

  /// InListPassiveTarget. A chip whose SAM is not configured searches, and finds nothing.
  private func list(_ count: Int, _ now: Int64) {
    field.turn(on: settings.isConfigured)
    guard settings.isConfigured, settings.retries < 0xFF else {
      search = count
      return
    }
    var tries = Int(settings.retries) + 1
    var found = targets(count)
    var time = now
    while found.isEmpty && tries > 1 {
      tries -= 1
      time += tryNanoseconds
      found = targets(count)
    }
    tell(found, time + tryNanoseconds)
  }

  /// Goes on with an endless search.
  func searchOn(_ now: Int64) {
    guard let count = search else { return }
    let found = targets(count)
    guard !found.isEmpty else { return }
    search = nil
    tell(found, now)
  }

  private func tell(_ targets: [Target], _ time: Int64) {
    var data = [UInt8(targets.count)]
    for (index, target) in targets.enumerated() {
      data += [UInt8(index + 1)] + target.answerToRequest + [target.answerToSelect]
      data += [UInt8(target.uid.count)] + target.uid
      if target.answerToSelect & 0x20 != 0, settings.asksProtocol {
        data += [0x05, 0x78, 0x80, 0x70, 0x02]
      }
    }
    say([PN532Frame.fromChip, 0x4B] + data, atNanoseconds: time)
  }

  /// Selects cards until there are enough; one that is selected does not hear the next call.
  private func targets(_ count: Int) -> [Target] {
    var found: [Target] = []
    while found.count < count, let target = activate() { found.append(target) }
    return found
  }

  private func activate() -> Target? {
    guard let atqa = field.exchange(Array(AirBits.bits([ISO14443A.wakeUp])[..<7])) else {
      return nil
    }
    var uid: [UInt8] = []
    for select in ISO14443A.select {
      guard let part = resolve(select) else { return nil }
      let frame = ISO14443A.withCRC([select, ISO14443A.allKnown] + part)
      guard let answer = field.exchange(AirBits.bits(frame)), !answer.hasParityError else {
        return nil
      }
      let bytes = AirBits.bytes(answer.bits)
      guard bytes.count == 3, ISO14443A.hasValidCRC(bytes) else { return nil }
      if bytes[0] & ISO14443A.cascadeBit == 0 {
        return Target(
          answerToRequest: AirBits.bytes(atqa.bits).reversed(), answerToSelect: bytes[0],
          uid: uid + part[..<4])
      }
      uid += part[1..<4]
    }
    return nil
  }

  /// The anticollision loop of one cascade level: at each collision it follows the cards with a 1.
  private func resolve(_ select: UInt8) -> [UInt8]? {
    var known: [Bool] = []
    while known.count < 40 {
      let count = UInt8(16 + known.count)
      let valid = (count / 8) << 4 | count % 8
      guard let answer = field.exchange(AirBits.bits([select, valid]) + known),
        !answer.hasParityError
      else { return nil }
      guard let collision = answer.collision else {
        known += answer.bits
        break
      }
      known += answer.bits[..<collision] + [true]
    }
    let part = AirBits.bytes(known)
    return part.count == 5 && ISO14443A.blockCheck(part) == 0 ? part : nil
  }
}
