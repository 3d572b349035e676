import ChargePiES
import Projections
import Testing

/// What happens at the station.
extension Rig {
  func plug(_ evse: UInt32, _ cable: CableState = .connected) throws {
    try observe(
      .cableSensed(
        CableSensed {
          $0.evse = evse
          $0.connector = 1
          $0.cable = cable
        }))
  }

  func swipe(_ text: String, at evses: [UInt32] = []) throws {
    let token = try names.intern(text).canonical
    try observe(
      .cardRead(
        CardRead {
          $0.token = token
          $0.evses = evses
        }))
  }

  /// A whole start: the car is plugged in and its driver is known.
  func begin(_ evse: UInt32, _ card: String) throws {
    try plug(evse)
    try swipe(card, at: [evse])
    if upstream.connection != 0 { try serve() }
  }

  /// A reading of a meter as it stands.
  func read(_ evse: UInt32, fill: (inout MeterRead) -> Void = { _ in }) throws {
    let isClosed = engine.station.evse(evse)?.isClosed == true
    let power = isClosed ? drawMilliwatts : 0
    let phases = layout[Int(evse) - 1].connectors[0].phases
    try observe(
      .meterRead(
        MeterRead {
          $0.evse = evse
          $0.counterMilliwattHours = counters[evse] ?? 0
          $0.powerMilliwatts = power
          $0.currentMilliamperes = PhaseValues(
            repeatElement(power / 230 / Int64(phases), count: Int(phases)))
          $0.voltageMillivolts = PhaseValues(repeatElement(230_000, count: Int(phases)))
          fill(&$0)
        }))
  }

  /// Lets time pass: meters count and are read each second, deadlines are met, calls are answered.
  func pass(seconds: Int64, serving: Bool = true) throws {
    let end = moment + seconds * nanosecondsPerSecond
    var repeated = 0
    while moment < end {
      let before = moment
      let isClosed = station.evses.contains { $0.isClosed }
      let second = isClosed ? moment + nanosecondsPerSecond : end
      moment = max(moment, min(end, second, station.nextDeadline() ?? end))
      repeated = moment == before ? repeated + 1 : 0
      try #require(repeated < 100, "a deadline does not pass: event \(station.position)")
      try count(since: before)
      if let due = station.nextDeadline(), due <= moment {
        try observe(.timeReached(TimeReached()))
      }
      if serving && upstream.connection != 0 { try serve() }
    }
  }

  private func count(since before: Int64) throws {
    for evse in station.evses where evse.isClosed {
      let energy = drawMilliwatts * ((moment - before) / 1_000_000) / 3_600_000
      counters[evse.id, default: 0] += energy
      if moment > before { try read(evse.id) }
    }
  }

  /// A wish of an operator about a session's parked messages.
  func wish(_ wish: Wish, _ session: SessionID) throws {
    try observe(
      .operatorAsked(
        OperatorAsked {
          $0.wish = wish
          $0.upstream = 1
          $0.session = session
        }))
  }

  /// The session of an EVSE.
  func session(_ evse: UInt32) throws -> SessionID {
    try #require(station.evse(evse)?.session?.id)
  }
}

extension JSON {
  /// Its text, for comparisons by eye.
  var rendered: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
