/// A card reader with an NXP MFRC522, or one of its clones, at an SPI bus.
///
/// It looks at the field five times a second (`CardActivation`). A look is made of short steps,
/// each a few transactions of at most 15 bytes; between them the bus is free for others, and
/// nothing waits: `run` says when it wants to go on. Every look reads the chip's version and its
/// antenna bits along with the answer, so a chip that was reset by a disturbance is noticed by the
/// next look and set up again; all settings are compared every five seconds. Nothing that the chip
/// does makes it give up: after ten failures in a row it is reported as failed, reset, and tried
/// again at growing intervals.
public final class MFRC522: BusTask {
  /// From the beginning of one look to the next.
  static let lookNanoseconds: Int64 = 200_000_000
  /// From the end of a look that left something open to the next.
  static let quickLookNanoseconds: Int64 = 30_000_000
  /// Settings are compared so often.
  static let auditNanoseconds: Int64 = 5_000_000_000

  enum Phase {
    /// To be reset.
    case off
    /// The reset pin is active.
    case held
    /// The oscillator starts; since when.
    case starting(Int64)
    /// The CRC unit reckons; since when.
    case testing(Int64)
    /// Between two looks.
    case idle
    /// A frame is on the air; since when.
    case exchanging(CardActivation, Int64)
  }

  let device: any SPIDevice
  let resetPin: (any DigitalOutput)?
  let interruptPin: (any DigitalInput)?
  let clock: any DeviceClock
  var desk: ReaderDesk
  var phase = Phase.off
  var dueNanoseconds = Int64.min
  private var nextAuditNanoseconds: Int64 = 0
  private var lookBeganNanoseconds: Int64 = 0
  private var wasInterrupted = false

  /// A reader that begins with the first `run`.
  ///
  /// `reset`: active holds the chip in reset (NRSTPD low). `interrupt`: active while the chip's IRQ
  /// is (low, open drain: it needs a pull-up); it spares reading the chip while nobody answers.
  public init(
    device: any SPIDevice, reset: (any DigitalOutput)? = nil, interrupt: (any DigitalInput)? = nil,
    clock: any DeviceClock, rules: CardRules = CardRules(), reports: ReaderReports
  ) {
    self.device = device
    resetPin = reset
    interruptPin = interrupt
    self.clock = clock
    // A SELECT that was answered proves the UID: one read is enough.
    desk = ReaderDesk(rules: rules, readsNeeded: 1, reports: reports)
  }

  /// How the reader is.
  public var state: ReaderState { desk.state }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    guard now >= dueNanoseconds else { return dueNanoseconds }
    do throws(ReaderFailure) {
      try step()
    } catch {
      fail(error)
    }
    return dueNanoseconds
  }

  /// Switches the antenna off: cards need no power from a station that does not ask them.
  public func end() {
    do throws(ReaderFailure) {
      try write(.command, [MFRC522Command.idle])
      try write(.txControl, [MFRC522Setting.antenna.value & ~MFRC522Bits.antenna])
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
    case .off: try reset()
    case .held: try release()
    case .starting(let since): try start(since)
    case .testing(let since): try finishTest(since)
    case .idle: try look()
    case .exchanging(let activation, let since): try receive(activation, since)
    }
  }

  private func fail(_ failure: ReaderFailure) {
    wait(desk.failed(failure, nowNanoseconds: clock.nowNanoseconds))
    wasInterrupted = true
    switch phase {
    case .off, .held, .starting, .testing: phase = .off
    case .idle, .exchanging: phase = desk.hasFailed || failure == .settingsLost ? .off : .idle
    }
  }

  private func look() throws(ReaderFailure) {
    let now = clock.nowNanoseconds
    if now >= nextAuditNanoseconds {
      try audit()
      nextAuditNanoseconds = now + Self.auditNanoseconds
    }
    lookBeganNanoseconds = now
    // A card that an interrupted look has left half-way needs two calls; so does one at the edge of
    // the field before it is taken for gone.
    let activation = CardActivation(wakeUps: wasInterrupted || desk.presence.isOccupied ? 2 : 1)
    try send(activation.first, activation)
  }

  /// Takes the answer of the chip, if it has one, and goes on with the look.
  private func receive(_ activation: CardActivation, _ since: Int64) throws(ReaderFailure) {
    guard let answer = try answer(since: since) else { return }
    let now = clock.nowNanoseconds
    if answer == .garbled { desk.garbled(nowNanoseconds: now) }
    var activation = activation
    switch activation.next(after: answer) {
    case .send(let frame): try send(frame, activation)
    case .finished(let sighting):
      desk.looked(sighting, nowNanoseconds: now)
      wasInterrupted = false
      phase = .idle
      dueNanoseconds =
        desk.presence.wantsAnotherLook
        ? now + Self.quickLookNanoseconds
        : max(now, lookBeganNanoseconds + Self.lookNanoseconds)
    }
  }
}
