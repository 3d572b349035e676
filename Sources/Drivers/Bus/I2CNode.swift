import CLinuxBus
import Glibc

/// The one open file of an I2C bus, opened again after its adapter has gone.
final class I2CNode {
  /// One message of a transfer; several are joined by repeated starts.
  enum Message {
    case write([UInt8])
    case read(Int)

    var count: Int {
      switch self {
      case .write(let bytes): bytes.count
      case .read(let count): count
      }
    }
  }

  /// How long the adapter may take for one transaction, in units of ten milliseconds: 68 bytes at
  /// 10 kHz are 61 ms, and a chip that holds the clock is let go by the adapter after 35 ms.
  static let adapterTimeout: Int32 = 20

  /// Chips of different threads may share the file; the kernel would take their calls one by one.
  private let lock = BusLock()
  private let file: Reopening<DeviceFile>

  init(path: String, clock: any DeviceClock) throws(BusError) {
    file = try Reopening(
      clock: clock,
      open: { () throws(BusError) -> DeviceFile in
        let file = try DeviceFile(path: path, kind: .i2c)
        try Self.setUp(file)
        return file
      },
      isThere: { $0.isThere })
  }

  private static func setUp(_ file: DeviceFile) throws(BusError) {
    var functions: UInt = 0
    try file.request(UInt(I2C_FUNCS), &functions)
    guard functions & UInt(I2C_FUNC_I2C) != 0 else { throw .os(EOPNOTSUPP) }
    // What stands in for i2c-dev may not know this request: then the adapter's own bound holds.
    try? file.request(UInt(I2C_TIMEOUT), number: adapterTimeout)
  }

  /// Makes sure that no driver of the kernel's has the address: `busy` otherwise.
  func claim(_ address: UInt8) throws(BusError) {
    try lock.withLock { () throws(BusError) -> Void in
      try file.use { (file: DeviceFile) throws(BusError) -> Void in
        try file.request(UInt(I2C_SLAVE), number: Int32(address))
      }
    }
  }

  /// One transaction; returns what was read.
  ///
  /// Adapters say in two ways that a message is longer than they can move; neither is said for
  /// anything else once the node is open.
  func transfer(_ address: UInt8, _ messages: [Message]) throws(BusError) -> [UInt8] {
    guard messages.allSatisfy({ $0.count <= Int(UInt16.max) }) else { throw .os(EINVAL) }
    do throws(BusError) {
      return try lock.withLock { () throws(BusError) -> [UInt8] in
        try file.use { (file: DeviceFile) throws(BusError) -> [UInt8] in
          try Self.move(messages, address, file)
        }
      }
    } catch BusError.os(let code) where code == EINVAL || code == EOPNOTSUPP {
      let longest = messages.map(\.count).max() ?? 0
      throw longest > 1 ? .messageTooLong : .os(code)
    }
  }

  /// The messages lie one behind the other in a row of bytes; what is read takes its place there.
  private static func move(
    _ messages: [Message], _ address: UInt8, _ file: DeviceFile
  ) throws(BusError) -> [UInt8] {
    var row: [UInt8] = []
    var parts: [(range: Range<Int>, isRead: Bool)] = []
    for message in messages {
      let start = row.count
      switch message {
      case .write(let bytes):
        row += bytes
        parts.append((start..<row.count, false))
      case .read(let count):
        row += [UInt8](repeating: 0, count: count)
        parts.append((start..<row.count, true))
      }
    }
    // The kernel copies out of and into the row during the call, and within the parts only.
    let result = row.withUnsafeMutableBufferPointer { bytes in
      var list = parts.map { part in
        i2c_msg(
          addr: UInt16(address), flags: part.isRead ? UInt16(I2C_M_RD) : 0,
          len: UInt16(part.range.count), buf: bytes.baseAddress.map { $0 + part.range.lowerBound })
      }
      return list.withUnsafeMutableBufferPointer { list in
        var all = i2c_rdwr_ioctl_data(msgs: list.baseAddress, nmsgs: UInt32(list.count))
        return ioctl(file.descriptor, UInt(I2C_RDWR), &all)
      }
    }
    try file.counted(Int(result), of: parts.count)
    return parts.filter(\.isRead).flatMap { Array(row[$0.range]) }
  }
}
