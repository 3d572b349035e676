import ChargePiES
import Projections

/// One station's life, from a story: the real engine, outbox, dialect and record code between a
/// virtual clock, disk, board, network and central system, with every rule checked on the way.
///
/// The clock is the board's: nanoseconds since the life began, which go on while the board is off.
package final class Life {
  typealias Mind = Engine<VirtualDisk, Outbox<OCPP16Dialect>>

  /// What is running.
  final class RunningProcess {
    var mind: Mind
    /// Connections of this process so far; the number of the open or opening one, 0 for none.
    var connections: UInt64 = 0
    var connection: UInt64 = 0
    var clockCheck: Int64 = 0
    var storageCheck: Int64 = 0
    /// What the system's clock was ahead of the board's at the last look.
    var clock = SystemClockReading(wallNanoseconds: 0, quality: .unknown)

    init(_ mind: Mind) {
      self.mind = mind
    }
  }

  package let story: Story
  package let character: Character
  package let tally = Tally()
  let weather = Weather()
  let names = MemoryNames()
  let dialect = OCPP16Dialect(firmwareVersion: "simulated")
  let disk = VirtualDisk()
  let board: VirtualBoard
  let network: VirtualNetwork
  let central: CentralSystem
  let audit: Audit
  var clock: VirtualClock
  var chance: Chance

  /// Now, nanoseconds of the life.
  package internal(set) var now: Int64 = 0
  var process: RunningProcess?
  /// When the next process starts, while none runs.
  var startDue: Int64 = 0
  var nextDisturbance = 0
  /// Commits fail while the process is given this much time for one.
  var stallNanoseconds: Int64 = 0
  /// What was planned by something that happened: repairs, people who come back.
  /// Moments at which a process may end without warning.
  private let ends: [Int64]
  private var nextEnd = 0
  var plans: [(at: Int64, plan: Plan)] = []
  /// What happens when the next message of a session is on its way.
  var armed: Plan?
  /// Something was decided since contactors and locks were last looked at.
  var hasDecided = false
  /// What `deadline` found, until something changes.
  var knownDeadline: Int64?
  /// Passes in which a deadline stayed where it was.
  var idlePasses = 0
  var edit: Int64 = 0
  /// Whether the disk lies about what it has synchronised: a planted bug.
  package var hasDishonestDisk: Bool {
    get { disk.isDishonest }
    set { disk.isDishonest = newValue }
  }
  /// Set to follow what happens.
  package var trace: Trace?
  /// The processes so far.
  var starts: UInt64 = 0

  /// Something that follows later from what happened.
  enum Plan {
    case pullAll
    /// Somebody comes back for a cable that was held, so many times.
    case pull(Int, Int)
    /// Somebody is restless, so many times.
    case fidget(Int, Int64, Int)
    case cutPower(Int64)
    case kill(Int64)
    case ask(Disturbance)
    case becomeFriendly
    case showCards
    case retryParked
    case operatorUp
    case checkBooks
    case synchronise
    case weatherEnds
  }

  /// A life that begins.
  package init(_ story: Story) {
    self.story = story
    character = Character(seed: story.seed)
    ends = story.disturbances.filter { $0.kind.endsProcesses }.map { $0.at * 1_000_000 }
    board = VirtualBoard(character, tally: tally)
    network = VirtualNetwork(seed: story.seed, weather: weather, tally: tally)
    // Long lives have a heartbeat a day; short ones also see what a busier one leads to.
    let isBusy = story.lengthMilliseconds < 10 * 86_400_000 && story.seed % 2 == 0
    central = CentralSystem(
      seed: story.seed, character, weather, tally, heartbeatSeconds: isBusy ? 240 : 86_400)
    audit = Audit(character, tally)
    clock = VirtualClock(character)
    chance = Chance(seed: story.seed, 6)
    audit.life = self
  }

  /// Lives to the end; throws the first `Violation`.
  package func run() throws {
    let end = story.lengthMilliseconds * 1_000_000
    do {
      while true {
        let next = nextMoment()
        guard next <= end else { break }
        now = max(now, next)
        try step()
      }
      now = end
      try finish()
    } catch let violation as Violation {
      throw violation
    } catch {
      throw Violation("\(error)", at: now)
    }
  }

  /// The digest of all records: the same seed gives the same.
  package var digest: UInt64 { disk.chain.value }
  /// How many records there are.
  package var recordCount: UInt64 { disk.last - 1 }

  /// When something happens next.
  private func nextMoment() -> Int64 {
    var next = min(network.due, central.due, plans.first?.at ?? .max)
    if nextDisturbance < story.disturbances.count {
      next = min(next, story.disturbances[nextDisturbance].at * 1_000_000)
    }
    if let process { return min(next, ownMoment(process)) }
    return min(next, startDue)
  }

  /// The state's next deadline, of this boot; asked for once after each turn.
  func deadline(of process: RunningProcess) -> Int64 {
    if let known = knownDeadline { return known }
    let due = process.mind.look { $0.nextDeadline() ?? .max }
    knownDeadline = due
    return due
  }

  /// When the loop wakes up by itself.
  private func ownMoment(_ process: RunningProcess) -> Int64 {
    var own = min(process.clockCheck, process.storageCheck)
    own = min(own, deadline(of: process))
    if let due = process.mind.commitDueNanoseconds { own = min(own, due) }
    return min(board.due, clock.lifeTime(own))
  }

  /// Readings come each second where an end is near: their real pace, by which the station's rules
  /// for losing little reckon. Elsewhere fewer do, which only costs time to simulate.
  private func pace() {
    while nextEnd < ends.count, ends[nextEnd] < now { nextEnd += 1 }
    let isPlanned =
      armed != nil
      || plans.contains {
        if case .cutPower = $0.plan { $0.at - now < 40 * nanosecondsPerSecond } else { false }
      }
    let isNear =
      isPlanned || nextEnd < ends.count && ends[nextEnd] - now < 40 * nanosecondsPerSecond
    board.readsFast = isNear || disk.fate != .kept || disk.isFull
  }

  /// Everything that happens at this moment.
  private func step() throws {
    try audit.beforeStep()
    pace()
    while nextDisturbance < story.disturbances.count,
      story.disturbances[nextDisturbance].at * 1_000_000 <= now
    {
      let disturbance = story.disturbances[nextDisturbance]
      nextDisturbance += 1
      trace?.note(now, disturbance.source)
      try happen(disturbance)
    }
    while let first = plans.first, first.at <= now {
      plans.removeFirst()
      try carryOut(first.plan)
    }
    while let reply = central.takeReply(at: now) {
      network.sendToStation(
        reply.bytes, line: reply.line == 0 ? network.stationLine : reply.line, at: now)
    }
    if process != nil {
      try guarded { try self.pass() }
    } else {
      try drainForCentral()
      if startDue <= now { try guarded { try self.start() } }
    }
    if let complaint = central.complaint { throw Violation(complaint, at: now) }
  }

  /// What arrives while no process listens.
  private func drainForCentral() throws {
    while let arrival = network.take(at: now) {
      if !arrival.isToStation { try arrived(arrival) }
    }
  }

  /// Runs a part of the process's life; a failing disk or power ends it.
  func guarded(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch DiskFailure.refused {
      try fail()
    } catch DiskFailure.powerCut {
      try cutPower(seconds: 5)
    }
  }

  func plan(_ plan: Plan, after seconds: Int64) {
    self.plan(plan, at: now + seconds * nanosecondsPerSecond)
  }

  func plan(_ plan: Plan, at: Int64) {
    let index = plans.lastIndex { $0.at <= at }.map { $0 + 1 } ?? 0
    plans.insert((at, plan), at: index)
  }
}
