/// An HD44780 behind a PCF8574: it takes a nibble when E falls, keeps its times, and forgets
/// nothing that a real one would keep.
///
/// It can be read like the glass (`text`), and spoilt: `losesNibbles`, `scramble`, `powerCycle`.
public final class SimulatedHD44780: I2CChip {
  /// The next so many nibbles are lost, as by a disturbed E line.
  public var losesNibbles = 0
  /// How long a byte takes on the bus: 9 bits of 100 kHz.
  public var byteNanoseconds: Int64 = 90_000
  /// Instructions and data that came while the chip was busy; they were lost.
  public private(set) var timingViolations = 0
  /// Falls of E with other lines than before: what the chip takes then is chance.
  public private(set) var holdViolations = 0
  /// Bytes on the bus so far, addresses included.
  public private(set) var busBytes = 0
  /// The longest write so far, in bytes.
  public private(set) var longestWrite = 0

  let rows: Int
  let columns: Int
  var registers = SimulatedHD44780Registers()
  private var lines: UInt8 = 0
  /// The high nibble that waits for its low one.
  private var highNibble: UInt8?
  /// Until then the chip takes nothing.
  private var busyUntil: Int64
  /// When the last byte was on the port: transactions follow each other.
  private var portNanoseconds: Int64
  /// Instructions since power: the first two need long (figure 24).
  private var wakings = 0

  /// A display that has just got power; its memory holds chance.
  public init(columns: Int, rows: Int, seed: UInt64 = 1, nowNanoseconds: Int64 = 0) {
    self.columns = columns
    self.rows = rows
    busyUntil = nowNanoseconds
    portNanoseconds = nowNanoseconds
    powerCycle(seed: seed, nowNanoseconds: nowNanoseconds)
  }

  public func write(_ bytes: [UInt8], nowNanoseconds: Int64) -> Bool {
    begin(bytes.count, nowNanoseconds)
    longestWrite = max(longestWrite, bytes.count)
    for byte in bytes {
      portNanoseconds += byteNanoseconds
      change(to: byte)
    }
    return true
  }

  public func read(_ count: Int, nowNanoseconds: Int64) -> [UInt8]? {
    begin(count, nowNanoseconds)
    portNanoseconds += Int64(count) * byteNanoseconds
    return [UInt8](repeating: port, count: count)
  }

  /// The address byte, not before the last transaction is over.
  private func begin(_ count: Int, _ now: Int64) {
    busBytes += count + 1
    portNanoseconds = max(portNanoseconds, now) + byteNanoseconds
  }

  /// What the port reads: the chip pulls lines that are written as ones.
  private var port: UInt8 {
    guard lines & PCF8574Port.enable != 0, lines & PCF8574Port.read != 0 else { return lines }
    let isBusy: UInt8 = portNanoseconds < busyUntil ? 0x80 : 0
    let value =
      lines & PCF8574Port.registerSelect == 0
      ? isBusy | registers.address & 0x7F : registers.read()
    let nibble = highNibble == nil ? value & 0xF0 : value << 4
    return lines & (nibble | 0x0F)
  }

  private func change(to byte: UInt8) {
    let before = lines
    lines = byte
    guard before & PCF8574Port.enable != 0, byte & PCF8574Port.enable == 0 else { return }
    if (before ^ byte) & ~(PCF8574Port.enable | PCF8574Port.backlight) != 0 { holdViolations += 1 }
    fall(before)
  }

  /// E has fallen: a nibble is taken, or was given.
  private func fall(_ lines: UInt8) {
    if losesNibbles > 0 {
      losesNibbles -= 1
      return
    }
    let nibble = lines >> 4
    let value: UInt8
    if !registers.isFourBit {
      // D0 to D3 are not wired; the chip pulls them up (HD44780U, DC characteristics).
      value = nibble << 4 | 0x0F
    } else if let high = highNibble {
      value = high << 4 | nibble
      highNibble = nil
    } else {
      highNibble = nibble
      return
    }
    guard lines & PCF8574Port.read == 0 else { return }
    take(value, isData: lines & PCF8574Port.registerSelect != 0)
  }

  private func take(_ value: UInt8, isData: Bool) {
    guard portNanoseconds >= busyUntil else {
      timingViolations += 1
      return
    }
    busyUntil = portNanoseconds + duration(value, isData)
    if isData {
      registers.write(value)
    } else {
      let wasFourBit = registers.isFourBit
      registers.execute(value)
      if registers.isFourBit != wasFourBit { highNibble = nil }
    }
  }

  /// HD44780U, table 6, at 270 kHz; and the pauses of figure 24.
  private func duration(_ value: UInt8, _ isData: Bool) -> Int64 {
    if isData { return 41_000 }
    wakings += 1
    switch wakings {
    case 1: return 4_100_000
    case 2: return 100_000
    default: return value < 0x04 ? 1_520_000 : 37_000
    }
  }
}

// What a test does to it, and reads from it.
extension SimulatedHD44780 {
  /// Power goes and comes: memory holds chance, the display is off, and busy for 40 ms.
  public func powerCycle(seed: UInt64, nowNanoseconds: Int64) {
    registers = SimulatedHD44780Registers()
    registers.fill(seed: seed)
    lines = 0xFF
    highNibble = nil
    wakings = 0
    busyUntil = nowNanoseconds + 40_000_000
  }

  public func brownOut(nowNanoseconds: Int64) {
    powerCycle(seed: UInt64(bitPattern: nowNanoseconds), nowNanoseconds: nowNanoseconds)
  }

  /// The worst that disturbance can do: any state that the chip can be in.
  public func scramble(seed: UInt64) {
    registers.fill(seed: seed)
    registers.scramble(seed: seed)
    highNibble = registers.isFourBit && seed & 1 != 0 ? UInt8(seed >> 8 & 0x0F) : nil
  }

  /// The rows as people see them; a pattern that means nothing to us is `\u{FFFD}`.
  public var text: [String] {
    (0..<rows).map { row in
      String((0..<columns).map { registers.isOn ? character(row: row, column: $0) : " " })
    }
  }

  /// Whether the light is on.
  public var isLit: Bool { lines & PCF8574Port.backlight != 0 }

  private func character(row: Int, column: Int) -> Character {
    // Rows 2 and 3 go on where 0 and 1 end.
    let line = row % 2
    let cell = (column + (row / 2) * columns + registers.shift) % 40
    guard registers.isTwoLine || line == 0 else { return " " }
    let code = registers.cells[line * 0x40 + cell]
    if code < 0x10 { return HD44780Font.character(glyph: registers.drawing(code)) ?? "\u{FFFD}" }
    return SimulatedHD44780Font.character(code)
  }
}
