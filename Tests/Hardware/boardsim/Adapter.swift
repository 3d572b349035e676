import Glibc

/// Something with a plug: an adapter that can be pulled out while it is used.
protocol Adapter: AnyObject {
  var name: String { get }
  var isPlugged: Bool { get }
  func plug(_ loop: EventLoop) throws(KernelFailure)
  func unplug(_ loop: EventLoop)
}

extension CP2112: Adapter {}

/// A chip select of the SPI controller as an adapter.
///
/// Unplugged, its node is gone, and whoever has it open gets ESHUTDOWN, as from spidev.c; so the
/// device that was pulled answers on until the next one is plugged in.
final class SpidevAdapter: Adapter {
  let name: String
  private let node: SpidevNode
  private var device: CUSEDevice?

  init(name: String, node: SpidevNode) {
    self.name = name
    self.node = node
    node.isGone = true
  }

  var isPlugged: Bool { !node.isGone }

  func plug(_ loop: EventLoop) throws(KernelFailure) {
    guard !isPlugged else { return }
    if let device {
      loop.remove(device)
      device.close()
    }
    let plugged = try CUSEDevice(name: name, server: node)
    device = plugged
    node.isGone = false
    loop.add(plugged)
  }

  func unplug(_ loop: EventLoop) {
    node.isGone = true
    unlink("/dev/\(name)")
  }
}
