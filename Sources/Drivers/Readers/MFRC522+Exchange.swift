extension MFRC522 {
  /// After this a card's longest answer is complete: 0.8 ms of SELECT, 0.1 ms of pause, 0.5 ms of
  /// answer.
  static let answerNanoseconds: Int64 = 1_500_000
  /// After this the timer must have said that nobody answers (5 ms behind the frame's end).
  static let silenceNanoseconds: Int64 = 6_500_000
  /// After this the chip has forgotten us.
  static let exchangeLimitNanoseconds: Int64 = 40_000_000
  /// No answer of a look has more bytes than a cascade level.
  static let longestAnswer = 5

  /// What is read after each frame. The last three tell a chip that was reset meanwhile.
  private static let outcome: [MFRC522Register] = [
    .interrupts, .error, .fifoLevel, .control, .txControl, .collision, .version,
  ]

  /// Puts a frame on the air and lets the next step wait for what comes back.
  func send(_ frame: RadioFrame, _ activation: CardActivation) throws(ReaderFailure) {
    try write(.command, [MFRC522Command.idle])
    try write(.interrupts, [MFRC522Bits.clearAll])
    try write(.fifoLevel, [MFRC522Bits.flush])
    try write(.fifoData, frame.bytes)
    try write(.bitFraming, [frame.lastBits])
    try write(.command, [MFRC522Command.transceive])
    try write(.bitFraming, [frame.lastBits | MFRC522Bits.startSend])
    phase = .exchanging(activation, clock.nowNanoseconds)
    wait(Self.answerNanoseconds)
  }

  /// What came back after the frame of that time; nil when it is not decided yet.
  func answer(since: Int64) throws(ReaderFailure) -> RadioAnswer? {
    let elapsed = clock.nowNanoseconds - since
    if elapsed < Self.silenceNanoseconds, !desk.isRaised(interruptPin) {
      dueNanoseconds = since + Self.silenceNanoseconds
      return nil
    }
    let outcome = try read(Self.outcome)
    guard isAlive(outcome) else {
      // The audit throws when it is so; otherwise a bit was lost on the way to us.
      try audit()
      return .garbled
    }
    if outcome[0] & MFRC522Bits.received != 0 { return try received(outcome) }
    if outcome[0] & MFRC522Bits.timer != 0 { return .silence }
    guard elapsed < Self.exchangeLimitNanoseconds else {
      // A timer that does not run may have lost its settings.
      try audit()
      throw .unresponsive
    }
    wait(max(Self.askNanoseconds, Self.silenceNanoseconds - elapsed))
    return nil
  }

  private func received(_ outcome: [UInt8]) throws(ReaderFailure) -> RadioAnswer {
    if outcome[1] & MFRC522Bits.collision != 0 { return .collision }
    let count = Int(outcome[2])
    let lastBits = outcome[3] & 0x07
    guard outcome[1] & MFRC522Bits.frameErrors == 0, lastBits == 0, count > 0,
      count <= Self.longestAnswer
    else { return .garbled }
    return .bytes(try read(Array(repeating: .fifoData, count: count)))
  }

  private func isAlive(_ outcome: [UInt8]) -> Bool {
    outcome[4] & MFRC522Bits.antenna == MFRC522Bits.antenna
      && outcome[5] & MFRC522Bits.valuesAfterCollision == 0 && [outcome[6]] == desk.state.identity
  }

  func write(_ register: MFRC522Register, _ bytes: [UInt8]) throws(ReaderFailure) {
    _ = try transfer(MFRC522Frame.write(register, bytes))
  }

  /// The values of registers, read in one transaction.
  func read(_ registers: [MFRC522Register]) throws(ReaderFailure) -> [UInt8] {
    Array(try transfer(MFRC522Frame.read(registers)).dropFirst())
  }

  private func transfer(_ bytes: [UInt8]) throws(ReaderFailure) -> [UInt8] {
    do throws(BusError) {
      let answer = try device.transaction([.transfer(bytes)]).first ?? []
      guard answer.count == bytes.count else { throw BusError.shortTransfer(answer.count) }
      return answer
    } catch {
      throw .bus(error)
    }
  }
}
