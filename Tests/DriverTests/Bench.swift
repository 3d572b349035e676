import ChargePiES
import Drivers
import Testing

/// A simulated board on a clock of its own, driven without a core.
final class Bench {
  let board: SimulatedBoard
  var station = Station()
  /// Nanoseconds since boot.
  var moment: Int64 = 10 * nanosecondsPerSecond
  private var order: UInt64 = 0
  private var wanted = Outputs()

  init(
    evses: UInt32 = 1, phases: UInt32 = 1, hasLock: Bool = false, hasPlugSense: Bool = true,
    settings: (inout SimulationSettings) -> Void = { _ in }
  ) {
    var world = SimulationSettings()
    world.car.requestAfterNanoseconds = 0
    settings(&world)
    board = SimulatedBoard(settings: world)
    station.evses = (1...evses).map { number in
      EVSE {
        $0.id = number
        $0.connectors = [
          Connector {
            $0.layout.id = 1
            $0.layout.flatNumber = number
            $0.layout.hasLock = hasLock
            $0.layout.hasPlugSense = hasPlugSense
            $0.layout.phases = phases
            $0.layout.maximumMilliamperes = 32_000
          }
        ]
      }
    }
    wanted = station.outputs
  }

  @discardableResult
  func start() -> [Observation] { board.start(station, nowNanoseconds: moment) }

  /// Commands the first contactor, and offers a current.
  @discardableResult
  func command(closed: Bool, offer: Int64 = 32_000, evse: Int = 0) -> [Observation] {
    wanted.evses[evse].isClosed = closed
    wanted.evses[evse].limitMilliamperes = closed ? offer : 0
    board.reconcile(wanted, nowNanoseconds: moment)
    return take()
  }

  /// Commands the first lock, as another order.
  @discardableResult
  func lock(_ isLocked: Bool) -> [Observation] {
    order += 1
    wanted.evses[0].locks[0].isLocked = isLocked
    wanted.evses[0].locks[0].order = order
    board.reconcile(wanted, nowNanoseconds: moment)
    return take()
  }

  @discardableResult
  func plug(_ car: CarSettings? = nil, evse: UInt32 = 1) throws -> [Observation] {
    try board.plug(evse: evse, connector: 1, car: car, nowNanoseconds: moment)
    return take()
  }

  func take() -> [Observation] { board.take(nowNanoseconds: moment) }

  /// Lets time pass in steps, and takes what is found after each.
  @discardableResult
  func pass(milliseconds: Int64, step: Int64 = 1_000) -> [Observation] {
    var found: [Observation] = []
    let end = moment + milliseconds * 1_000_000
    while moment < end {
      moment = min(end, moment + step * 1_000_000)
      found += take()
    }
    return found
  }

  /// The first meter, read now.
  func reading(_ evse: UInt32 = 1) throws -> MeterRead {
    try board.setMeter(
      evse: evse, counterMilliwattHours: nil, milliamperes: nil, millivolts: nil,
      nowNanoseconds: moment)
    return try #require(take().readings.last { $0.evse == evse })
  }
}

extension [Observation] {
  var readings: [MeterRead] {
    compactMap { if case .meterRead(let reading) = $0 { reading } else { nil } }
  }
  var cables: [CableSensed] {
    compactMap { if case .cableSensed(let cable) = $0 { cable } else { nil } }
  }
  var contactors: [Bool] {
    compactMap { if case .contactorSensed(let sensed) = $0 { sensed.isClosed } else { nil } }
  }
  var locks: [LockSensed] {
    compactMap { if case .lockSensed(let lock) = $0 { lock } else { nil } }
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
