import CLinuxBus
import Glibc

/// An I2C bus of the kernel (`/dev/i2c-N`).
///
/// The kernel has the bus for one call at a time, and every transaction here is one call: no lock
/// of our own is needed.
public final class LinuxI2CBus {
  private let path: String
  private let clock: any DeviceClock

  /// The bus at a path; nothing is opened yet.
  public init(path: String, clock: any DeviceClock = LinuxDeviceClock()) {
    self.path = path
    self.clock = clock
  }

  /// A chip at a 7-bit address (0x08 to 0x77).
  ///
  /// Throws what the kernel says (`os(ENOENT)` without the node, `busy` where a driver of the
  /// kernel's has the address), `os(EOPNOTSUPP)` for an adapter that cannot move plain bytes.
  public func device(address: UInt8) throws(BusError) -> LinuxI2CDevice {
    try LinuxI2CDevice(path: path, address: address, clock: clock)
  }
}

/// A chip at an address of a bus of the kernel.
public final class LinuxI2CDevice: I2CDevice {
  /// How long the adapter may take for one transaction, in units of ten milliseconds: 68 bytes at
  /// 10 kHz are 61 ms, and a chip that holds the clock is let go by the adapter after 35 ms.
  static let adapterTimeout: Int32 = 20

  private let address: UInt8
  private let node: Reopening<DeviceFile>

  init(path: String, address: UInt8, clock: any DeviceClock) throws(BusError) {
    guard (0x08...0x77).contains(address) else { throw .os(EINVAL) }
    self.address = address
    node = try Reopening(
      clock: clock,
      open: { () throws(BusError) -> DeviceFile in
        let file = try DeviceFile(path: path, kind: .i2c)
        try Self.setUp(file, address)
        return file
      },
      isThere: { $0.isThere })
  }

  private static func setUp(_ file: DeviceFile, _ address: UInt8) throws(BusError) {
    var functions: UInt = 0
    try file.request(UInt(I2C_FUNCS), &functions)
    guard functions & UInt(I2C_FUNC_I2C) != 0 else { throw .os(EOPNOTSUPP) }
    try file.request(UInt(I2C_TIMEOUT), number: adapterTimeout)
    try file.request(UInt(I2C_SLAVE), number: Int32(address))
  }

  public func write(_ bytes: [UInt8]) throws(BusError) {
    try use(bytes.count) { (file: DeviceFile) throws(BusError) -> Void in
      try file.counted(Glibc.write(file.descriptor, bytes, bytes.count), of: bytes.count)
    }
  }

  public func read(_ count: Int) throws(BusError) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    try use(count) { (file: DeviceFile) throws(BusError) -> Void in
      try file.counted(Glibc.read(file.descriptor, &bytes, count), of: count)
    }
    return bytes
  }

  public func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] {
    guard count > 0, bytes.count <= Int(UInt16.max), count <= Int(UInt16.max) else {
      throw .os(EINVAL)
    }
    var out = bytes
    var received = [UInt8](repeating: 0, count: count)
    try use(max(bytes.count, count)) { (file: DeviceFile) throws(BusError) -> Void in
      let result = Self.exchange(&out, &received, address, file)
      // Two messages, both moved.
      try file.counted(Int(result), of: 2)
    }
    return received
  }

  private static func exchange(
    _ out: inout [UInt8], _ received: inout [UInt8], _ address: UInt8, _ file: DeviceFile
  ) -> Int32 {
    let counts = (UInt16(out.count), UInt16(received.count))
    // The kernel copies from the one row and into the other during the call, no longer.
    return out.withUnsafeMutableBufferPointer { from in
      received.withUnsafeMutableBufferPointer { into in
        var messages = [
          i2c_msg(addr: UInt16(address), flags: 0, len: counts.0, buf: from.baseAddress),
          i2c_msg(
            addr: UInt16(address), flags: UInt16(I2C_M_RD), len: counts.1, buf: into.baseAddress),
        ]
        return messages.withUnsafeMutableBufferPointer { row in
          var both = i2c_rdwr_ioctl_data(msgs: row.baseAddress, nmsgs: 2)
          return ioctl(file.descriptor, UInt(I2C_RDWR), &both)
        }
      }
    }
  }

  /// Adapters say in two ways that a message is longer than they can move; neither is said for
  /// anything else once the node is open.
  private func use(
    _ longest: Int, _ body: (DeviceFile) throws(BusError) -> Void
  ) throws(BusError) {
    do throws(BusError) {
      try node.use(body)
    } catch BusError.os(let code) where longest > 1 && (code == EINVAL || code == EOPNOTSUPP) {
      throw .messageTooLong
    }
  }
}
