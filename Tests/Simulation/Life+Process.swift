import ChargePiES
import Projections

/// How processes begin and end.
extension Life {
  /// The first records of a start: what this process is, then what the sensors say.
  func start() throws {
    starts += 1
    tally.count(.starts)
    startDue = .max
    if clock.bootId == 0 {
      clock.boot(at: now, off: 0)
      planClock(after: 0)
    }
    disk.restarted()
    let station = try rebuilt()
    let mind = Mind(
      station: station, store: disk, messages: Outbox(dialect: dialect, names: names),
      lastCheckpoint: max(disk.lastCheckpoint, 1))
    let process = RunningProcess(mind)
    self.process = process
    try audit.processBegins(station)
    audit.bootBegan(clock.bootAt)
    let started = started()
    let moment = monotonic
    let stamp = process.mind.stamp(of: started, monotonicNanoseconds: moment)
    knownDeadline = nil
    try process.mind.observe(.started(started), at: stamp)
    try audit.turned(.started(started), from: 0)
    try observeClock()
    try commit()
    for reading in board.start(at: now) { try observe(reading) }
    let free = disk.freeBytes
    try observe(.storageRead(StorageRead { $0.freeBytes = free }))
    try observe(.boardReady(BoardReady()))
    process.clockCheck = moment + 600 * nanosecondsPerSecond
    process.storageCheck = moment + 600 * nanosecondsPerSecond
    try pass()
  }

  /// The state, from the bytes: all of it when that is little, else as the second station has it.
  private func rebuilt() throws -> Station {
    guard disk.tailCount < 4_000 || starts % 8 == 0 else { return disk.shadow }
    tally.count(.checkpointRead, disk.lastCheckpoint > 0 ? 1 : 0)
    let station = try disk.stationFromBytes()
    guard station == disk.shadow else {
      throw Violation("the checkpoint and its tail give another state than all events", at: now)
    }
    return station
  }

  private func started() -> Started {
    var nonce = Chance(seed: story.seed, 7, starts)
    let edit = edit
    return Started {
      $0.version = "simulated"
      $0.bootIdHigh = 0xB007
      $0.bootIdLow = clock.bootId
      $0.nonce = nonce.next() | 1
      $0.identity = Identity {
        $0.id = "CP-1"
        $0.vendor = "UL FE"
        $0.model = "ChargePi"
        $0.ocppVersion = "1.6"
      }
      $0.evses = character.layout
      $0.settings = character.settings
      if edit > 0 {
        $0.settings.append(
          FileSetting {
            $0.variable = .blinkRepeat
            $0.value = "\(edit % 100)"
          })
      }
      $0.defaults = Variable.allCases.compactMap { variable in
        guard variable != .unspecified else { return nil }
        return FileSetting {
          $0.variable = variable
          $0.value = variable.definition.initial
        }
      }
      $0.policy = character.policy
    }
  }

  /// An orderly end: contactors open, the journal is committed, the connection is closed.
  func stop(restart: RestartKind, seconds: Int64) throws {
    guard let process else { return }
    board.reconcile(process.mind.station.outputs.opened, at: now)
    try observe(.stopping(Stopping { $0.restart = restart }))
    for reading in board.take(at: now) { try observe(reading) }
    try commit()
    network.closeByStation(at: now)
    try ended(at: now + seconds * nanosecondsPerSecond, isOrderly: true)
    try checkpoint()
  }

  /// A checkpoint as the engine writes it, but at an end: days of much trouble have some, too.
  private func checkpoint() throws {
    guard !disk.isFull, disk.fate == .kept, chance.isOnce(in: 2) else { return }
    let state = disk.shadow
    let event = Event(
      number: disk.last + 1, stamp: state.now,
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = Station.stateVersion
          $0.state = Bytes(RecordEncoder.encode(state))
          $0.chainHash = Bytes(disk.chainHash)
        }))
    try disk.commit([event])
  }

  /// A failed commit: everything opens, nothing is continued from memory.
  func fail() throws {
    network.stationDied(at: now, withPower: true)
    // A start that the disk refuses is tried again by the system's supervisor, in its own time.
    let pause: Int64 = disk.isFull ? 300 : 5
    try ended(at: now + pause * nanosecondsPerSecond)
    if disk.isFull { tally.count(.startRefused) }
  }

  func kill(seconds: Int64) throws {
    network.stationDied(at: now, withPower: true)
    try ended(at: now + seconds * nanosecondsPerSecond)
  }

  /// The board is without power for so many seconds.
  func cutPower(seconds: Int64) throws {
    network.stationDied(at: now, withPower: false)
    let off = seconds * nanosecondsPerSecond
    clock.lose(at: now)
    try ended(at: now + off + 3 * nanosecondsPerSecond)
    try disk.lostPower()
    board.lostPower(locksOpen: chance.isOnce(in: 2))
    clock.boot(at: startDue, off: off)
    planClock(after: seconds)
  }

  /// The network tells the board the time, some time after it has started.
  private func planClock(after seconds: Int64) {
    guard character.hasNetworkTime, !chance.isOnce(in: 4) else {
      return tally.count(.bootWithoutTime)
    }
    plan(.synchronise, after: seconds + chance.between(4...300))
  }

  private func ended(at next: Int64, isOrderly: Bool = false) throws {
    if process != nil { try audit.processEnded(isOrderly: isOrderly) }
    process = nil
    knownDeadline = nil
    board.stop(at: now)
    startDue = next
  }
}
