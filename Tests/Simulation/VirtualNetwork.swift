import ChargePiES

/// The way between a station and its central system: it delays, loses, and breaks in the middle of
/// a frame; a connection can be dead without either side knowing.
///
/// Within a connection and a direction nothing overtakes (it is TCP); what is cut is cut from one
/// byte on, so of the frames under way some first ones arrive and the others do not.
final class VirtualNetwork {
  /// What arrives somewhere.
  enum Arrival {
    case opened
    /// The connection is gone: how it closed (RFC 6455 §7.4), 1006 for without a word.
    case closed(UInt32)
    case frame([UInt8])
  }

  /// Something under way.
  private struct Flight {
    let at: Int64
    let isToStation: Bool
    /// Counts the attempts to connect of the whole life.
    let line: UInt64
    let what: Arrival
  }

  private var flights: [Flight] = []
  private var chance: Chance
  private let weather: Weather
  private let tally: Tally
  private var lines: UInt64 = 0
  /// The line that the station has, or is trying to get; 0 for none.
  private(set) var stationLine: UInt64 = 0
  private var isOpen = false
  /// The line is dead and nobody knows.
  private var isDead = false
  /// When a dead line is noticed by its pings.
  private var deadNoticed: Int64 = .max
  private var breaksInNextFrame = false
  private var lastToStation: Int64 = 0
  private var lastToCentral: Int64 = 0

  init(seed: UInt64, weather: Weather, tally: Tally) {
    chance = Chance(seed: seed, 4)
    self.weather = weather
    self.tally = tally
  }

  /// When something arrives next.
  var due: Int64 { min(flights.first?.at ?? .max, deadNoticed) }

  /// Whether a frame of the station would get through now.
  var isHealthy: Bool { isOpen && !isDead }

  /// The station begins to connect.
  func connect(at now: Int64) -> UInt64 {
    lines += 1
    stationLine = lines
    isOpen = false
    isDead = false
    deadNoticed = .max
    if weather.isOn(.unreachable, at: now) {
      add(now + milliseconds(200...20_000), toStation: true, .closed(0))
    } else {
      let at = now + milliseconds(20...400)
      add(at, toStation: false, .opened)
      add(at + milliseconds(1...50), toStation: true, .opened)
    }
    return lines
  }

  private func milliseconds(_ range: ClosedRange<Int64>) -> Int64 {
    chance.between(range) * 1_000_000
  }

  private func delay(_ now: Int64) -> Int64 {
    weather.isOn(.slowNetwork, at: now) ? milliseconds(500...12_000) : milliseconds(5...120)
  }

  /// A frame leaves the station.
  func sendToCentral(_ bytes: [UInt8], at now: Int64) {
    guard isOpen else { return }
    guard !isDead else { return tally.count(.frameIntoTheVoid) }
    lastToCentral = max(lastToCentral, now + delay(now))
    add(lastToCentral, toStation: false, .frame(bytes))
    breakIfDue(now)
  }

  /// A frame leaves the central system, over a line that it believes to be there.
  func sendToStation(_ bytes: [UInt8], line: UInt64, at moment: Int64) {
    guard line == stationLine, isOpen, !isDead else { return tally.count(.answerLost) }
    lastToStation = max(lastToStation, moment + delay(moment))
    add(lastToStation, toStation: true, .frame(bytes))
    breakIfDue(moment)
  }

  private func breakIfDue(_ now: Int64) {
    guard breaksInNextFrame else { return }
    breaksInNextFrame = false
    breakLine(at: now)
  }

  /// The station closes its line.
  func closeByStation(at now: Int64) {
    guard stationLine != 0 else { return }
    let seen =
      isDead ? now + milliseconds(1_000...600_000) : max(lastToCentral, now + delay(now))
    cut(toStation: true, keeping: 0)
    if isOpen { add(seen, toStation: false, .closed(1_000)) }
    leave()
  }

