import ChargePiES
import Drivers

/// What drivers do at a station with four connectors: plug, show a card, charge, show it again,
/// drive away. Stays and pauses are drawn from a seeded generator, so that each run is the same.
struct Scenario {
  /// Lengths of stays, in seconds.
  let stays: ClosedRange<Int64>
  /// Lengths of pauses between two cars, in seconds.
  let pauses: ClosedRange<Int64>

  private enum Step {
    case plug, start, stop, unplug
  }

  private var places: [(dueNanoseconds: Int64, step: Step, card: String)] = []
  private var random = SplitMix(state: 1)

  /// A scenario that begins at a moment.
  init(stays: ClosedRange<Int64>, pauses: ClosedRange<Int64>, from now: Int64) {
    self.stays = stays
    self.pauses = pauses
    places = (0..<4).map { (now + (5 + $0) * nanosecondsPerSecond, .plug, "") }
  }

  /// Plays on until the condition holds at the end of somebody's step.
  mutating func play(_ station: VirtualStation, until isOver: (VirtualStation) -> Bool) throws {
    while !isOver(station) {
      let next = places.indices.min { places[$0].dueNanoseconds < places[$1].dueNanoseconds } ?? 0
      try station.run(until: places[next].dueNanoseconds)
      try take(next, station)
      try station.turn()
    }
  }

  /// Ends what is under way: nobody begins anew.
  mutating func finish(_ station: VirtualStation) throws {
    for index in places.indices {
      while places[index].step != .plug {
        try station.run(until: station.now + 2 * nanosecondsPerSecond)
        try take(index, station)
        try station.turn()
      }
    }
    try station.run(until: station.now + 60 * nanosecondsPerSecond)
  }

  private mutating func take(_ index: Int, _ station: VirtualStation) throws {
    let evse = UInt32(index + 1)
    switch places[index].step {
    case .plug:
      places[index].card = "04A1B2C\(random.next(0...63))"
      var car = CarSettings()
      car.maximumMilliamperes = random.next(8...32) * 1_000
      car.chargePermille = random.next(100...700)
      try station.board.plug(evse: evse, connector: 1, car: car, nowNanoseconds: station.now)
      then(index, .start, 4, station)
    case .start:
      try swipe(index, station)
      then(index, .stop, random.next(stays), station)
    case .stop:
      try swipe(index, station)
      then(index, .unplug, 10, station)
    case .unplug:
      try station.board.unplug(
        evse: evse, connector: 1, carSideOnly: false, nowNanoseconds: station.now)
      then(index, .plug, random.next(pauses), station)
    }
  }

  private func swipe(_ index: Int, _ station: VirtualStation) throws {
    try station.swipe(places[index].card, evse: UInt32(index + 1))
  }

  private mutating func then(
    _ index: Int, _ step: Step, _ seconds: Int64, _ station: VirtualStation
  ) {
    places[index].dueNanoseconds = station.now + seconds * nanosecondsPerSecond
    places[index].step = step
  }
}

extension VirtualStation {
  /// A card is shown at an EVSE.
  func swipe(_ card: String, evse: UInt32) throws {
    let token = try names.intern(card).canonical
    try observe(
      .cardRead(
        CardRead {
          $0.token = token
          $0.evses = [evse]
        }))
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
struct SplitMix {
  var state: UInt64

  mutating func next(_ range: ClosedRange<Int64>) -> Int64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return range.lowerBound + Int64(mixed % UInt64(range.upperBound - range.lowerBound + 1))
  }
}
