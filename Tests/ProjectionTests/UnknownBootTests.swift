import ChargePiES
import Projections
import Testing

@Suite("boots that never knew the time keep their order")
struct UnknownBootTests {
  private func boot(
    _ number: UInt32, offset: Int64 = 0, _ quality: ClockQuality, last: Int64
  ) -> BootClock {
    BootClock {
      $0.boot = number
      $0.offsetNanoseconds = offset * 1_000_000_000
      $0.quality = quality
      $0.lastNanoseconds = last * 1_000_000_000
    }
  }

  /// Times of every second of the given boots, in order.
  private func times(_ clock: Clock, _ boots: [(UInt32, Int64)]) throws -> [Int64] {
    var list: [Int64] = []
    for (boot, seconds) in boots {
      for second in 0...seconds {
        let time = try #require(
          clock.wallTime(boot: boot, monotonicNanoseconds: second * 1_000_000_000))
        list.append(time.nanoseconds)
      }
    }
    return list
  }

  @Test("a boot that seems longer than the gap between its neighbours is squeezed, in order")
  func squeezed() throws {
    var clock = Clock()
    clock.earlier = [boot(1, offset: 1_000, .ntp, last: 5), boot(2, .unknown, last: 100)]
    clock.current = boot(3, offset: 1_010, .ntp, last: 0)
    let times = try times(clock, [(1, 5), (2, 100), (3, 5)])
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("two boots in a row that never knew the time keep their order, after one that did")
  func twoAfter() throws {
    var clock = Clock()
    clock.earlier = [
      boot(1, offset: 1_000, .ntp, last: 5), boot(2, .unknown, last: 100),
      boot(3, .unknown, last: 50),
    ]
    clock.current = boot(4, offset: 9_000, .ntp, last: 0)
    let times = try times(clock, [(1, 5), (2, 100), (3, 50), (4, 5)])
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("two boots in a row that never knew the time keep their order, before one that did")
  func twoBefore() throws {
    var clock = Clock()
    clock.earlier = [boot(1, .unknown, last: 100), boot(2, .unknown, last: 50)]
    clock.current = boot(3, offset: 9_000, .ntp, last: 0)
    let times = try times(clock, [(1, 100), (2, 50), (3, 5)])
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
