extension MFRC522 {
  /// How long the reset pin is active: 100 ns would do (datasheet §8.8.1), a filter may lie
  /// between.
  static let resetNanoseconds: Int64 = 10_000_000
  /// From a reset to a running oscillator, crystals of modules included.
  static let oscillatorNanoseconds: Int64 = 50_000_000
  /// After this the oscillator will not come.
  static let oscillatorLimitNanoseconds: Int64 = 150_000_000
  /// Between two questions whether something is done.
  static let askNanoseconds: Int64 = 5_000_000
  /// The CRC of two bytes takes microseconds; after this it will not come.
  static let testLimitNanoseconds: Int64 = 20_000_000
  /// From the field's beginning until cards can answer (ISO/IEC 14443-3 §5).
  static let fieldNanoseconds: Int64 = 5_000_000

  /// Begins with the pin where there is one, otherwise with the command.
  func reset() throws(ReaderFailure) {
    desk.state.counts.starts += 1
    if let resetPin {
      try resetPin.hold(true)
      phase = .held
      wait(Self.resetNanoseconds)
    } else {
      try write(.command, [MFRC522Command.softReset])
      phase = .starting(clock.nowNanoseconds)
      wait(Self.oscillatorNanoseconds)
    }
  }

  func release() throws(ReaderFailure) {
    try resetPin?.hold(false)
    phase = .starting(clock.nowNanoseconds)
    wait(Self.oscillatorNanoseconds)
  }

  /// Identifies the chip, writes its settings and sets its CRC unit to work.
  func start(_ since: Int64) throws(ReaderFailure) {
    let found = try read([.version, .command, .version])
    let version = found[0]
    guard !Self.isNobody(version) else { throw .noChip }
    guard found[2] == version else { throw .unexpectedChip(version) }
    desk.state.identity = [version]
    if found[1] & MFRC522Bits.powerDown != 0 {
      guard clock.nowNanoseconds - since < Self.oscillatorLimitNanoseconds else {
        throw .unresponsive
      }
      return wait(Self.askNanoseconds)
    }
    for setting in MFRC522Setting.table { try write(setting.register, [setting.value]) }
    try write(.command, [MFRC522Command.idle])
    try write(.otherInterrupts, [MFRC522Bits.clearAll])
    try write(.fifoLevel, [MFRC522Bits.flush])
    try write(.fifoData, ISO14443A.halt)
    try write(.command, [MFRC522Command.calculateCRC])
    phase = .testing(clock.nowNanoseconds)
    wait(Self.askNanoseconds)
  }

  /// The chip must get the same CRC as we do; then the antenna is switched on.
  func finishTest(_ since: Int64) throws(ReaderFailure) {
    let result = try read([.otherInterrupts, .crcLow, .crcHigh])
    guard result[0] & MFRC522Bits.crcDone != 0 else {
      guard clock.nowNanoseconds - since < Self.testLimitNanoseconds else { throw .unresponsive }
      return wait(Self.askNanoseconds)
    }
    guard Array(result[1...]) == ISO14443A.crc(ISO14443A.halt) else { throw .selfTestFailed }
    try write(.command, [MFRC522Command.idle])
    try write(.txControl, [MFRC522Setting.antenna.value])
    guard try hasSettings() else { throw .settingsLost }
    phase = .idle
    wait(Self.fieldNanoseconds)
  }

  /// Finds out whether the chip is still the one that was set up.
  func audit() throws(ReaderFailure) {
    guard try !hasSettings() else { return }
    desk.state.counts.silentResets += 1
    throw .settingsLost
  }

  /// Whether version, settings and antenna are as they shall be; asked twice before it says no,
  /// because a bit may have been lost on the way.
  private func hasSettings() throws(ReaderFailure) -> Bool {
    let settings = MFRC522Setting.table + [.antenna]
    var version: UInt8 = 0
    for _ in 0..<2 {
      let values = try read(settings.map(\.register) + [.version])
      version = values[settings.count]
      let isSame = zip(settings, values).allSatisfy { setting, value in
        (value ^ setting.value) & setting.mask == 0
      }
      if isSame && [version] == desk.state.identity { return true }
      desk.garbled(nowNanoseconds: clock.nowNanoseconds)
    }
    if Self.isNobody(version) { throw .noChip }
    return false
  }

  /// Whether a chip tells its version, twice the same.
  static func isThere(at device: any SPIDevice) throws(BusError) -> Bool {
    let frame = MFRC522Frame.read([.version, .version])
    guard let answer = try device.transaction([.transfer(frame)]).first,
      answer.count == frame.count
    else { return false }
    return answer[1] == answer[2] && !isNobody(answer[1])
  }

  /// What a bus without a chip reads.
  static func isNobody(_ version: UInt8) -> Bool { version == 0x00 || version == 0xFF }
}
