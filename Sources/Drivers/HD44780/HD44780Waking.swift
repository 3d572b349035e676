/// How an HD44780 is brought from any state to the one that we write in: 4 bits, two lines, no
/// shift, display on.
enum HD44780Waking {
  /// What goes onto the port in one write, and how long the chip then needs at least.
  struct Step {
    var portBytes: [UInt8]
    var pauseNanoseconds: Int64
  }

  /// HD44780U, figure 24, with longer pauses, and without clearing: all visible cells are written
  /// behind it anyway, and a clear would be seen. *Home* instead: nothing else takes back a shift
  /// that a garbled nibble has caused.
  static let steps = [
    // Whatever it was waiting for: eight bits, three times.
    Step(portBytes: PCF8574Port.nibble(0x3), pauseNanoseconds: 5_000_000),
    Step(portBytes: PCF8574Port.nibble(0x3), pauseNanoseconds: 1_000_000),
    Step(portBytes: PCF8574Port.nibble(0x3), pauseNanoseconds: 1_000_000),
    Step(portBytes: PCF8574Port.nibble(0x2), pauseNanoseconds: 1_000_000),
    Step(
      portBytes: [0x28, 0x06, 0x0C, 0x02].flatMap(PCF8574Port.instruction),
      pauseNanoseconds: 3_000_000),
  ]
}
