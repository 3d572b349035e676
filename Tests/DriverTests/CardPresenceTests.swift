import Testing

@testable import Drivers

@Suite("presentations: each card is told once")
struct CardPresenceTests {
  static let look: Int64 = 200_000_000

  /// Looks at the field, 200 ms apart, and collects what is told.
  private struct Scene {
    var presence: CardPresence
    var now: Int64 = 0
    var notices: [CardNotice] = []

    init(readsNeeded: Int = 1, _ change: (inout CardRules) -> Void = { _ in }) {
      var rules = CardRules()
      change(&rules)
      presence = CardPresence(rules, readsNeeded: readsNeeded)
    }

    mutating func see(_ sightings: CardSighting...) {
      for sighting in sightings {
        now += CardPresenceTests.look
        if let notice = presence.observe(sighting, nowNanoseconds: now) { notices.append(notice) }
      }
    }

    mutating func see(_ sighting: CardSighting, times: Int) {
      for _ in 0..<times { see(sighting) }
    }
  }

  private let one: CardUID
  private let other: CardUID
  private let phone: CardUID
  private let phoneAgain: CardUID

  init() throws {
    one = try #require(CardUID([1, 2, 3, 4]))
    other = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    phone = try #require(CardUID([8, 1, 2, 3]))
    phoneAgain = try #require(CardUID([8, 4, 5, 6]))
  }

  @Test("a card is told at its first look, and not again while it stays")
  func once() {
    var scene = Scene()
    scene.see(.empty, .card(one))
    #expect(scene.notices == [.card(one)])
    scene.see(.card(one), times: 500)
    #expect(scene.notices == [.card(one)])
  }

  @Test("where the reading proves nothing, two equal reads are needed")
  func twoReads() {
    var scene = Scene(readsNeeded: 2)
    scene.see(.card(one))
    #expect(scene.notices.isEmpty)
    #expect(scene.presence.wantsAnotherLook)
    scene.see(.card(one))
    #expect(scene.notices == [.card(one)])
    #expect(!scene.presence.wantsAnotherLook)
  }

  @Test("after a garbled look two equal reads are needed, for a second")
  func trouble() {
    var scene = Scene()
    scene.see(.garbled, .card(one))
    #expect(scene.notices.isEmpty)
    scene.see(.card(other))
    #expect(scene.notices.isEmpty)
    scene.see(.card(other))
    #expect(scene.notices == [.card(other)])

    var later = Scene()
    later.see(.garbled, .empty, .empty, .empty, .empty)
    later.see(.card(one))
    #expect(later.notices == [.card(one)])
  }

  @Test("one or two misses are no removal; three are, and the card is new after the pause")
  func removal() {
    for misses in 1...2 {
      var scene = Scene { $0.pauseNanoseconds = 0 }
      scene.see(.card(one))
      scene.see(.empty, times: misses)
      scene.see(.card(one))
      #expect(scene.notices == [.card(one)])
    }
    var scene = Scene { $0.pauseNanoseconds = 0 }
    scene.see(.card(one), .empty, .empty, .empty, .card(one))
    #expect(scene.notices == [.card(one), .card(one)])
  }

  @Test("a garbled look is neither a miss nor a sighting")
  func neither() {
    var scene = Scene { $0.pauseNanoseconds = 0 }
    scene.see(.card(one), .empty, .garbled, .empty, .garbled)
    scene.see(.card(one))
    #expect(scene.notices == [.card(one)])
    scene.see(.empty, .garbled, .empty, .garbled, .empty)
    scene.see(.card(one), times: 2)
    #expect(scene.notices == [.card(one), .card(one)])
  }

  @Test("a card that comes back within the pause goes on with its presentation")
  func pause() {
    for misses in 3...20 {
      var scene = Scene()
      scene.see(.card(one))
      scene.see(.empty, times: misses)
      scene.see(.card(one), .card(one))
      let isBackSoon = Int64(misses + 1) * Self.look < CardRules().pauseNanoseconds
      #expect(scene.notices == (isBackSoon ? [.card(one)] : [.card(one), .card(one)]))
    }
  }

  @Test("another card is told as soon as the first one is gone, without a pause")
  func next() {
    var scene = Scene()
    scene.see(.card(one), .empty, .empty, .empty, .card(other))
    #expect(scene.notices == [.card(one), .card(other)])
  }

