/// A command on its way.
struct PN532Exchange {
  let command: PN532Command
  /// Times that it was not taken because the chip was asleep or busy.
  var missedWrites = 0
  /// Times that it was given up and sent again.
  var repetitions = 0
  /// Whether the answer was asked for once more.
  var hasAskedAgain = false
  /// Bytes to read for the answer, status byte included.
  var answerCount: Int

  init(_ command: PN532Command) {
    self.command = command
    answerCount = 1 + command.longestAnswer + PN532Frame.envelope
  }
}

extension PN532 {
  /// How long the reset pin is active.
  static let resetNanoseconds: Int64 = 100_000_000
  /// From the end of a reset until the chip listens.
  static let wakeNanoseconds: Int64 = 500_000_000
  /// IC of a firmware version.
  static let chip: UInt8 = 0x32
  /// Writes that may be missed in a row: the first after a sleep always is.
  static let missedWrites = 3
  /// A command is sent so often altogether.
  static let sendings = 2
  /// From a command to its acknowledgement, usually.
  static let acknowledgementNanoseconds: Int64 = 2_000_000
  /// After this it will not come (15 ms by the manual).
  static let acknowledgementLimitNanoseconds: Int64 = 35_000_000
  /// The most that is read in one transaction: 5.8 ms at 100 kHz, and only from chips that tell
  /// more than they were asked for.
  static let longestRead = 64

  /// The status byte of a chip that has nothing to say.
  private static let nothing: [UInt8] = [0x00]

  /// Writes the command; a chip that does not take it may be waking up.
  func write() throws(ReaderFailure) {
    do throws(BusError) {
      let content = [PN532Frame.toChip] + exchange.command.bytes
      try device.write(PN532Frame.frame(content))
    } catch {
      exchange.missedWrites += 1
      guard error == .nack, exchange.missedWrites <= Self.missedWrites else { throw .bus(error) }
      phase = .sending
      return wait(Self.askNanoseconds)
    }
    phase = .acknowledging(clock.nowNanoseconds)
    wait(Self.acknowledgementNanoseconds)
  }

  func readAcknowledgement(_ since: Int64) throws(ReaderFailure) {
    let isLate = clock.nowNanoseconds - since >= Self.acknowledgementLimitNanoseconds
    guard isLate || desk.isRaised(interruptPin) else { return wait(Self.askNanoseconds) }
    switch PN532Frame.read(try read(1 + PN532Frame.acknowledgement.count)) {
    case .acknowledgement:
      phase = .answering(clock.nowNanoseconds)
      wait(Self.askNanoseconds)
    case .notReady:
      if isLate { return try repeatCommand(.unresponsive) }
      wait(Self.askNanoseconds)
    case .answer, .refusal, .longer, .damaged:
      desk.garbled(nowNanoseconds: clock.nowNanoseconds)
      try repeatCommand(.garbled)
    }
  }

  /// The data of the answer; nil when it is not there yet, or to be had again.
  func readAnswer(_ since: Int64) throws(ReaderFailure) -> [UInt8]? {
    let isLate = clock.nowNanoseconds - since >= exchange.command.limitNanoseconds
    guard isLate || desk.isRaised(interruptPin) else {
      wait(Self.askNanoseconds)
      return nil
    }
    if interruptPin == nil || isLate {
      // One byte tells whether the answer is ready and takes nothing of it.
      guard try read(1) != Self.nothing else { return try stillWaiting(isLate) }
    }
    switch PN532Frame.read(try read(exchange.answerCount)) {
    case .answer(let bytes) where bytes[0] == exchange.command.bytes[0] + 1:
      return Array(bytes.dropFirst())
    case .notReady: return try stillWaiting(isLate)
    case .longer(let count) where 1 + count + PN532Frame.envelope <= Self.longestRead:
      exchange.answerCount = 1 + count + PN532Frame.envelope
      try askAgain()
    case .acknowledgement, .answer, .refusal, .longer, .damaged:
      desk.garbled(nowNanoseconds: clock.nowNanoseconds)
      try askAgain()
    }
    return nil
  }

  private func stillWaiting(_ isLate: Bool) throws(ReaderFailure) -> [UInt8]? {
    if isLate {
      isSilent = true
      try abort()
      throw .unresponsive
    }
    wait(Self.askNanoseconds)
    return nil
  }

  /// A damaged answer is asked for once more; then the command is sent again.
  private func askAgain() throws(ReaderFailure) {
    if exchange.hasAskedAgain { return try repeatCommand(.garbled) }
    exchange.hasAskedAgain = true
    try write(PN532Frame.repetition)
    phase = .answering(clock.nowNanoseconds)
    wait(Self.askNanoseconds)
  }

  private func repeatCommand(_ failure: ReaderFailure) throws(ReaderFailure) {
    try abort()
    exchange.repetitions += 1
    guard exchange.repetitions < Self.sendings else { throw failure }
    exchange.hasAskedAgain = false
    phase = .sending
    wait(Self.askNanoseconds)
  }

  /// Ends the command that runs, so that the chip takes another one.
  func abort() throws(ReaderFailure) {
    try write(PN532Frame.acknowledgement)
  }

  func write(_ bytes: [UInt8]) throws(ReaderFailure) {
    do throws(BusError) { try device.write(bytes) } catch { throw .bus(error) }
  }

  /// A chip that does not acknowledge its address has given nothing away yet: it is asked again
  /// like one that is not ready.
  private func read(_ count: Int) throws(ReaderFailure) -> [UInt8] {
    do throws(BusError) {
      let bytes = try device.read(count)
      guard bytes.count == count else { throw BusError.shortTransfer(bytes.count) }
      return bytes
    } catch {
      guard error == .nack else { throw .bus(error) }
      desk.state.counts.failures += 1
      return Self.nothing
    }
  }
}
