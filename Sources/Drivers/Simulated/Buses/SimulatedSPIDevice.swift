/// A modelled chip at a simulated SPI bus, as its driver sees it.
///
/// `@unchecked Sendable`: the model is only touched under the world's lock.
public final class SimulatedSPIDevice: SPIDevice, SimulatedDevice, @unchecked Sendable {
  private let chip: any SPIChip
  private let clock: any DeviceClock
  private let world: SimulatedWorld
  private let bus: BusLock
  private let link: SimulatedLink

  /// Connects a chip. Devices at one bus share its lock; the seed decides which bits flip.
  public init(
    chip: any SPIChip, clock: any DeviceClock, world: SimulatedWorld,
    bus: BusLock = BusLock(), faults: ChipFaults = ChipFaults(), seed: UInt64 = 1
  ) {
    self.chip = chip
    self.clock = clock
    self.world = world
    self.bus = bus
    link = SimulatedLink(faults: faults, seed: seed)
  }

  /// What goes wrong on the way; may be changed at any time, from any thread.
  public var faults: ChipFaults {
    get { link.faults }
    set { link.faults = newValue }
  }

  func brownOut() {
    world.withLock { chip.brownOut(nowNanoseconds: clock.nowNanoseconds) }
  }

  public func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
    try bus.withLock { () throws(BusError) -> [[UInt8]] in
      clock.sleep(nanoseconds: faults.latencyNanoseconds)
      guard !faults.isGone else { throw .gone }
      let isThere = !faults.isMissing
      if isThere { world.withLock { chip.select(nowNanoseconds: clock.nowNanoseconds) } }
      defer {
        if isThere { world.withLock { chip.deselect(nowNanoseconds: clock.nowNanoseconds) } }
      }
      var received: [[UInt8]] = []
      for step in steps {
        switch step {
        case .transfer(let bytes):
          received.append(link.arriving(isThere ? exchange(bytes) : bytes))
        case .pause(let nanoseconds):
          // Not under the world's lock: other buses go on.
          clock.sleep(nanoseconds: nanoseconds)
        }
      }
      return received
    }
  }

  private func exchange(_ bytes: [UInt8]) -> [UInt8] {
    world.withLock {
      bytes.map { chip.exchange($0, nowNanoseconds: clock.nowNanoseconds) }
    }
  }
}
