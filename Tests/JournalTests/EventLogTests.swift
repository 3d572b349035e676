import ChargePiES
import Testing

@testable import Journal

@Suite("Events in a journal")
struct EventLogTests {
  private let here: TemporaryDirectory
  private let writer: JournalWriter
  private let store: JournalStore

  init() throws {
    here = try TemporaryDirectory()
    writer = try here.writer()
    store = JournalStore(writer)
  }

  private func stamp(_ seconds: Int64) -> Stamp {
    Stamp {
      $0.boot = 1
      $0.monotonicNanoseconds = seconds * nanosecondsPerSecond
    }
  }

  private func reading(_ number: UInt64, at seconds: Int64) -> Event {
    Event(
      number: number, stamp: stamp(seconds), body: .observation(.timeReached(TimeReached())))
  }

  private func alert(_ number: UInt64, at seconds: Int64) -> Event {
    Event(number: number, stamp: stamp(seconds), body: .decision(.alertRaised(AlertRaised())))
  }

  private func checkpoint(_ number: UInt64, version: UInt32, _ state: Station) -> Event {
    Event(
      number: number, stamp: stamp(Int64(number)),
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = version
          $0.state = Bytes(RecordEncoder.encode(state))
        }))
  }

  @Test("a decision has its own turn's stamp, none where that was erased, and never another's")
  func stamps() throws {
    try store.commit([reading(2, at: 5), alert(3, at: 5), reading(4, at: 9), alert(5, at: 9)])
    var found: [UInt64: Stamp] = [:]
    try writer.forEachEvent(from: 2) { event in
      found[event.number] = event.stamp
      return true
    }
    #expect(found == [2: stamp(5), 3: stamp(5), 4: stamp(9), 5: stamp(9)])
    #expect(try writer.erase(4))
    found = [:]
    try writer.forEachEvent(from: 2) { event in
      found[event.number] = event.stamp
      return true
    }
    #expect(found == [2: stamp(5), 3: stamp(5), 5: Stamp()])
    #expect(try writer.event(5)?.stamp == Stamp())
    #expect(try writer.event(4) == nil)
  }

  @Test("a start takes the last checkpoint of its own version, and passes over any other")
  func checkpoints() throws {
    var other = Station()
    other.position = 3
    other.process.nonce = 99
    var own = Station()
    own.position = 4
    own.process.nonce = 7
    try store.commit([reading(2, at: 2)])
    try store.commit([checkpoint(3, version: Station.stateVersion + 1, other)])
    #expect(try writer.station().checkpoint == 0)
    #expect(try writer.station().0.process.nonce == 0)
    #expect(try writer.station().0.position == 3)
    try store.commit([checkpoint(4, version: Station.stateVersion, own)])
    try store.commit([reading(5, at: 5)])
    #expect(try writer.station().checkpoint == 4)
    #expect(try writer.station().0.process.nonce == 7)
    #expect(try writer.station().0.position == 5)
    #expect(try writer.station(through: 4).checkpoint == 4)
    #expect(try writer.station(through: 3).checkpoint == 0)
    try store.commit([checkpoint(6, version: Station.stateVersion + 1, other)])
    #expect(try writer.station().checkpoint == 4)
  }

  @Test("a search of the queue begins right behind its number, and finds sessions' messages alone")
  func queued() throws {
    func message(_ number: UInt64, _ kind: MessageClass) -> Event {
      let body = MessageQueued {
        $0.kind = kind
        $0.source = number
      }
      return Event(number: number, stamp: stamp(2), body: .decision(.messageQueued(body)))
    }
    try store.commit([
      reading(2, at: 2), message(3, .transaction), message(4, .transaction), message(5, .status),
      message(6, .transaction),
    ])
    #expect(try store.queued(after: 0, most: 9).map(\.number) == [3, 4, 6])
    #expect(try store.queued(after: 2, most: 9).map(\.number) == [3, 4, 6])
    #expect(try store.queued(after: 3, most: 9).map(\.number) == [4, 6])
    #expect(try store.queued(after: 3, most: 1).map(\.number) == [4])
    #expect(try store.queued(after: 6, most: 9).isEmpty)
  }
}
