extension SimulatedMFRC522 {
  /// A command's outcome, which shows when its time has come.
  enum Pending {
    /// The CRC of the FIFO's content.
    case crc([UInt8], atNanoseconds: Int64)
    /// An answer from the field.
    case answer(SimulatedField.Answer, atNanoseconds: Int64)
    /// The timer runs out.
    case silence(atNanoseconds: Int64)
  }

  /// One bit on the air at 106 kbit/s; a byte has a ninth, its parity.
  private static let bitNanoseconds: Int64 = 9_440
  /// From the end of a frame to the beginning of its answer (ISO/IEC 14443-3 §6.2.1.1).
  private static let delayNanoseconds: Int64 = 91_000

  /// Lets what is due happen.
  func advance(_ now: Int64) {
    guard let pending, !isStuck else { return }
    switch pending {
    case .crc(let crc, let time) where time <= now:
      self[.crcLow] = crc[0]
      self[.crcHigh] = crc[1]
      self[.otherInterrupts] |= MFRC522Bits.crcDone
    case .answer(let answer, let time) where time <= now: receive(answer)
    case .silence(let time) where time <= now: self[.interrupts] |= MFRC522Bits.timer
    case .crc, .answer, .silence: return
    }
    self.pending = nil
  }

  func command(_ command: UInt8, _ now: Int64) {
    // A command that is replaced by Idle has ended: IdleIRq.
    if command == MFRC522Command.idle, self[.command] & 0x0F != MFRC522Command.idle {
      self[.interrupts] |= 0x10
    }
    self[.command] = command
    pending = nil
    switch command {
    case MFRC522Command.softReset: reset(nowNanoseconds: now)
    case MFRC522Command.calculateCRC:
      pending = .crc(ISO14443A.crc(fifo), atNanoseconds: now + 100_000)
      fifo = []
    default: break
    }
  }

  /// Sends the FIFO's content, and sees what comes back.
  func transmit(_ now: Int64) {
    let lastBits = Int(self[.bitFraming] & 0x07)
    var bits = AirBits.bits(fifo)
    if lastBits > 0 { bits.removeLast(8 - lastBits) }
    fifo = []
    self[.error] = 0
    // A collision's position is not valid until there is one.
    self[.collision] = self[.collision] & MFRC522Bits.valuesAfterCollision | 0x20
    let sent = now + Int64(bits.count + bits.count / 8 + 2) * Self.bitNanoseconds
    if let answer = field.exchange(bits) {
      let length = Int64(answer.bits.count + answer.bits.count / 8 + 2) * Self.bitNanoseconds
      pending = .answer(answer, atNanoseconds: sent + Self.delayNanoseconds + length)
    } else if self[.timerMode] & 0x80 != 0 {
      pending = .silence(atNanoseconds: sent + timerNanoseconds)
    }
  }

  /// The time that the timer counts (datasheet §8.5): 13.56 MHz through prescaler and reload value.
  private var timerNanoseconds: Int64 {
    let prescaler = Int64(self[.timerMode] & 0x0F) << 8 | Int64(self[.timerPrescaler])
    let reload = Int64(self[.timerReloadHigh]) << 8 | Int64(self[.timerReloadLow])
    return (2 * prescaler + 1) * (reload + 1) * 1_000_000 / 13_560
  }

  /// Puts an answer into the FIFO, from the bit where BitFraming says (RxAlign).
  private func receive(_ answer: SimulatedField.Answer) {
    let align = Int(self[.bitFraming] >> 4 & 0x07)
    var bits = Array(repeating: false, count: align) + answer.bits
    if let collision = answer.collision {
      self[.error] |= MFRC522Bits.collision
      // Counted from the first bit of the answer's first byte; 32 reads as 0, more is not told.
      let position = align + collision + 1
      let told = position > 32 ? 0x20 : UInt8(position & 0x1F)
      self[.collision] = self[.collision] & MFRC522Bits.valuesAfterCollision | told
      if self[.collision] & MFRC522Bits.valuesAfterCollision == 0 {
        for index in bits.indices where index >= align + collision { bits[index] = false }
      }
    }
    if answer.hasParityError { self[.error] |= 0x02 }
    fifo = AirBits.bytes(bits)
    self[.control] = self[.control] & ~0x07 | UInt8(bits.count % 8)
    self[.interrupts] |= 0x20
  }
}
