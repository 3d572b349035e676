import Simulation
import Testing

@Suite("simulated lives of stations, from seeds")
struct YearsTests {
  private static let seeds: ClosedRange<UInt64> = 1...48

  private func live(_ seed: UInt64, _ recipe: Story.Recipe) throws -> Life {
    let life = Life(Story(seed: seed, recipe))
    try life.run()
    return life
  }

  @Test("a day full of trouble breaks no rule, and every path is walked")
  func trouble() throws {
    let total = Tally()
    for seed in Self.seeds {
      let life = Life(Story(seed: seed, .dense(days: 1)))
      do {
        try life.run()
      } catch {
        Issue.record("chargepi-simulate --dense --days 1 --seed \(seed): \(error)")
      }
      total.add(life.tally.numbers)
    }
    #expect(total.missing == [], "paths that were never walked")
  }

  @Test("weeks without trouble break no rule", arguments: [1, 5] as [UInt64])
  func healthy(seed: UInt64) throws {
    let life = try live(seed, .healthy(days: 20))
    #expect(life.tally[.sessions] > 60)
  }

  @Test("the same seed gives the same records, in another process too", arguments: [5, 11])
  func processes(seed: Int) throws {
    let first = try live(UInt64(seed), .dense(days: 1))
    let second = try live(UInt64(seed), .dense(days: 1))
    #expect(first.digest == second.digest)
    let words = ["--one", "--dense", "--days", "1", "--seed", "\(seed)"]
    let program = try Program("chargepi-simulate", words)
    let text = String(decoding: program.output, as: UTF8.self)
    #expect(program.status == 0)
    #expect(text.hasPrefix("\(first.recordCount) records, digest \(first.digest),"))
    #expect(first.recordCount > 1_000)
  }

  @Test("another seed gives other records")
  func seeds() throws {
    let first = try live(1, .dense(days: 1))
    let second = try live(2, .dense(days: 1))
    #expect(first.digest != second.digest)
  }

  @Test("a disk that lies about what it has written is found out, and the story told is short")
  func shrinking() throws {
    let story = Story(seed: 7, .dense(days: 2))
    let fails = { (story: Story) -> Int64? in
      Shrinker.failure(story) { $0.hasDishonestDisk = true }
    }
    #expect(fails(story) != nil)
    #expect(Shrinker.failure(story) == nil, "an honest disk breaks no rule")
    var shrinker = Shrinker(story, attempts: 120, failure: fails)
    shrinker.shrink()
    #expect(fails(shrinker.story) != nil)
    #expect(shrinker.story.disturbances.count <= 4, "\(shrinker.story)")
    // What is printed is the story.
    #expect(Story(lines: shrinker.story.lines) == shrinker.story)
    #expect(shrinker.story.test(named: "x").contains("Disturbance("))
  }
}
