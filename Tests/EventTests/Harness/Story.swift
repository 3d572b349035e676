import Testing

@testable import ChargePiES

/// A station that lives through a test: given, when, then, over events.
///
/// Every decision of the station must be claimed, in order. Delivered messages alone are left out,
/// unless `showsMail` is set; what the post adds to a turn is not the station's.
final class Story {
  private(set) var station = Station()
  private(set) var history: [Event] = []
  private(set) var turns = 0
  var board = BoardStub()
  var central = CentralStub()
  var showsMail = false
  /// Nanoseconds of this boot.
  var moment: Int64 = 10 * nanosecondsPerSecond
  var world: World
  private var post = Post()
  private var connections: UInt64 = 0
  private var nonce: UInt64 = 0x1234_5678_9ABC_DEF0
  private var bootId: UInt64 = 1
  private var found: [Decision] = []
  private var place: SourceLocation?

  /// A station that has just started, with fresh readings.
  init(_ world: World, online: Bool = true) {
    self.world = world
    begin()
    if online { connect() }
    found = []
  }

  deinit { expectNothingLeft() }

  /// What happened before, and is not what the test is about.
  func given(_ body: (Story) -> Void) {
    expectNothingLeft()
    body(self)
    found = []
  }

  /// The world tells something, and everybody reacts.
  func when(
    _ observations: Observation..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectNothingLeft()
    place = sourceLocation
    for observation in observations { tell(observation) }
  }

  /// A central system asks something.
  func when(asked command: Command?, sourceLocation: SourceLocation = #_sourceLocation) {
    expectNothingLeft()
    place = sourceLocation
    tell(call(command))
  }

  /// Everything that the station decided since, in order.
  func then(_ claims: Claim..., sourceLocation: SourceLocation = #_sourceLocation) {
    let isMet = zip(claims, found).allSatisfy { $0.matches($1) } && claims.count == found.count
    if !isMet {
      let wanted = claims.map { "  " + $0.text }.joined(separator: "\n")
      Issue.record(
        "claimed:\n\(wanted)\ndecided:\n\(Self.text(found))", sourceLocation: sourceLocation)
    }
    found = []
  }

  /// The decisions that nobody has claimed yet; they count as claimed.
  func claimAll() -> [Decision] {
    defer { found = [] }
    return found
  }

  private func expectNothingLeft() {
    guard !found.isEmpty else { return }
    let text = "nobody claimed:\n\(Self.text(found))"
    if let place { Issue.record("\(text)", sourceLocation: place) } else { Issue.record("\(text)") }
    found = []
  }

  private static func text(_ decisions: [Decision]) -> String {
    decisions.map {
      var record = Record()
      record.body = .decision($0)
      return "  " + String(decoding: RecordJSON.object(record), as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// One turn, without anybody's reaction.
  @discardableResult
  func observe(_ observation: Observation) -> [Event] {
    let clock = station.clock.current
    let stamp = Stamp {
      $0.boot = station.process.boot
      $0.monotonicNanoseconds = moment
      $0.wallNanoseconds = clock.wall(moment) ?? 0
      $0.quality = clock.quality
    }
    return observe(observation, at: stamp)
  }

  private func observe(_ observation: Observation, at stamp: Stamp) -> [Event] {
    var turn = Turn(station, observation, at: stamp)
    let own = turn.events.count
    post.follow(&turn)
    station = turn.station
    history += turn.events
    turns += 1
    for event in turn.events.prefix(own) {
      guard case .decision(let decision) = event.body else { continue }
      if case .messageSettled = decision, !showsMail { continue }
      found.append(decision)
    }
    return turn.events
  }

  /// What time alone would bring about, the outbox included; nothing of it is kept.
  func foreseen(at moment: Int64) -> [Decision] {
    let stamp = Stamp {
      $0.boot = station.process.boot
      $0.monotonicNanoseconds = moment
      $0.wallNanoseconds = station.clock.current.wall(moment) ?? 0
      $0.quality = station.clock.current.quality
    }
    var turn = Turn(station, .time, at: stamp)
    var copy = post
    copy.follow(&turn)
    return turn.events.compactMap {
      if case .decision(let decision) = $0.body { decision } else { nil }
    }
  }

  /// One observation, and everybody's reactions until all is quiet.
  func tell(_ observation: Observation) {
    var waiting = [observation]
    let most = turns + 2_000
    while !waiting.isEmpty {
      guard turns < most else {
        Issue.record("the reactions to \(observation) have no end")
        return
      }
      let events = observe(waiting.removeFirst())
      for event in events {
        guard case .decision(let decision) = event.body,
          let reaction = board.react(to: decision)
        else { continue }
        waiting.append(reaction)
      }
      if waiting.isEmpty, let answer = answer() { waiting.append(answer) }
    }
  }

  /// What the central system answers to the open call.
  func answer() -> Observation? {
    guard let open = station.authority?.open else { return nil }
    return central.answer(open, token: token(of: open), moment: moment)
  }

  /// The card that an open call is about.
  private func token(of open: OpenCall) -> UInt64 {
    guard open.source >= 1, open.source <= UInt64(history.count),
      case .decision(let decision) = history[Int(open.source) - 1].body
    else { return 0 }
    switch decision {
    case .authorizationRequested(let request): return request.token
    case .transferPermitted(let permitted): return permitted.token
    default: return 0  // Other messages name no card.
    }
  }

  /// A call of the central system.
  func call(_ command: Command?, id: String = "call") -> Observation {
    .callReceived(
      CallReceived {
        $0.upstream = 1
        $0.connection = station.authority?.connection ?? 0
        $0.messageId = id
        $0.command = command
      })
  }

  /// The process starts, reads every sensor, and is ready.
  func begin(isReady: Bool = true) {
    let isFirst = station.process.boot == 0
    let stamp = Stamp {
      $0.boot = isFirst ? 1 : station.process.boot + (station.process.bootIdHigh == bootId ? 0 : 1)
      $0.monotonicNanoseconds = moment
    }
    _ = observe(world.started(nonce: nonce, bootId: bootId), at: stamp)
    guard isReady else { return }
    for evse in station.evses { tell(.meter(evse.id, counter: board.counters[evse.id] ?? 0)) }
    tell(.ready)
  }

  /// The connection opens; the central system answers as it does.
  func connect() {
    connections += 1
    tell(.linkOpened(connections))
  }

  /// The connection is lost.
  func disconnect(chance: UInt32 = 0) { tell(.linkClosed(connections, chance: chance)) }

  /// The process is killed and starts again, on another boot if the board lost power.
  func killed(lostPower: Bool = false, isReady: Bool = true) {
    nonce &+= 0x1111_1111
    if lostPower {
      bootId += 1
      moment = 5 * nanosecondsPerSecond
    }
    begin(isReady: isReady)
  }
}
