import ChargePiES
import Synchronization

/// A strip of WS281x LEDs, a segment for each connector.
///
/// The loop's thread says what the lamps show; the bus's thread sends frames: when colours change,
/// at most ten a second, and otherwise every 0.9 s, because a strip cannot say that a glitch has
/// turned its colours. While nothing blinks that is all.
///
/// A strip that cannot be reached is told through `onState` and tried again after 1, 2, 5, … 30 s.
///
/// `@unchecked Sendable`: `wishes` locks; everything else is used by the bus's thread alone.
public final class WS281xStrip: BusTask, @unchecked Sendable {
  /// Between two frames at least: ten a second.
  static let frameNanoseconds: Int64 = 100_000_000
  /// Between two frames at most, so that it is once a second even when the thread is late.
  static let refreshNanoseconds: Int64 = 900_000_000
  /// How long everything is white when a card was read.
  static let flashNanoseconds: Int64 = 300_000_000

  /// What the loop's thread has left for the bus's thread.
  private struct Wishes {
    var lamps: [Lamp]?
    var isFlash = false
    var wake: (@Sendable () -> Void)?
  }

  private let wishes = Mutex(Wishes())
  private let output: any WS281xOutput
  private let clock: any DeviceClock
  private let power: WS281xPower
  private let onState: @Sendable (WS281xError?) -> Void

  private var frame: LampFrame
  private var shown: [WS281xDrive]?
  private var sentAt: Int64 = 0
  private var notBefore: Int64 = 0
  private var backOff = BackOff()
  /// What was told last; nil before anything was.
  private var told: WS281xError??

  /// A strip with so many LEDs for each connector; what is more than the output takes stays dark.
  ///
  /// - Parameter onState: called on the bus's thread when the strip fails, and with nil when it
  ///   works (again).
  public init(
    output: any WS281xOutput, clock: any DeviceClock, segments: [Int],
    power: WS281xPower = WS281xPower(),
    onState: @escaping @Sendable (WS281xError?) -> Void = { _ in }
  ) {
    self.output = output
    self.clock = clock
    self.power = power
    self.onState = onState
    frame = LampFrame(segments: segments.map { max(0, $0) }, lamps: [])
  }

  /// Calls this from now on when there is something to do before the time that `run` returned.
  public func onWish(_ wake: @escaping @Sendable () -> Void) {
    wishes.withLock { $0.wake = wake }
  }

  /// Throws what the strip's output is known to lack. Before its thread runs.
  func check() throws(WS281xError) { try output.check() }

  /// Shows these lamps from now on, connectors in order. From any thread.
  public func show(_ lamps: [Lamp]) { wish { $0.lamps = lamps } }

  /// A card was read: everything is white for a moment. From any thread.
  public func flash() { wish { $0.isFlash = true } }

  private func wish(_ change: (inout Wishes) -> Void) {
    let wake = wishes.withLock { wishes in
      change(&wishes)
      return wishes.wake
    }
    wake?()
  }

  public func run(nowNanoseconds now: Int64) -> Int64 {
    takeWishes(now)
    guard now >= notBefore else { return notBefore }
    let colours = frame.colours(nowNanoseconds: now).prefix(output.mostLEDs)
    let wanted = power.scaled(colours.map { WS281xDrive($0, output.order) })
    if wanted != shown || now - sentAt >= Self.refreshNanoseconds {
      guard send(wanted, now) else { return notBefore }
    }
    let next = min(frame.nextChange(nowNanoseconds: now), sentAt + Self.refreshNanoseconds)
    return max(next, notBefore)
  }

  /// The bus stops: the strip goes dark, and the hardware is free. Once, on the bus's thread.
  public func end() {
    let count = min(frame.segments.reduce(0, +), output.mostLEDs)
    _ = send([WS281xDrive](repeating: WS281xDrive(), count: count), clock.nowNanoseconds)
    output.release()
  }

  private func takeWishes(_ now: Int64) {
    let (lamps, isFlash) = wishes.withLock { wishes in
      defer {
        wishes.lamps = nil
        wishes.isFlash = false
      }
      return (wishes.lamps, wishes.isFlash)
    }
    if let lamps { frame.lamps = lamps }
    if isFlash { frame.flashUntil = now + Self.flashNanoseconds }
  }

  /// Sends a frame; false when it was not taken.
  private func send(_ drives: [WS281xDrive], _ now: Int64) -> Bool {
    do throws(WS281xError) {
      try output.send(drives)
    } catch {
      shown = nil
      notBefore = clock.nowNanoseconds + backOff.next()
      tell(error)
      return false
    }
    shown = drives
    sentAt = now
    notBefore = now + Self.frameNanoseconds
    backOff.reset()
    tell(nil)
    return true
  }

  private func tell(_ error: WS281xError?) {
    guard told != .some(error) else { return }
    told = .some(error)
    onState(error)
  }
}
