/// What a CS5460A says when it is only asked, and nothing is written: its status and configuration.
public struct MeterIdentity: Hashable, Sendable {
  /// The status register.
  public var status: UInt32
  /// The configuration register; the clock divider in its low bits is never zero.
  public var configuration: UInt32

  /// Whether somebody answers: a line that stays low or high is nobody.
  public var isThere: Bool {
    !CS5460A.Status(rawValue: status).isOpenLine && configuration != 0
      && configuration != 0xFF_FFFF
  }

  /// Asks the chip at a device. It synchronises the port first, which changes no measurement.
  public init(asking device: any SPIDevice) throws(BusError) {
    var frames = CS5460A.Frames(synchronised: true)
    frames.read(.status)
    frames.read(.configuration)
    let answer = try device.transaction([.transfer(frames.bytes)])
    guard let bytes = answer.first, let values = frames.values(in: bytes) else {
      throw .shortTransfer(answer.first?.count ?? 0)
    }
    status = values[0]
    configuration = values[1]
  }
}
