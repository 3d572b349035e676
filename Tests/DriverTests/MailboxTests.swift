import Drivers
import Synchronization
import Testing

@Suite("findings reach the loop in order, bounded")
struct MailboxTests {
  enum Finding: Hashable, Sendable {
    case change(Int)
    case sample(of: UInt32, Int)
  }

  static func box(capacity: Int, wakes: Counter = Counter()) -> Mailbox<Finding> {
    Mailbox(
      capacity: capacity,
      sampleKey: {
        switch $0 {
        case .change: return nil
        case .sample(let place, _): return SampleKey(kind: 0, place: place)
        }
      },
      wake: { wakes.add() })
  }

  @Test("what went in comes out in order, once")
  func order() {
    let box = Self.box(capacity: 10)
    for number in 1...5 { box.post(.change(number)) }
    #expect(box.take() == (1...5).map { .change($0) })
    #expect(box.take().isEmpty)
  }

  @Test("a newer sample replaces the older of its quantity, and stands behind what came between")
  func coalescing() {
    let box = Self.box(capacity: 10)
    box.post(.sample(of: 1, 100))
    box.post(.sample(of: 2, 200))
    box.post(.change(1))
    box.post(.sample(of: 1, 101))
    #expect(box.take() == [.sample(of: 2, 200), .change(1), .sample(of: 1, 101)])
    #expect(box.droppedSamples == 0)
  }

  @Test("in a full box the oldest sample makes room; a state change is refused, never dropped")
  func overflow() {
    let box = Self.box(capacity: 3)
    box.post(.sample(of: 1, 100))
    box.post(.sample(of: 2, 200))
    let isIn = (1...4).map { box.post(.change($0)) }
    #expect(isIn == [true, true, true, false])
    let isSampleIn = box.post(.sample(of: 3, 300))
    #expect(!isSampleIn)
    #expect(box.droppedSamples == 3)
    #expect(box.take() == [.change(1), .change(2), .change(3)])
    let isInLater = box.post(.change(4))
    #expect(isInLater)
  }

  @Test("the loop is woken once for everything that it has not taken yet")
  func waking() {
    let wakes = Counter()
    let box = Self.box(capacity: 10, wakes: wakes)
    box.post(.change(1))
    box.post(.change(2))
    #expect(wakes.value == 1)
    _ = box.take()
    box.post(.sample(of: 1, 1))
    #expect(wakes.value == 2)
  }

  @Test("from several threads nothing is lost, and each thread's order is kept")
  func threads() throws {
    let box = Self.box(capacity: 100_000)
    let posters = (0..<4).map { poster in
      BusThread(name: "poster", tasks: [PostingTask(box: box, first: poster * 1_000)])
    }
    for poster in posters { try poster.start() }
    var found: [Int] = []
    let end = LinuxDeviceClock().nowNanoseconds + 10_000_000_000
    while found.count < 4_000, LinuxDeviceClock().nowNanoseconds < end {
      found += box.take().compactMap { if case .change(let number) = $0 { number } else { nil } }
    }
    for poster in posters { _ = poster.stop(withinNanoseconds: 1_000_000_000) }
    #expect(found.count == 4_000)
    for poster in 0..<4 {
      #expect(found.filter { $0 / 1_000 == poster } == Array(poster * 1_000..<(poster + 1) * 1_000))
    }
  }

  private final class PostingTask: BusTask {
    let box: Mailbox<Finding>
    let first: Int

    init(box: Mailbox<Finding>, first: Int) {
      self.box = box
      self.first = first
    }

    func run(nowNanoseconds: Int64) -> Int64 {
      for number in first..<first + 1_000 { box.post(.change(number)) }
      return .max
    }
  }
}

/// Counts from any thread.
final class Counter: Sendable {
  private let count = Mutex(0)

  func add() { count.withLock { $0 += 1 } }

  var value: Int { count.withLock { $0 } }
}
