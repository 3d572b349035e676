/// A modelled PN532: frames on I2C, the commands that a card reader needs, and cards before its
/// antenna.
///
/// The knobs beside `ChipFaults`: a silent reset, a chip that is busy for ever, and bits that are
/// lost when a bus master overlooks a stretched clock.
public final class SimulatedPN532: I2CChip {
  /// Something that the chip has to say, and from when on.
  struct Output {
    var frame: [UInt8]
    var readyNanoseconds: Int64
  }

  /// What lies before the antenna.
  public let field: SimulatedField
  /// Frames are taken, and nothing ever becomes ready.
  public var isStuck = false
  /// Chance per read that what follows some byte comes shifted by some bits, in thousandths.
  public var shiftPermille = 0
  /// How long one try of a search takes, in nanoseconds.
  public var tryNanoseconds: Int64 = 12_000_000

  /// Settings, as they are after power-on.
  struct Settings {
    var isConfigured = false
    var retries: UInt8 = 0xFF
    var asksProtocol = true
  }

  var settings = Settings()
  var acknowledgement: Output?
  var output: Output?
  /// The number of cards that an endless search looks for.
  var search: Int?
  private var lastAnswer: [UInt8] = []
  private var isAwake = false
  private var isHeld = false
  private var chance: SimulatedChance

  /// A chip as after power-on: asleep. The seed decides what is disturbed.
  public init(seed: UInt64 = 1) {
    field = SimulatedField(seed: seed)
    chance = SimulatedChance(seed: seed ^ 0x532)
  }

  /// The level of the reset pin: held, the chip does not answer.
  public func holdReset(_ isHeld: Bool, nowNanoseconds: Int64) {
    self.isHeld = isHeld
    brownOut(nowNanoseconds: nowNanoseconds)
  }

  /// What a disturbance on the supply does: the chip sleeps, and has forgotten its settings.
  public func brownOut(nowNanoseconds: Int64) {
    settings = Settings()
    stop()
    lastAnswer = []
    isAwake = false
    field.turn(on: false)
  }

  /// Whether the IRQ pin is active.
  public func isInterrupting(nowNanoseconds now: Int64) -> Bool { ready(now) != nil }

  public func write(_ bytes: [UInt8], nowNanoseconds now: Int64) -> Bool {
    guard isListening() else { return false }
    if isStuck { return true }
    if bytes == PN532Frame.acknowledgement {
      stop()
      return true
    }
    if bytes == PN532Frame.repetition {
      output = Output(frame: lastAnswer, readyNanoseconds: now + 1_000_000)
      return true
    }
    // A search that does not end takes no other command.
    guard search == nil else { return false }
    guard let content = Self.content(bytes) else { return true }
    stop()
    acknowledgement = Output(
      frame: PN532Frame.acknowledgement, readyNanoseconds: now + 500_000)
    execute(content, now)
    return true
  }

  public func read(_ count: Int, nowNanoseconds now: Int64) -> [UInt8]? {
    guard isListening() else { return nil }
    guard let ready = ready(now) else { return Array(repeating: 0, count: count) }
    let answer = [0x01] + ready.frame + Array(repeating: 0, count: count)
    if count > 1 {
      // Whatever is not read now is lost.
      if acknowledgement != nil { acknowledgement = nil } else { output = nil }
    }
    return shifted(Array(answer.prefix(count)))
  }

  /// Makes the chip say something from then on.
  func say(_ content: [UInt8], atNanoseconds time: Int64) {
    lastAnswer = PN532Frame.frame(content)
    output = Output(frame: lastAnswer, readyNanoseconds: time)
  }

  /// An access to a chip that sleeps is not acknowledged, and wakes it.
  private func isListening() -> Bool {
    guard !isHeld else { return false }
    defer { isAwake = true }
    return isAwake
  }

  private func stop() {
    acknowledgement = nil
    output = nil
    search = nil
  }

  private func ready(_ now: Int64) -> Output? {
    guard !isStuck, isAwake, !isHeld else { return nil }
    if let acknowledgement {
      return acknowledgement.readyNanoseconds <= now ? acknowledgement : nil
    }
    searchOn(now)
    guard let output, output.readyNanoseconds <= now else { return nil }
    return output
  }

  /// A bit that the master took twice moves all that follow.
  private func shifted(_ bytes: [UInt8]) -> [UInt8] {
    guard chance.happens(permille: shiftPermille) else { return bytes }
    var bits: [Bool] = bytes.flatMap { byte in
      (0..<8).map { byte & (0x80 >> UInt8($0)) != 0 }
    }
    let place = Int(chance.next() % UInt64(bits.count))
    let count = 1 + Int(chance.next() % 7)
    bits.insert(contentsOf: Array(repeating: bits[place], count: count), at: place)
    return bytes.indices.map { index in
      bits[index * 8..<index * 8 + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
  }

  /// The content of a frame to the chip, without TFI; nil when the frame is damaged.
  private static func content(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 8, bytes.starts(with: [0x00, 0x00, 0xFF]), bytes[3] &+ bytes[4] == 0,
      bytes.count == Int(bytes[3]) + PN532Frame.envelope, bytes[5] == PN532Frame.toChip,
      bytes[5..<bytes.count - 1].reduce(0, &+) == 0
    else { return nil }
    return Array(bytes[6..<bytes.count - 2])
  }
}
