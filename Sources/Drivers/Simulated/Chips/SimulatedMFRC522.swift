/// A modelled MFRC522: registers, FIFO, timer, CRC unit, and an antenna with cards before it.
///
/// The knobs beside `ChipFaults`: another version, a silent reset, a chip that hangs.
public final class SimulatedMFRC522: SPIChip {
  /// From a reset until the chip listens.
  static let startNanoseconds: Int64 = 5_000_000

  /// What lies before the antenna.
  public let field: SimulatedField
  /// What the chip gives as its version: 0x91 and 0x92 are NXP's, 0x88, 0xB2 and 0x12 are clones'.
  public var version: UInt8
  /// No command ends any more, and the timer does not run.
  public var isStuck = false

  var registers: [UInt8] = []
  var fifo: [UInt8] = []
  /// What is going to happen, and when.
  var pending: Pending?
  private var isHeld = false
  private var readyNanoseconds: Int64 = 0
  private var address: UInt8?
  private var next: UInt8 = 0

  /// A chip at rest, as after power-on. The seed decides what disturbs its cards.
  public init(version: UInt8 = 0x92, seed: UInt64 = 1) {
    self.version = version
    field = SimulatedField(seed: seed)
    restore()
  }

  /// The level of the reset pin: held, the chip does nothing and knows nothing.
  public func holdReset(_ isHeld: Bool, nowNanoseconds now: Int64) {
    self.isHeld = isHeld
    reset(nowNanoseconds: now)
  }

  /// What a disturbance on the supply does: all registers as after power-on, the antenna off.
  public func brownOut(nowNanoseconds now: Int64) { reset(nowNanoseconds: now) }

  /// Whether the IRQ pin is active.
  public func isInterrupting(nowNanoseconds now: Int64) -> Bool {
    advance(now)
    return self[.interrupts] & self[.interruptEnable] & MFRC522Bits.clearAll != 0
  }

  public func select(nowNanoseconds now: Int64) {
    address = nil
    next = 0
    advance(now)
  }

  public func exchange(_ byte: UInt8, nowNanoseconds now: Int64) -> UInt8 {
    guard !isHeld else { return 0 }
    advance(now)
    let answer = next
    next = 0
    if let address, address & 0x80 == 0 {
      write(byte, to: address >> 1, now)
      return answer
    }
    if address == nil || byte != 0 { address = byte }
    if byte & 0x80 != 0 { next = read(byte >> 1 & 0x3F, now) }
    return answer
  }

  public func deselect(nowNanoseconds: Int64) {}

  func reset(nowNanoseconds now: Int64) {
    restore()
    readyNanoseconds = now + Self.startNanoseconds
  }

  /// The values after power-on (datasheet §9.2), as far as the model minds them.
  private func restore() {
    registers = Array(repeating: 0, count: 64)
    fifo = []
    pending = nil
    let values: [(MFRC522Register, UInt8)] = [
      (.command, 0x20), (.interruptEnable, 0x80), (.interrupts, 0x14), (.control, 0x10),
      (.collision, 0xA0), (.mode, 0x3F), (.txControl, 0x80), (.modWidth, 0x26),
      (.rfConfiguration, 0x48), (.crcHigh, 0xFF), (.crcLow, 0xFF),
    ]
    for (register, value) in values { self[register] = value }
    field.turn(on: false)
  }

  subscript(_ register: MFRC522Register) -> UInt8 {
    get { registers[Int(register.rawValue)] }
    set { registers[Int(register.rawValue)] = newValue }
  }

  private func read(_ number: UInt8, _ now: Int64) -> UInt8 {
    switch MFRC522Register(rawValue: number) {
    case .fifoData: return fifo.isEmpty ? 0 : fifo.removeFirst()
    case .fifoLevel: return UInt8(fifo.count)
    case .version: return version
    case .command:
      return now < readyNanoseconds ? self[.command] | MFRC522Bits.powerDown : self[.command]
    case .interruptEnable, .interrupts, .otherInterrupts, .error, .control, .bitFraming, .collision,
      .mode, .txMode, .rxMode, .txControl, .txASK, .crcHigh, .crcLow, .modWidth, .rfConfiguration,
      .timerMode, .timerPrescaler, .timerReloadHigh, .timerReloadLow, nil:
      return registers[Int(number)]
    }
  }

  private func write(_ byte: UInt8, to number: UInt8, _ now: Int64) {
    switch MFRC522Register(rawValue: number & 0x3F) {
    case .fifoData:
      if fifo.count < 64 { fifo.append(byte) } else { self[.error] |= 0x10 }
    case .fifoLevel:
      if byte & MFRC522Bits.flush != 0 { fifo = [] }
    case .interrupts: mark(.interrupts, byte)
    case .otherInterrupts: mark(.otherInterrupts, byte)
    case .command: command(byte & 0x0F, now)
    case .bitFraming:
      self[.bitFraming] = byte & 0x7F
      if byte & MFRC522Bits.startSend != 0, self[.command] & 0x0F == MFRC522Command.transceive {
        transmit(now)
      }
    case .txControl:
      self[.txControl] = byte
      field.turn(on: byte & MFRC522Bits.antenna == MFRC522Bits.antenna)
    case .version, .error, .crcHigh, .crcLow, .control, nil: break
    case .interruptEnable, .collision, .mode, .txMode, .rxMode, .txASK, .modWidth,
      .rfConfiguration, .timerMode, .timerPrescaler, .timerReloadHigh, .timerReloadLow:
      registers[Int(number & 0x3F)] = byte
    }
  }

  /// Set1/Set2: the highest bit says whether the marked bits are set or cleared.
  private func mark(_ register: MFRC522Register, _ byte: UInt8) {
    let bits = byte & 0x7F
    if byte & 0x80 != 0 { self[register] |= bits } else { self[register] &= ~bits }
  }
}
