/// The displays that people have wired, and where their cells lie in the chip's memory.
public enum HD44780Size: String, CaseIterable, Hashable, Sendable {
  case columns16Rows2 = "16x2"
  case columns20Rows4 = "20x4"

  /// The display of so many columns and rows; nil for one that nobody has written for.
  public init?(columns: Int, rows: Int) { self.init(rawValue: "\(columns)x\(rows)") }

  /// Characters in a row.
  public var columns: Int {
    switch self {
    case .columns16Rows2: 16
    case .columns20Rows4: 20
    }
  }

  /// Rows.
  public var rows: Int { rowAddresses.count }

  /// The address of each row's first cell (HD44780U §Display Data RAM): rows 2 and 3 of a 20x4
  /// are the far halves of rows 0 and 1.
  var rowAddresses: [UInt8] {
    switch self {
    case .columns16Rows2: [0x00, 0x40]
    case .columns20Rows4: [0x00, 0x40, 0x14, 0x54]
    }
  }
}
