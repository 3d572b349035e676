import Testing

@testable import ChargePiES

@Suite("Bounds")
struct LimitTests {
  @Test("the cache keeps its bound, and the entry that was renewed longest ago goes first")
  func cache() {
    var station = Station()
    func learn(_ token: UInt64) {
      let body = Decision.cacheChanged(
        CacheChanged {
          $0.token = token
          $0.info = .accepted
        })
      station.apply(
        Event(number: station.position + 1, stamp: Stamp(), body: .decision(body)))
    }
    let most = UInt64(Limits.cacheEntries)
    for token in 1...most { learn(token) }
    learn(1)
    learn(most + 1)
    #expect(station.cache.count == Limits.cacheEntries)
    let keepsOldest = station.cache.contains { $0.token == 2 }
    #expect(!keepsOldest)
    #expect(station.cache.contains { $0.token == 1 })
    #expect(station.cache.map(\.token) == station.cache.map(\.token).sorted())
  }

  @Test("ids of calls that are remembered are bounded, and belong to their connection")
  func recentCalls() {
    let story = Story(.cables(1))
    story.given { for id in 0..<100 { $0.tell($0.call(nil, id: "\(id)")) } }
    #expect(story.station.authority?.recentCalls.count == Limits.rememberedCalls)
    #expect(story.station.authority?.recentCalls.last == "99")
    story.given { $0.disconnect() }
    #expect(story.station.authority?.recentCalls == [])
  }

  @Test("a full parking place makes the queue wait; nothing is dropped")
  func parking() {
    var station = Station()
    station.upstreams = [Upstream { $0.id = 1 }]
    station.upstreams[0].parked = [
      ParkedGroup {
        $0.session = SessionID(nonce: 1, event: 1)
        $0.messages = Array(repeating: ParkedMessage(), count: Limits.parkedMessages)
      }
    ]
    station.upstreams[0].transactions = TransactionLane {
      $0.count = 1
      $0.current = CurrentMessage {
        $0.queued = 1
        $0.source = 5
        $0.attempt = 900
      }
    }
    let refusal = AnswerReceived {
      $0.upstream = 1
      $0.kind = .transaction
      $0.source = 5
      $0.errorCode = "InternalError"
    }
    let decisions = Turn.decide(station, .answerReceived(refusal), at: Stamp())
    #expect(Claim.failed(.transaction).isIn(decisions))
    #expect(!Claim.parked(.unspecified).isIn(decisions))
  }

  @Test("a pause between attempts has an end, however many there were")
  func longestPause() {
    var station = Station()
    station.upstreams = [Upstream { $0.id = 1 }]
    station.settings = [
      Setting {
        $0.variable = .messageAttempts
        $0.value = "1000"
      },
      Setting {
        $0.variable = .messageAttemptInterval
        $0.value = "86400"
      },
    ]
    station.upstreams[0].transactions = TransactionLane {
      $0.count = 1
      $0.current = CurrentMessage {
        $0.queued = 1
        $0.source = 5
        $0.attempt = 900
      }
    }
    let refusal = AnswerReceived {
      $0.upstream = 1
      $0.kind = .transaction
      $0.source = 5
      $0.errorCode = "InternalError"
    }
    let pauses = Turn.decide(station, .answerReceived(refusal), at: Stamp()).compactMap {
      if case .messageFailed(let failed) = $0 { failed.retryNanoseconds } else { nil }
    }
    #expect(pauses == [Limits.longestRetrySeconds * nanosecondsPerSecond])
  }

  @Test("observations of places and systems that are not there change nothing that matters")
  func strangers() {
    let story = Story(.cables(1))
    let evses = story.station.evses
    story.when(
      .plug(9), .meter(9, counter: 5), .contacts(9, closed: true), .lock(9, locked: true),
      .linkClosed(7))
    _ = story.claimAll()
    story.when(.answerReceived(AnswerReceived { $0.upstream = 9 }))
    _ = story.claimAll()
    #expect(story.station.evses == evses)
  }
}
