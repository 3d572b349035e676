import Synchronization

/// A wire of the simulated world: an output to its driver, an input, or both.
///
/// The world hears of what the driver sets through `onSet`, and decides through `reading` what the
/// driver reads; without `reading` that is what was set or driven last. Both run under the world's
/// lock, so they may touch models, but no device and no pin.
///
/// `@unchecked Sendable`: hooks and level are only touched under the world's lock.
public final class SimulatedPin: DigitalOutput, DigitalInput, @unchecked Sendable {
  private let world: SimulatedWorld
  private let onSet: (Bool) -> Void
  private let reading: (() -> Bool)?
  private let failure = Mutex<BusError?>(nil)
  private var level: Bool

  /// A wire at a level: logical, as everything above the wiring is.
  public init(
    world: SimulatedWorld, isActive: Bool = false, onSet: @escaping (Bool) -> Void = { _ in },
    reading: (() -> Bool)? = nil
  ) {
    self.world = world
    level = isActive
    self.reading = reading
    self.onSet = onSet
  }

  /// What every call of the driver throws while it is set: a chip that has gone, a held line.
  public var error: BusError? {
    get { failure.withLock { $0 } }
    set { failure.withLock { $0 = newValue } }
  }

  public func set(_ isActive: Bool) throws(BusError) {
    if let error { throw error }
    world.withLock {
      level = isActive
      onSet(isActive)
    }
  }

  public func get() throws(BusError) -> Bool {
    if let error { throw error }
    return world.withLock { reading?() ?? level }
  }

  /// The world moves the wire: a button, a switch, a sensor.
  public func drive(_ isActive: Bool) { world.withLock { level = isActive } }

  /// Where the wire is, for whoever looks from outside; it never fails.
  public var isActive: Bool { world.withLock { level } }
}
