/// A card reader with an NXP PN532 at an I2C bus (address 0x24).
///
/// It looks at the field more than five times a second, by a search that gives up when there is no
/// card. A command is made of short steps: write, read the acknowledgement, ask whether the answer
/// is ready (or look at the IRQ pin), read it, each one transaction of at most 41 bytes (3.7 ms at
/// 100 kHz); between them the bus is free for others, and nothing waits: `run` says when it wants
/// to go on. The chip stretches the clock where a Raspberry Pi cannot follow, so it is asked at
/// most every 10 ms, reads and writes are never joined, and a UID counts when it was read twice: a
/// checksum of 8 bits is all that protects it on the bus.
public final class PN532: BusTask {
  /// From the beginning of one look to the next.
  static let lookNanoseconds: Int64 = 150_000_000
  /// From the end of a look that left something open to the next.
  static let quickLookNanoseconds: Int64 = 10_000_000
  /// Between two questions to the chip.
  static let askNanoseconds: Int64 = 10_000_000

  enum Phase {
    /// To be set up.
    case off
    /// The reset pin is active.
    case held
    /// Between two looks.
    case idle
    /// The command is to be written.
    case sending
    /// It was written, and is to be acknowledged; since when.
    case acknowledging(Int64)
    /// It was acknowledged, and is to be answered; since when.
    case answering(Int64)
  }

  let device: any I2CDevice
  let interruptPin: (any DigitalInput)?
  let clock: any DeviceClock
  var desk: ReaderDesk
  var phase = Phase.off
  var dueNanoseconds = Int64.min
  var exchange = PN532Exchange(.configureSAM)
  private let resetPin: (any DigitalOutput)?
  private var needsReset = true
  private var sighting = CardSighting.empty
  private var lookBeganNanoseconds: Int64 = 0
  /// An answer did not come: the chip has been reset, or hangs.
  var isSilent = false

  /// A reader that begins with the first `run`.
  ///
  /// `reset`: active holds the chip in reset (RSTPDN low). `interrupt`: active while an answer is
  /// ready (IRQ low); it spares asking, and with it most of the trouble with stretched clocks.
  public init(
    device: any I2CDevice, reset: (any DigitalOutput)? = nil, interrupt: (any DigitalInput)? = nil,
    clock: any DeviceClock, rules: CardRules = CardRules(), reports: ReaderReports
  ) {
    self.device = device
    resetPin = reset
    interruptPin = interrupt
    self.clock = clock
    desk = ReaderDesk(rules: rules, readsNeeded: 2, reports: reports)
  }

  /// How the reader is.
  public var state: ReaderState { desk.state }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    guard now >= dueNanoseconds else { return dueNanoseconds }
    do throws(ReaderFailure) {
      try step()
    } catch {
      wait(desk.failed(error, nowNanoseconds: clock.nowNanoseconds))
      needsReset = needsReset || desk.hasFailed
      phase = .off
    }
    return dueNanoseconds
  }

  /// Ends what runs and switches the field off: cards need no power from a station that does not
  /// ask them.
  public func end() {
    do throws(ReaderFailure) {
      try abort()
      try write(PN532Frame.frame([PN532Frame.toChip] + PN532Command.fieldOff))
    } catch {
      desk.state.counts.failures += 1
    }
    phase = .off
  }

  /// Asks to be called again so many nanoseconds from now.
  func wait(_ nanoseconds: Int64) {
    dueNanoseconds = clock.nowNanoseconds + nanoseconds
  }

  private func step() throws(ReaderFailure) {
    switch phase {
    case .off: try begin()
    case .held: try release()
    case .idle:
      lookBeganNanoseconds = clock.nowNanoseconds
      try send(.listTargets)
    case .sending: try write()
    case .acknowledging(let since): try readAcknowledgement(since)
    case .answering(let since):
      guard let data = try readAnswer(since) else { return }
      try finish(data)
    }
  }

  /// Resets the chip where that may help, and begins to set it up.
  private func begin() throws(ReaderFailure) {
    desk.state.counts.starts += 1
    guard needsReset, let resetPin else { return try send(.configureSAM) }
    try resetPin.hold(true)
    phase = .held
    wait(Self.resetNanoseconds)
  }

  private func release() throws(ReaderFailure) {
    try resetPin?.hold(false)
    needsReset = false
    exchange = PN532Exchange(.configureSAM)
    phase = .sending
    wait(Self.wakeNanoseconds)
  }

  private func send(_ command: PN532Command) throws(ReaderFailure) {
    exchange = PN532Exchange(command)
    try write()
  }

  /// Goes on after an answer: through the set-up, and then round the look.
  private func finish(_ data: [UInt8]) throws(ReaderFailure) {
    switch exchange.command {
    case .configureSAM: try send(.readFirmwareVersion)
    case .readFirmwareVersion:
      guard data.count == 4, data[0] == Self.chip else {
        throw .unexpectedChip(data.first ?? 0)
      }
      desk.state.identity = data
      try send(.setParameters)
    case .setParameters: try send(.limitRetries)
    case .limitRetries:
      phase = .idle
      wait(0)
    case .listTargets:
      sighting = PN532Targets.read(data)
      guard sighting != .empty else { return looked() }
      if sighting == .garbled { desk.garbled(nowNanoseconds: clock.nowNanoseconds) }
      try send(.releaseTargets)
    case .releaseTargets: looked()
    }
  }

  private func looked() {
    let now = clock.nowNanoseconds
    // A chip that had gone silent and is well again, set up anew, had forgotten its settings: then
    // it searches for ever, and what it was about to say is lost.
    if isSilent { desk.state.counts.silentResets += 1 }
    isSilent = false
    desk.looked(sighting, nowNanoseconds: now)
    phase = .idle
    dueNanoseconds =
      desk.presence.wantsAnotherLook
      ? now + Self.quickLookNanoseconds : max(now, lookBeganNanoseconds + Self.lookNanoseconds)
  }
}
