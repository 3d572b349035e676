import ChargePiES

/// The hardware of a station, as the loop sees it.
///
/// Called on the loop's thread; an implementation with blocking buses has threads of its own, and
/// only hands over what they have found. None of these calls waits for a bus, except `start` and
/// `stop`, while nothing depends on the loop.
public protocol Board: AnyObject {
  /// Begins, and returns what the sensors say at once.
  func start(_ station: Station, nowNanoseconds: Int64) -> [Observation]
  /// Whether every sensor has given its first reading since `start`, or has been found to be dead.
  var isReady: Bool { get }
  /// Moves contactors and locks to where they shall be.
  func reconcile(_ outputs: Outputs, nowNanoseconds: Int64)
  /// What the sensors have found since the last call.
  func take(nowNanoseconds: Int64) -> [Observation]
  /// Cards that were read since the last call.
  func takeCards() -> [CardFound]
  /// Fresh readings of the meters through which energy flows, where the meter gives them at once.
  func readMeters(nowNanoseconds: Int64) -> [Observation]
  /// Shows people how things are.
  func show(_ picture: Picture)
  /// When `take` will have something, nanoseconds since boot; nil when nothing is planned.
  var dueNanoseconds: Int64? { get }
  /// Somebody has looked after an EVSE's contactor: a weld, or contacts that did not close, may be
  /// forgotten.
  func resetContactor(evse: UInt32)
  /// Opens every contactor and lets the hardware go; nothing else is called afterwards.
  func stop()
}

/// A card at a reader.
public struct CardFound: Hashable, Sendable {
  /// Its number as people read it: upper-case hexadecimal.
  public var text: String
  /// EVSEs that this reader may choose from; empty for all.
  public var evses: [UInt32]

  public init(text: String, evses: [UInt32]) {
    self.text = text
    self.evses = evses
  }
}

/// What display and lamps show.
public struct Picture: Hashable, Sendable {
  /// The display's rows.
  public var rows: [String]
  /// One lamp per connector, in order of their flat numbers.
  public var lamps: [Lamp]

  public init(rows: [String], lamps: [Lamp]) {
    self.rows = rows
    self.lamps = lamps
  }
}

/// A world of simulated cars, cables and faults behind a board, which people and tests move.
public protocol SimulatedScene: AnyObject {
  /// Puts a cable in, with a car at its end; nil for the usual car.
  func plug(
    evse: UInt32, connector: UInt32, car: CarSettings?, nowNanoseconds: Int64
  ) throws(SimulationError)
  /// Pulls a cable out: at the car only, or altogether.
  func unplug(
    evse: UInt32, connector: UInt32, carSideOnly: Bool, nowNanoseconds: Int64
  ) throws(SimulationError)
  /// The car changes its mind.
  func demand(evse: UInt32, _ demand: CarDemand, nowNanoseconds: Int64) throws(SimulationError)
  /// What an EVSE's locks do from now on.
  func setLock(evse: UInt32, _ mode: LockMode) throws(SimulationError)
  /// What a relay's contacts do from now on.
  func setContactor(
    evse: UInt32, _ mode: ContactorMode, nowNanoseconds: Int64
  ) throws(SimulationError)
  /// What goes wrong from now on between the chips of a simulated bus (`spi0`, `i2c1`, `lamps`), or
  /// one chip (`meter 1.1`, `reader 1`, `display`), and their drivers.
  func setFaults(_ faults: ChipFaults, at name: String) throws(SimulationError)
  /// Presses or releases a safety input, by the configuration's key (`emergency_stop`).
  func setInput(_ name: String, isActive: Bool) throws(SimulationError)
  /// The supply of a bus's chips, or of one chip, dips.
  func brownOut(at name: String) throws(SimulationError)
  /// Holds a card to a reader; false where no reader is modelled, and the card counts as read.
  func present(card text: String, nowNanoseconds: Int64) throws(SimulationError) -> Bool
  /// Sets a meter: counter in milliwatt-hours, current per phase in milliamperes (until a plug),
  /// voltage in millivolts.
  func setMeter(
    evse: UInt32, counterMilliwattHours: Int64?, milliamperes: Int64?, millivolts: Int64?,
    nowNanoseconds: Int64
  ) throws(SimulationError)
}
