import Testing

@testable import ChargePiES

@Suite("The queue of messages")
struct QueueTests {
  private func story(attempts: Int = 3, interval: Int = 60) -> Story {
    Story(
      World.cables(2).with(.messageAttempts, "\(attempts)")
        .with(.messageAttemptInterval, "\(interval)").with(.heartbeatInterval, "0")
        .with(.sampledInterval, "0"))
  }

  private func attempts(_ story: Story, _ role: MessageRole) -> [UInt32] {
    story.sent.filter { $0.role == role }.map(\.attempt)
  }

  @Test("errors count as attempts, and pauses grow and count from now")
  func retries() {
    let story = story()
    story.central.refused = [.transaction]
    story.givenCharging()
    #expect(attempts(story, .start) == [1])
    let first = story.station.authority?.transactions.current?.retryNanoseconds ?? 0
    #expect(first == 10 * nanosecondsPerSecond + 60 * nanosecondsPerSecond)
    story.pass(57)
    story.then()
    story.pass(1)
    story.then(.failed(.transaction))
    let second = story.station.authority?.transactions.current?.retryNanoseconds ?? 0
    #expect(second - story.moment == 120 * nanosecondsPerSecond)
    #expect(attempts(story, .start) == [1, 2])
  }

  @Test("after the last attempt the start is parked, and what depends on it follows as one group")
  func parking() {
    let story = story(attempts: 2, interval: 1)
    story.central.refused = [.transaction]
    story.givenCharging()
    #expect(story.station.authority?.parked.map(\.holdsStart) == [true])
    story.given {
      $0.central.refused = []
      $0.tell(.card(7))
    }
    #expect(story.station.authority?.parked.first?.messages.map(\.role) == [.start, .end])
    #expect(story.station.authority?.transactions.count == 0)
    #expect(attempts(story, .end) == [])
  }

  @Test("the queue goes on behind a parked group, each session with its own reference")
  func goesOn() {
    let story = story(attempts: 1)
    story.central.refused = [.transaction]
    story.givenCharging(1, card: 7)
    story.central.refused = []
    story.givenCharging(2, card: 8)
    let own = story.session(2)?.id
    #expect(story.station.authority?.references.map(\.session) == [own].compactMap { $0 })
    story.given {
      $0.tell(.card(7))
      $0.tell(.card(8))
    }
    #expect(story.station.authority?.parked.map(\.messages.count) == [2])
    #expect(story.station.authority?.references == [])
    #expect(story.station.authority?.transactions.count == 0)
  }

  @Test("a retried group is delivered in order")
  func retryParked() throws {
    let story = story(attempts: 1)
    story.central.refused = [.transaction]
    story.givenCharging()
    story.given { $0.tell(.card(7)) }
    let session = try #require(story.station.authority?.parked.first?.session)
    story.central.refused = []
    story.when(.wish(.retryParked, session: session))
    story.then(.unparked(released: false), .queued(.start), .queued(.end))
    #expect(story.station.authority?.parked == [])
    #expect(story.station.authority?.transactions.count == 0)
    #expect(attempts(story, .end) == [1])
  }

  @Test("a start that is retried behind its own end is still delivered first")
  func retryBehindEnd() throws {
    let story = story(attempts: 1)
    story.central.refused = [.transaction]
    story.givenCharging()
    let session = try #require(story.session(1)?.id)
    story.given {
      $0.disconnect()
      $0.tell(.card(7))
      $0.tell(.wish(.retryParked, session: session))
      $0.central.refused = []
      $0.connect()
      $0.pass(1)
    }
    let roles = story.sent.filter { $0.kind == .transaction }.map(\.role)
    #expect(roles == [.start, .start, .end])
    #expect(story.station.authority?.parked == [])
  }

