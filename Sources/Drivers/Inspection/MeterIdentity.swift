/// What a CS5460A says when it is only asked, and nothing is written: its status and configuration.
public struct MeterIdentity: Hashable, Sendable {
  /// The status register.
  public var status: UInt32
  /// The configuration register.
  public var configuration: UInt32

  /// Whether a CS5460A answers: a line that stays low or high is nobody, and whatever has bits
  /// where the chip has none is no answer of its.
  public var isThere: Bool {
    let status = CS5460A.Status(rawValue: status)
    let fixed = Int64(configuration) & CS5460A.Configuration.fixedMask
    return !status.isOpenLine && status.isDisjoint(with: .reserved)
      && fixed == CS5460A.Configuration.resetDone
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