  @Test("a card in the place of another is told once the first was missed three times")
  func swap() {
    var scene = Scene()
    scene.see(.card(one), .card(other), .card(other))
    #expect(scene.notices == [.card(one)])
    scene.see(.card(other))
    #expect(scene.notices == [.card(one), .card(other)])
  }

  @Test("cards that take turns are two cards")
  func turns() {
    var scene = Scene()
    for _ in 0..<5 { scene.see(.card(one), .card(other)) }
    #expect(scene.notices == [.card(one), .refused(.severalCards)])
  }

  @Test("one collision is noise, two are two cards, told once")
  func several() {
    var scene = Scene()
    scene.see(.several)
    #expect(scene.notices.isEmpty)
    scene.see(.several)
    #expect(scene.notices == [.refused(.severalCards)])
    scene.see(.several, times: 50)
    #expect(scene.notices == [.refused(.severalCards)])
  }

  @Test("after a refusal the field must be empty before any card is told")
  func afterRefusal() {
    var scene = Scene()
    scene.see(.several, .several, .card(one), .card(one), .empty, .empty, .card(one))
    #expect(scene.notices == [.refused(.severalCards)])
    scene.see(.empty, times: 3)
    scene.see(.card(one), times: 2)
    #expect(scene.notices == [.refused(.severalCards), .card(one)])
  }

  @Test("a second card beside one that was told is refused, and the first is not told again")
  func joined() {
    var scene = Scene()
    scene.see(.card(one), .several, .several, .card(one), .card(one))
    #expect(scene.notices == [.card(one), .refused(.severalCards)])
  }

  @Test("random UIDs are refused once for each presentation, however often they change")
  func random() {
    var scene = Scene()
    for _ in 0..<5 { scene.see(.card(phone), .card(phoneAgain)) }
    #expect(scene.notices == [.refused(.randomUID)])
    scene.see(.empty, times: 12)
    scene.see(.card(phoneAgain))
    #expect(scene.notices == [.refused(.randomUID), .refused(.randomUID)])
  }

  @Test("random UIDs that are wanted are told once for each presentation")
  func randomAccepted() {
    var scene = Scene { $0.acceptsRandomUIDs = true }
    for _ in 0..<5 { scene.see(.card(phone), .card(phoneAgain)) }
    #expect(scene.notices == [.card(phone)])
  }

  @Test("lasting noise asks for a few quick looks, not for ever")
  func quickLooks() {
    var scene = Scene()
    var quick = 0
    for _ in 0..<100 {
      scene.see(.garbled)
      if scene.presence.wantsAnotherLook { quick += 1 }
    }
    #expect(quick == CardPresence.quickLooks)
    scene.see(.empty, .garbled)
    #expect(scene.presence.wantsAnotherLook)
  }

  @Test("a card is told twice only when three looks in a row missed it in between")
  func anyOrder() {
    var random = SeededRandom(seed: 21)
    let sightings: [CardSighting] = [
      .empty, .empty, .card(one), .card(one), .card(other), .garbled, .several,
    ]
    var told = 0
    for _ in 0..<2_000 {
      var scene = Scene(readsNeeded: 1 + random.below(2)) { $0.pauseNanoseconds = 0 }
      var misses: [CardUID: Int] = [:]
      var last = sightings[0]
      for _ in 0..<40 {
        // Runs are likelier than changes, as in the world.
        if random.below(3) == 0 { last = sightings[random.below(sightings.count)] }
        let before = scene.notices.count
        scene.see(last)
        if case .card(let uid) = scene.notices.dropFirst(before).first {
          told += 1
          #expect(misses[uid, default: 3] >= 3)
          #expect(last == .card(uid))
          misses[uid] = 0
        }
        for uid in [one, other] { Self.count(last, uid, &misses) }
      }
    }
    #expect(told > 1_000)
  }

  /// Longest run of looks without a card since it was told.
  private static func count(
    _ sighting: CardSighting, _ uid: CardUID, _ misses: inout [CardUID: Int]
  ) {
    guard let known = misses[uid], known < 3 else { return }
    switch sighting {
    case .garbled: break
    case .card(uid), .several: misses[uid] = 0
    case .empty, .card: misses[uid] = known + 1
    }
  }
}
