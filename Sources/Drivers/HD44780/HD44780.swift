import Synchronization

/// Why a display does not show what it shall.
public enum HD44780Failure: Error, Hashable, Sendable {
  /// The bus or the port expander does not answer.
  case bus(BusError)
  /// It answers, but does not stand where it must after a rewrite (only with read-back).
  case mismatch
}

/// An HD44780 display of 16×2 or 20×4 behind a PCF8574 (HARDWARE §4).
///
/// The loop's thread says what to show; the bus's thread writes what differs. Whatever goes wrong
/// stays here: a missing or confused display is told through `onState` and tried again, and the
/// station charges all the same.
///
/// A display cannot say that it was disturbed, and a lost nibble garbles it for ever. So everything
/// is written anew every 30 s and 300 ms after a relay has moved, without clearing: people see no
/// flicker. What is wrong on the display is right again after at most 30.2 s, and after 0.5 s when
/// a relay was the cause.
///
/// What it costs a bus of 100 kHz, which carries 11,100 bytes a second, addresses included: at rest
/// 7 bytes a second for a 16×2 and 14 for a 20×4; with eight custom characters 17 and 24; with
/// read-back 2 more. One changed digit costs 9 bytes.
///
/// `@unchecked Sendable`: `wishes` locks; everything else is used by the bus's thread alone.
public final class HD44780: BusTask, @unchecked Sendable {
  /// Between two full rewrites.
  static let rewriteNanoseconds: Int64 = 30_000_000_000
  /// From a relay's edge to the rewrite: contacts bounce, arcs burn.
  static let disturbanceNanoseconds: Int64 = 300_000_000
  /// Between two looks at a display at rest, with read-back.
  static let verificationNanoseconds: Int64 = 5_000_000_000
  /// How long the farewell may take: contacts that come to rest, and twice what writing the largest
  /// display takes at 100 kHz.
  static let farewellNanoseconds: Int64 = 500_000_000
  /// From power to the first nibble (HD44780U, figure 24: 40 ms; HARDWARE §4).
  static let powerNanoseconds: Int64 = 50_000_000
  /// Two writes of 32 bytes hold a bus of 100 kHz for 6 ms; then others have their turn.
  static let writesPerRun = 2

  /// What the loop's thread has left for the bus's thread.
  private struct Wishes {
    var lines: [String]?
    var isDisturbed = false
    var wake: (@Sendable () -> Void)?
  }

  private let wishes = Mutex(Wishes())
  private let device: any I2CDevice
  private let clock: any DeviceClock
  private let verifies: Bool
  private let onState: @Sendable (HD44780Failure?) -> Void

  private var memory: HD44780Memory
  /// How far the display is woken: an index of `HD44780Waking.steps`, or their count.
  private var step = 0
  /// Until then the display is left in peace; nil before the first run.
  private var notBefore: Int64?
  private var rewriteAt: Int64 = 0
  private var verifyAt = Int64.max
  /// Where the chip must stand; nil when that is not known.
  private var address: UInt8?
  private var mismatches = 0
  private var backOff = BackOff()
  /// What was told last; nil before anything was.
  private var told: HD44780Failure??

  /// A display at its address of a bus.
  ///
  /// - Parameters:
  ///   - verifies: read back where the chip stands after every write. Needs RW at P1, as the common
  ///     backpacks have it: a display with RW at ground would take the reading for a command.
  ///   - onState: called on the bus's thread when the display fails, and with nil when it works
  ///     (again).
  public init(
    device: any I2CDevice, clock: any DeviceClock, size: HD44780Size, verifies: Bool = false,
    onState: @escaping @Sendable (HD44780Failure?) -> Void = { _ in }
  ) {
    self.device = device
    self.clock = clock
    self.verifies = verifies
    self.onState = onState
    memory = HD44780Memory(size: size)
  }

  /// Calls this from now on when there is something to do before the time that `run` returned.
  public func onWish(_ wake: @escaping @Sendable () -> Void) {
    wishes.withLock { $0.wake = wake }
  }

  /// Shows these lines from now on: longer ones are cut, missing ones are empty. From any thread.
  public func show(_ lines: [String]) { wish { $0.lines = lines } }

  /// A relay has moved: what the display shows may be garbled. From any thread.
  public func disturbed() { wish { $0.isDisturbed = true } }

