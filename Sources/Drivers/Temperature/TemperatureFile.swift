/// Where the kernel tells a temperature, and in which words.
public enum TemperatureFile: Hashable, Sendable {
  /// `/sys/class/thermal/thermal_zone0/temp`: thousandths of a degree, alone in the file.
  case thermalZone(path: String)
  /// `/sys/bus/w1/devices/28-…/w1_slave`: nine bytes twice, `crc=… YES`, `t=…` in thousandths. To
  /// read it takes the sensor 750 ms.
  case oneWire(path: String)

  /// The file.
  public var path: String {
    switch self {
    case .thermalZone(let path), .oneWire(let path): path
    }
  }

  /// What a DS18B20 says before it has ever measured: a reset on its bus, not a fire.
  static let powerOnMillidegrees: Int64 = 85_000

  /// Reads the file now. Throws `shortTransfer` for bytes that arrived damaged (the kernel's check
  /// of the sensor's checksum failed), `nack` for a sensor that does not answer or has just been
  /// switched on, and what the kernel says when there is no file.
  func read(previousMillidegrees: Int64?) throws(BusError) -> Int64 {
    let text = try TextFile.read(path)
    switch self {
    case .thermalZone:
      guard let line = text.split(separator: "\n").first, let value = Int64(line) else {
        throw .nack
      }
      return value
    case .oneWire: return try Self.oneWire(text, previousMillidegrees)
    }
  }

  private static func oneWire(_ text: String, _ previous: Int64?) throws(BusError) -> Int64 {
    let lines = text.split(separator: "\n")
    guard lines.count == 2 else { throw .nack }
    let bytes = lines[0].prefix { $0 != ":" }.split(separator: " ").compactMap {
      UInt8($0, radix: 16)
    }
    guard lines[0].hasSuffix(" YES"), bytes.count == 9 else { throw .shortTransfer(bytes.count) }
    // A bus that hangs low reads zeros, whose checksum is zero, too.
    guard bytes.contains(where: { $0 != 0 }) else { throw .nack }
    guard let mark = lines[1].lastIndex(of: "="),
      let value = Int64(lines[1][lines[1].index(after: mark)...])
    else { throw .nack }
    let isStart = value == powerOnMillidegrees && abs((previous ?? 0) - value) > 5_000
    guard !isStart else { throw .nack }
    return value
  }
}
