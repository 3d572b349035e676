import ChargePiES
import Journal
import Projections
import Testing

@Suite("a commit that fails")
struct FailureTests {
  /// Lives until the given commit fails; returns the last state that was durable before.
  private func fail(_ world: World, at commit: Int, afterwards: Bool) throws -> Station {
    world.store.failing = world.store.commits + commit
    world.store.failsAfterwards = afterwards
    var durable = world.mind.durable
    for _ in 0..<10_000 {
      durable = world.mind.durable
      let sent = world.sent.count
      let store = world.store
      do {
        try world.live(turns: 1)
      } catch is FlakyStore.Failure {
        let published = world.sent[sent...].map(\.number)
        #expect(published.allSatisfy { $0 <= world.mind.durable.position })
        return world.mind.durable
      }
      // A process that was restarted meanwhile has another store.
      if world.store !== store {
        world.store.failing = world.store.commits + commit
        world.store.failsAfterwards = afterwards
      }
    }
    Issue.record("no commit failed")
    return durable
  }

  @Test("nothing of it is shown, and the journal goes on from before it", arguments: 1...20)
  func before(seed: Int) throws {
    let world = try World(seed: UInt64(seed) &+ 500)
    try world.live(turns: 50)
    let durable = try fail(world, at: 1 + seed % 7, afterwards: false)
    #expect(world.mind.station.position > durable.position, "memory is ahead of the journal")
    #expect(world.store.inner.writer.last == durable.position)
    try world.restart()
    let (kept, _) = try world.store.inner.writer.station(through: durable.position)
    #expect(RecordEncoder.encode(kept) == RecordEncoder.encode(durable))
    try world.live(turns: 100)
    try finish(world)
  }

  @Test("what became durable all the same is found, and told again", arguments: 1...20)
  func afterwards(seed: Int) throws {
    let world = try World(seed: UInt64(seed) &+ 700)
    try world.live(turns: 50)
    let durable = try fail(world, at: 1 + seed % 7, afterwards: true)
    #expect(world.store.inner.writer.last > durable.position)
    try world.restart()
    try world.live(turns: 100)
    try finish(world)
  }

  /// The journal is whole, and every frame that was let out stands in it.
  private func finish(_ world: World) throws {
    try world.close()
    let reader = try JournalReader(path: world.directory.journal)
    #expect(try reader.verifyChain().isIntact)
    #expect(
      RecordEncoder.encode(try reader.station().0) == RecordEncoder.encode(world.mind.durable))
    for (number, message) in world.sent {
      #expect(try reader.event(number)?.body == .decision(.messageSent(message)))
    }
  }
}
