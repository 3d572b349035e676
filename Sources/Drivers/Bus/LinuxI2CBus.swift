import CLinuxBus
import Glibc

/// An I2C bus of the kernel (`/dev/i2c-N`), opened once for all of its chips.
///
/// The kernel has the bus for one call at a time, and every transaction here is one call. The file
/// is shared because the kernel frees the number of an adapter that was pulled only when nobody has
/// it open any more: a chip that is rarely spoken to would keep it from coming back for the others.
public final class LinuxI2CBus {
  private let path: String
  private let clock: any DeviceClock
  private var node: I2CNode?

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
    guard (0x08...0x77).contains(address) else { throw .os(EINVAL) }
    let node = try opened()
    try node.claim(address)
    return LinuxI2CDevice(node: node, address: address)
  }

  private func opened() throws(BusError) -> I2CNode {
    if let node { return node }
    let opened = try I2CNode(path: path, clock: clock)
    node = opened
    return opened
  }
}

/// A chip at an address of a bus of the kernel.
public final class LinuxI2CDevice: I2CDevice {
  private let node: I2CNode
  private let address: UInt8

  init(node: I2CNode, address: UInt8) {
    self.node = node
    self.address = address
  }

  public func write(_ bytes: [UInt8]) throws(BusError) {
    _ = try node.transfer(address, [.write(bytes)])
  }

  public func read(_ count: Int) throws(BusError) -> [UInt8] {
    guard count > 0 else { return [] }
    return try node.transfer(address, [.read(count)])
  }

  public func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] {
    guard count > 0 else { throw .os(EINVAL) }
    return try node.transfer(address, [.write(bytes), .read(count)])
  }
}
