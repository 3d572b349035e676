import Testing

@testable import ChargePiES

@Suite("Offline")
struct OfflineTests {
  /// What the cache may know of a card.
  enum Known: CaseIterable, Sendable {
    case nothing, accepted, expiredByTime, blocked, invalid, expired
  }

  /// One combination of settings and knowledge, and whether a session may start.
  struct Rule: Sendable, CustomTestStringConvertible {
    var known: Known
    var isCacheEnabled: Bool
    var localAuthorize: Bool
    var allowUnknown: Bool

    static let all = Known.allCases.flatMap { known in
      [true, false].flatMap { cache in
        [true, false].flatMap { local in
          [true, false].map {
            Rule(known: known, isCacheEnabled: cache, localAuthorize: local, allowUnknown: $0)
          }
        }
      }
    }

    /// OCPP 1.6 §3.5.3 and §3.5.4: unknown ones by policy, known ones by what is known.
    var starts: Bool {
      guard isCacheEnabled, known != .nothing else { return allowUnknown }
      return known == .accepted && localAuthorize
    }

    var testDescription: String {
      "\(known), cache \(isCacheEnabled), local \(localAuthorize), unknown \(allowUnknown)"
    }
  }

  @Test("offline, a card starts by cache or policy", arguments: Rule.all)
  func starts(_ rule: Rule) {
    let story = Story(
      World.cables(1).with(.localAuthorizeOffline, "\(rule.localAuthorize)")
        .with(.allowOfflineTxForUnknownId, "\(rule.allowUnknown)"), online: false)
    let wall = 1_800_000_000 * nanosecondsPerSecond
    story.given {
      $0.tell(.clock(wall, .ntp))
      $0.connect()
    }
    switch rule.known {
    case .nothing: break
    case .accepted: story.givenCached(7, .accepted)
    case .expiredByTime: story.givenCached(7, .accepted(group: 0, expires: wall + 1))
    case .blocked: story.givenCached(7, .refused(.blocked))
    case .invalid: story.givenCached(7, .refused(.invalid))
    case .expired: story.givenCached(7, .refused(.expired))
    }
    story.given {
      $0.tell($0.call(.set(.authorizationCacheEnabled, "\(rule.isCacheEnabled)")))
      $0.disconnect()
      $0.moment += nanosecondsPerSecond
      $0.tell(.plug(1))
      $0.tell(.card(7))
    }
    #expect((story.session(1)?.isPermitted == true) == rule.starts)
  }

  @Test("a whole session offline is told in order afterwards, with its own reference")
  func wholeSession() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    story.given { $0.disconnect() }
    story.givenCharging()
    story.given {
      $0.pass(70)
      $0.tell(.card(7))
      $0.tell(.unplug(1))
    }
    let before = story.sent.count
    story.given {
      $0.connect()
      $0.pass(1)
    }
    let roles = story.sent.dropFirst(before).filter { $0.kind == .transaction }.map(\.role)
    #expect(roles == [.start, .update, .end])
    #expect(story.station.authority?.transactions.count == 0)
    #expect(story.station.authority?.references == [])
  }

  @Test("a running session goes on when the connection is lost, and its card stops it")
  func runningSession() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(.linkClosed(1))
    story.then(.planned(failures: 1))
    story.when(.card(7))
    story.then(
      .contactor(1, closed: false), .ended(1, .local), .lock(1, locked: false),
      .status(1, .finishing))
  }

  @Test("offline, a card of the same group stops by the cache")
  func groupOffline() {
    let story = Story(.cables(1))
    story.central.cards = [7: .accepted(group: 99), 8: .accepted(group: 99)]
    story.givenCached(8, .accepted(group: 99))
    story.givenCharging()
    story.given { $0.disconnect() }
    story.when(.card(8))
    story.then(
      .settled(8, .accepted, .cache), .contactor(1, closed: false), .ended(1, .local, by: 8),
      .status(1, .finishing))
  }
}