  private func wish(_ change: (inout Wishes) -> Void) {
    let wake = wishes.withLock { wishes in
      change(&wishes)
      return wishes.wake
    }
    wake?()
  }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    takeWishes(now)
    let earliest = notBefore ?? now + Self.powerNanoseconds
    notBefore = earliest
    guard now >= earliest else { return earliest }
    do throws(HD44780Failure) {
      return try work(now)
    } catch {
      return fail(error)
    }
  }

  /// The bus stops: what shall be shown is written a last time, within a bound. Once, on the bus's
  /// thread.
  public func end() {
    let now = clock.nowNanoseconds
    takeWishes(now)
    // From waking on, for nothing heals the display any more; contacts that have just opened come
    // to rest first.
    if rewriteAt > now + Self.disturbanceNanoseconds { rewriteAt = now }
    var due = max(rewriteAt, notBefore ?? now)
    while due <= now + Self.farewellNanoseconds {
      clock.sleep(nanoseconds: max(0, due - clock.nowNanoseconds))
      due = run(nowNanoseconds: clock.nowNanoseconds)
    }
  }

  private func takeWishes(_ now: Int64) {
    let (lines, isDisturbed) = wishes.withLock { wishes in
      defer {
        wishes.lines = nil
        wishes.isDisturbed = false
      }
      return (wishes.lines, wishes.isDisturbed)
    }
    if let lines { memory.show(lines) }
    if isDisturbed { rewriteAt = now + Self.disturbanceNanoseconds }
  }
}

// The bus's side.
extension HD44780 {
  /// Some of what is to do; returns when to go on.
  private func work(_ now: Int64) throws(HD44780Failure) -> Int64 {
    if now >= rewriteAt { startAnew(now) }
    for _ in 0..<Self.writesPerRun {
      guard step == HD44780Waking.steps.count else { return try wake() }
      guard let part = memory.nextPart() else { return try rest(now) }
      try write(part.portBytes)
      memory.wrote(part)
      address = HD44780Memory.addressAfter(part)
      verifyAt = now
    }
    return now
  }

  /// From wherever the chip is, to everything written anew.
  private func startAnew(_ now: Int64) {
    step = 0
    memory.forget()
    address = nil
    rewriteAt = now + Self.rewriteNanoseconds
  }

  private func wake() throws(HD44780Failure) -> Int64 {
    let next = HD44780Waking.steps[step]
    try write(next.portBytes)
    step += 1
    let end = clock.nowNanoseconds + next.pauseNanoseconds
    notBefore = end
    return end
  }

  /// Everything is written.
  private func rest(_ now: Int64) throws(HD44780Failure) -> Int64 {
    if verifies, now >= verifyAt {
      guard try isWhereItMustBe() else { return try mismatch(now) }
      mismatches = 0
      verifyAt = now + Self.verificationNanoseconds
    }
    backOff.reset()
    tell(nil)
    return verifies ? min(rewriteAt, verifyAt) : rewriteAt
  }

  /// The busy flag is down, and the address counter stands behind what was written last.
  private func isWhereItMustBe() throws(HD44780Failure) -> Bool {
    guard let address else { return true }
    let high = try readNibble()
    let low = try readNibble()
    try write([PCF8574Port.reading, PCF8574Port.resting])
    return high << 4 | low == address
  }

  private func readNibble() throws(HD44780Failure) -> UInt8 {
    let lines = PCF8574Port.reading
    do throws(BusError) {
      let bytes = try device.writeRead([lines, lines | PCF8574Port.enable], 1)
      guard let byte = bytes.first else { throw .shortTransfer(0) }
      return byte >> 4
    } catch {
      throw .bus(error)
    }
  }

  /// The first one is a glitch, to be healed at once; one behind a rewrite is more than that.
  private func mismatch(_ now: Int64) throws(HD44780Failure) -> Int64 {
    mismatches += 1
    guard mismatches == 1 else { throw .mismatch }
    startAnew(now)
    return now
  }

  private func write(_ bytes: [UInt8]) throws(HD44780Failure) {
    do throws(BusError) {
      try device.write(bytes)
    } catch {
      throw .bus(error)
    }
  }

  /// Nothing is known of the display any more; returns when to try again.
  private func fail(_ failure: HD44780Failure) -> Int64 {
    let end = clock.nowNanoseconds + backOff.next()
    notBefore = end
    startAnew(end)
    tell(failure)
    return end
  }

  private func tell(_ failure: HD44780Failure?) {
    guard told != .some(failure) else { return }
    told = .some(failure)
    onState(failure)
  }
}