  @Test("an answer to a parked message settles it, and its group follows")
  func lateAnswer() {
    let story = story(attempts: 1)
    story.central.ignored = [.transaction]
    story.givenCharging()
    story.given { $0.pass(31) }
    let source = story.station.authority?.parked.first?.messages.first?.source ?? 0
    #expect(source != 0)
    story.given {
      $0.central.ignored = []
      $0.tell(
        .answerReceived(
          AnswerReceived {
            $0.upstream = 1
            $0.kind = .transaction
            $0.source = source
            $0.reference = "late"
          }))
    }
    #expect(story.station.authority?.parked == [])
    #expect(story.station.authority?.references.map(\.reference) == ["late"])
  }

  @Test("a released group is never sent, and an unknown one cannot be released")
  func releaseParked() throws {
    let story = story(attempts: 1)
    story.central.refused = [.transaction]
    story.givenCharging()
    story.given { $0.tell(.card(7)) }
    let session = try #require(story.station.authority?.parked.first?.session)
    story.when(.wish(.releaseParked, session: SessionID()))
    story.then()
    story.when(.wish(.releaseParked, session: session))
    story.then(.unparked(released: true))
    story.given {
      $0.central.refused = []
      $0.pass(600)
    }
    #expect(attempts(story, .end) == [])
  }

  @Test("a lost connection is no attempt, and the message goes out again")
  func lostConnection() {
    let story = story()
    story.central.ignored = [.transaction]
    story.givenCharging()
    for _ in 0..<5 {
      story.given {
        $0.disconnect()
        $0.connect()
      }
    }
    #expect(attempts(story, .start) == [1, 1, 1, 1, 1, 1])
    #expect(story.sent.filter { $0.role == .start }.map(\.resends) == [0, 1, 2, 3, 4, 5])
    #expect(story.station.authority?.parked == [])
  }

  @Test("no answer in time is an attempt")
  func timeOut() {
    let story = story(attempts: 2, interval: 0)
    story.central.ignored = [.transaction]
    story.given { $0.tell(.plug(1)) }
    story.given { $0.tell(.card(7)) }
    story.given { $0.pass(30) }
    #expect(attempts(story, .start) == [1, 2])
    #expect(story.station.authority?.transactions.current?.attempt == 2)
  }

  @Test("a new process sends the first message again, with its attempts still counted")
  func afterRestart() {
    let story = story()
    story.central.refused = [.transaction]
    story.givenCharging()
    story.given {
      $0.killed()
      $0.central.refused = []
      $0.connect()
    }
    #expect(attempts(story, .start) == [1, 2])
    #expect(story.station.authority?.transactions.count == 0)
  }

  @Test("attempts before a restart and after it make up the last one together")
  func attemptsOverRestart() {
    let story = story(attempts: 3, interval: 1)
    story.central.refused = [.transaction]
    story.given { $0.tell(.plug(1)) }
    story.given {
      $0.tell(.card(7))
      $0.pass(1)
    }
    #expect(attempts(story, .start) == [1, 2])
    story.given {
      $0.killed()
      $0.connect()
    }
    #expect(attempts(story, .start) == [1, 2, 3])
    #expect(story.station.authority?.parked.map(\.holdsStart) == [true])
  }

  @Test("an answer that belongs to nothing settles nothing")
  func strayAnswer() {
    let story = story()
    story.central.ignored = [.transaction]
    story.givenCharging()
    story.showsMail = true
    story.when(
      .answerReceived(
        AnswerReceived {
          $0.upstream = 1
          $0.kind = .transaction
          $0.source = 1
          $0.reference = "other"
        }))
    story.then()
    #expect(story.station.authority?.references == [])
  }

  @Test("sessions beside each other keep their references, whichever ends first")
  func twoReferences() {
    let story = story()
    story.givenCharging(1, card: 7)
    story.givenCharging(2, card: 8)
    #expect(story.station.authority?.references.map(\.reference) == ["tx-1", "tx-2"])
    story.given { $0.tell(.card(7)) }
    #expect(story.station.authority?.references.map(\.reference) == ["tx-2"])
  }

  @Test("references are forgotten when the end is delivered")
  func references() {
    let story = story()
    story.givenCharging()
    #expect(story.station.authority?.references.map(\.reference) == ["tx-1"])
    story.given { $0.tell(.card(7)) }
    #expect(story.station.authority?.references == [])
  }
}