  /// The central system closes its line.
  func closeByCentral(line: UInt64, at now: Int64) {
    guard line == stationLine, isOpen, !isDead else { return }
    cut(toStation: false, keeping: 0)
    lastToStation = max(lastToStation, now + delay(now))
    add(lastToStation, toStation: true, .closed(1_001))
  }

  /// The line breaks when the next frame is on its way.
  func breakInNextFrame() { breaksInNextFrame = true }

  /// The line breaks: some of what is under way arrives, from one byte on nothing does.
  func breakLine(at now: Int64) {
    guard stationLine != 0, isOpen else { return }
    cut(toStation: true, keeping: chance.below(2))
    cut(toStation: false, keeping: chance.below(2))
    let last = flights.last { $0.line == stationLine && $0.isToStation }?.at ?? now
    add(max(last, now) + milliseconds(0...3_000), toStation: true, .closed(1_006))
    let seen = flights.last { $0.line == stationLine && !$0.isToStation }?.at ?? now
    add(max(seen, now) + milliseconds(0...90_000), toStation: false, .closed(1_006))
    isDead = true
  }

  /// The line dies and nobody is told; pings notice, or somebody's patience ends.
  func die(at now: Int64, noticedAfter pingNanoseconds: Int64) {
    guard stationLine != 0, isOpen, !isDead else { return }
    isDead = true
    cut(toStation: true, keeping: 0)
    cut(toStation: false, keeping: 0)
    deadNoticed = pingNanoseconds > 0 ? now + pingNanoseconds : .max
  }

  /// A line that is dead is noticed now.
  func heal(at now: Int64) {
    if isDead && deadNoticed == .max && !flights.contains(where: { $0.line == stationLine }) {
      deadNoticed = now
    }
  }

  /// Takes away what is under way, but for the first few.
  private func cut(toStation: Bool, keeping count: Int) {
    var kept = 0
    flights.removeAll { flight in
      guard flight.line == stationLine, flight.isToStation == toStation,
        case .frame = flight.what
      else { return false }
      kept += 1
      if kept > count { tally.count(.frameCut) }
      return kept > count
    }
  }

  private func leave() {
    stationLine = 0
    isOpen = false
    isDead = false
    deadNoticed = .max
  }

  /// The process is gone: so is its line.
  func stationDied(at now: Int64, withPower: Bool) {
    guard stationLine != 0 else { return }
    cut(toStation: true, keeping: 0)
    cut(toStation: false, keeping: chance.below(3))
    // The kernel closes a dead process's sockets; a board without power says nothing.
    let seen = withPower ? now + milliseconds(5...500) : now + milliseconds(5_000...300_000)
    if isOpen { add(max(seen, lastToCentral), toStation: false, .closed(1_006)) }
    flights.removeAll { $0.isToStation }
    leave()
  }

  private func add(_ at: Int64, toStation: Bool, _ what: Arrival) {
    let flight = Flight(at: at, isToStation: toStation, line: stationLine, what: what)
    let index = flights.lastIndex { $0.at <= at }.map { $0 + 1 } ?? 0
    flights.insert(flight, at: index)
  }

  /// The next thing that has arrived by now, at the station or at the central system.
  func take(at now: Int64) -> (isToStation: Bool, line: UInt64, what: Arrival)? {
    if deadNoticed <= now {
      deadNoticed = .max
      tally.count(.halfOpenNoticed)
      add(now, toStation: true, .closed(1_006))
      add(now + milliseconds(0...90_000), toStation: false, .closed(1_006))
    }
    while let first = flights.first, first.at <= now {
      flights.removeFirst()
      guard first.isToStation else { return (false, first.line, first.what) }
      guard first.line == stationLine else { continue }
      switch first.what {
      case .opened: isOpen = true
      case .closed: leave()
      case .frame: break
      }
      return (true, first.line, first.what)
    }
    return nil
  }
}
