/// How the backpack's port expander is wired to the display: one port byte sets all lines.
///
/// P0 RS, P1 RW, P2 E, P3 backlight, P4 to P7 the data lines D4 to D7 (HARDWARE §4). The display
/// takes what is on the data lines when E falls, so a nibble is two port bytes: with E, without E.
/// The second byte leaves the data as they are, which keeps the hold time.
enum PCF8574Port {
  static let registerSelect: UInt8 = 0x01
  static let read: UInt8 = 0x02
  static let enable: UInt8 = 0x04
  static let backlight: UInt8 = 0x08

  /// The port's two bytes for a nibble as an instruction: how a display is woken.
  static func nibble(_ value: UInt8) -> [UInt8] { pulse(value << 4 | backlight) }

  /// The port's four bytes for an instruction.
  static func instruction(_ value: UInt8) -> [UInt8] { halves(value, backlight) }

  /// The port's four bytes for a byte of the display's memory.
  static func data(_ value: UInt8) -> [UInt8] { halves(value, backlight | registerSelect) }

  private static func halves(_ value: UInt8, _ lines: UInt8) -> [UInt8] {
    pulse(value & 0xF0 | lines) + pulse(value << 4 | lines)
  }

  private static func pulse(_ lines: UInt8) -> [UInt8] { [lines | enable, lines] }

  /// The port while the display drives the data lines: written as ones, they are inputs.
  static let reading: UInt8 = 0xF0 | read | backlight
  /// Nothing selected, the light on.
  static let resting: UInt8 = backlight
}
