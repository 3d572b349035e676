/// Registers of the MFRC522 (datasheet §9.2) that the driver and the chip's model know.
enum MFRC522Register: UInt8 {
  case command = 0x01
  case interruptEnable = 0x02
  case interrupts = 0x04
  case otherInterrupts = 0x05
  case error = 0x06
  case fifoData = 0x09
  case fifoLevel = 0x0A
  case control = 0x0C
  case bitFraming = 0x0D
  case collision = 0x0E
  case mode = 0x11
  case txMode = 0x12
  case rxMode = 0x13
  case txControl = 0x14
  case txASK = 0x15
  case crcHigh = 0x21
  case crcLow = 0x22
  case modWidth = 0x24
  case rfConfiguration = 0x26
  case timerMode = 0x2A
  case timerPrescaler = 0x2B
  case timerReloadHigh = 0x2C
  case timerReloadLow = 0x2D
  case version = 0x37
}

/// Commands of the MFRC522 (datasheet §10.3).
enum MFRC522Command {
  static let idle: UInt8 = 0x00
  static let calculateCRC: UInt8 = 0x03
  static let transceive: UInt8 = 0x0C
  static let softReset: UInt8 = 0x0F
}

/// Bits of the MFRC522's registers.
enum MFRC522Bits {
  /// Command: the oscillator is not running yet.
  static let powerDown: UInt8 = 0x10
  /// Interrupts: a frame came in, or a command ended.
  static let received: UInt8 = 0x30
  /// Interrupts: the timer ran out.
  static let timer: UInt8 = 0x01
  /// Interrupts and OtherInterrupts: with this bit 0, those written as 1 are cleared.
  static let clearAll: UInt8 = 0x7F
  /// OtherInterrupts: the CRC is calculated.
  static let crcDone: UInt8 = 0x04
  /// Error: a FIFO overflow, wrong parity, wrong framing.
  static let frameErrors: UInt8 = 0x13
  /// Error: two cards said different things.
  static let collision: UInt8 = 0x08
  /// FIFOLevel: empties the FIFO.
  static let flush: UInt8 = 0x80
  /// BitFraming: sends what is in the FIFO.
  static let startSend: UInt8 = 0x80
  /// Collision: what comes after a collision is kept.
  static let valuesAfterCollision: UInt8 = 0x80
  /// TxControl: both antenna drivers are on.
  static let antenna: UInt8 = 0x03
}

/// A register, what the driver writes into it, and the bits of it that must read back so. Reserved
/// bits are left out: clones differ there.
struct MFRC522Setting: Hashable, Sendable {
  var register: MFRC522Register
  var value: UInt8
  var mask: UInt8

  /// The antenna comes last, when the rest is as it shall be.
  static let antenna = MFRC522Setting(register: .txControl, value: 0x83, mask: MFRC522Bits.antenna)

  /// How the chip is set up. The timer counts 25 µs; it starts with the end of a frame and gives
  /// the card `timerTicks` to begin its answer. A card that answers at all does so within 0.1 ms
  /// (ISO/IEC 14443-3 §6.2.1.1), so 5 ms leave room for slow phones and keep an empty look short.
  static let table: [MFRC522Setting] = [
    MFRC522Setting(register: .txMode, value: 0x00, mask: 0xF8),
    MFRC522Setting(register: .rxMode, value: 0x00, mask: 0xFC),
    MFRC522Setting(register: .modWidth, value: 0x26, mask: 0xFF),
    MFRC522Setting(register: .timerMode, value: 0x80, mask: 0xFF),
    MFRC522Setting(register: .timerPrescaler, value: 0xA9, mask: 0xFF),
    MFRC522Setting(register: .timerReloadHigh, value: 0x00, mask: 0xFF),
    MFRC522Setting(register: .timerReloadLow, value: timerTicks, mask: 0xFF),
    // Modulation of 100 %, as type A wants it.
    MFRC522Setting(register: .txASK, value: 0x40, mask: 0x40),
    // CRC preset 0x6363; the transmitter waits for the field.
    MFRC522Setting(register: .mode, value: 0x3D, mask: 0x23),
    // The receiver's gain: 48 dB, the most.
    MFRC522Setting(register: .rfConfiguration, value: 0x70, mask: 0x70),
    // Bits behind a collision are cleared.
    MFRC522Setting(
      register: .collision, value: 0x00, mask: MFRC522Bits.valuesAfterCollision),
    // The pin is active low; a frame, the end of a command and the timer raise it.
    MFRC522Setting(register: .interruptEnable, value: 0xB1, mask: 0xFF),
  ]

  /// Ticks of 25 µs until the timer says that nobody answers.
  static let timerTicks: UInt8 = 200
}

/// The SPI frames of the MFRC522 (datasheet §8.1.2): an address byte, then data.
enum MFRC522Frame {
  /// One register, bytes into it.
  static func write(_ register: MFRC522Register, _ bytes: [UInt8]) -> [UInt8] {
    [register.rawValue << 1] + bytes
  }

  /// Any registers: an answer comes one byte after its address.
  static func read(_ registers: [MFRC522Register]) -> [UInt8] {
    registers.map { $0.rawValue << 1 | 0x80 } + [0]
  }
}
