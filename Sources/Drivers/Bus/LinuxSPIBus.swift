import CLinuxBus
import Glibc

/// How a chip wants its bits.
public struct SPISettings: Hashable, Sendable {
  /// Clock polarity and phase, 0 to 3.
  public var mode: UInt8
  /// The fastest clock, in hertz; the controller rounds it down.
  public var hertz: UInt32

  /// Eight bits a word, most significant first, as every chip here has them.
  public init(mode: UInt8 = 0, hertz: UInt32) {
    self.mode = mode
    self.hertz = hertz
  }
}

/// An SPI bus of the kernel: its nodes `/dev/spidevBUS.SELECT`, and the lock that they share.
///
/// Mode and speed belong to a node, whoever has it open: a node that is asked for with two
/// settings is refused.
public final class LinuxSPIBus {
  private let prefix: String
  private let clock: any DeviceClock
  private let lock: BusLock
  private var nodes: [String: SPINode] = [:]

  /// The bus with this number; nothing is opened yet.
  public init(
    number: UInt32, clock: any DeviceClock = LinuxDeviceClock(), directory: String = "/dev"
  ) {
    prefix = "\(directory)/spidev\(number)."
    self.clock = clock
    lock = BusLock.shared(prefix)
  }

  /// A chip whose select line the kernel drives.
  ///
  /// Throws what the kernel says (`os(ENOENT)` without the node, `os(EACCES)` without the right to
  /// it), `busy` for a node that is in use with other settings, `os(EINVAL)` for a mode or a speed
  /// that the controller does not have.
  public func device(select: UInt32, _ settings: SPISettings) throws(BusError) -> LinuxSPIDevice {
    let node = try node(select, settings, isSelecting: true)
    return LinuxSPIDevice(lock: lock, node: node, select: nil)
  }

  /// A chip whose select line is an output of its own, active while the chip is selected.
  ///
  /// Several such chips may share a node. The kernel's own select line of that node stays still
  /// where the controller can do that (SPI_NO_CS); elsewhere nothing may be connected to it.
  public func device(
    select: UInt32, _ settings: SPISettings, output: any DigitalOutput
  ) throws(BusError) -> LinuxSPIDevice {
    let node = try node(select, settings, isSelecting: false)
    try output.set(false)
    return LinuxSPIDevice(lock: lock, node: node, select: output)
  }

  private func node(
    _ select: UInt32, _ settings: SPISettings, isSelecting: Bool
  ) throws(BusError) -> SPINode {
    let path = "\(prefix)\(select)"
    if let node = nodes[path] {
      guard node.settings == settings, node.isSelecting == isSelecting else { throw .busy }
      return node
    }
    let node = try SPINode(
      path: path, settings: settings, isSelecting: isSelecting, clock: clock)
    nodes[path] = node
    return node
  }
}

/// A chip at a bus of the kernel.
public final class LinuxSPIDevice: SPIDevice {
  private let lock: BusLock
  private let node: SPINode
  private let select: (any DigitalOutput)?

  init(lock: BusLock, node: SPINode, select: (any DigitalOutput)?) {
    self.lock = lock
    self.node = node
    self.select = select
  }

  public func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
    var message = try SPIMessage(steps)
    try lock.withLock { () throws(BusError) -> Void in
      guard let select else { return try node.transfer(&message, mayDivide: false) }
      try select.set(true)
      do throws(BusError) {
        try node.transfer(&message, mayDivide: true)
      } catch {
        // The first error is the one to tell; a select line that fails too will fail again.
        try? select.set(false)
        throw error
      }
      try select.set(false)
    }
    return message.received
  }
}
