/// A modelled chip at an address of a simulated I2C bus, as its driver sees it.
///
/// `@unchecked Sendable`: the model is only touched under the world's lock.
public final class SimulatedI2CDevice: I2CDevice, SimulatedDevice, @unchecked Sendable {
  private let chip: any I2CChip
  private let clock: any DeviceClock
  private let world: SimulatedWorld
  private let bus: BusLock
  private let link: SimulatedLink

  /// Connects a chip. Devices at one bus share its lock; the seed decides what is not acknowledged
  /// and which bits flip.
  public init(
    chip: any I2CChip, clock: any DeviceClock, world: SimulatedWorld,
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

  public func write(_ bytes: [UInt8]) throws(BusError) {
    try bus.withLock { () throws(BusError) -> Void in
      try begin()
      try send(bytes)
    }
  }

  public func read(_ count: Int) throws(BusError) -> [UInt8] {
    try bus.withLock { () throws(BusError) -> [UInt8] in
      try begin()
      return try receive(count)
    }
  }

  public func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] {
    try bus.withLock { () throws(BusError) -> [UInt8] in
      try begin()
      try send(bytes)
      return try receive(count)
    }
  }

  /// What every transaction begins with: the adapter, and somebody who acknowledges the address.
  private func begin() throws(BusError) {
    clock.sleep(nanoseconds: faults.latencyNanoseconds)
    guard !faults.isGone else { throw .gone }
    guard !link.isRefused() else { throw .nack }
  }

  private func send(_ bytes: [UInt8]) throws(BusError) {
    let isTaken = world.withLock { chip.write(bytes, nowNanoseconds: clock.nowNanoseconds) }
    guard isTaken else { throw .nack }
  }

  private func receive(_ count: Int) throws(BusError) -> [UInt8] {
    let bytes = world.withLock { chip.read(count, nowNanoseconds: clock.nowNanoseconds) }
    guard let bytes else { throw .nack }
    guard bytes.count == count else { throw .shortTransfer(bytes.count) }
    return link.arriving(bytes)
  }
}
