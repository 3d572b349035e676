import Glibc
import Testing

@testable import Drivers

@Suite("an SPI transaction in one call of the kernel")
struct SPIMessageTests {
  @Test("steps become segments, and a pause belongs to the segment before it")
  func segments() throws {
    let message = try SPIMessage([
      .transfer([1, 2, 3]), .pause(nanoseconds: 1_500), .transfer([]), .transfer([4]),
    ])
    #expect(message.bytes == [1, 2, 3, 4])
    #expect(
      message.segments == [
        .init(range: 0..<3, pauseMicroseconds: 2), .init(range: 3..<4),
      ])
    #expect(message.received == [[1, 2, 3], [], [4]])
  }

  @Test("a pause that leads, or is longer than a segment's can be, stands in segments of its own")
  func pauses() throws {
    let message = try SPIMessage([.pause(nanoseconds: 100_000_000), .transfer([9])])
    #expect(
      message.segments == [
        .init(range: 0..<0, pauseMicroseconds: 65_535),
        .init(range: 0..<0, pauseMicroseconds: 34_465), .init(range: 0..<1),
      ])
    #expect(throws: BusError.os(EINVAL)) {
      _ = try SPIMessage([.pause(nanoseconds: 2_000_000_000)])
    }
  }

  @Test("whatever the limits, groups hold every byte once, in order, and every pause")
  func groups() throws {
    var random = SeededRandom(seed: 11)
    for _ in 0..<500 {
      let steps = (0..<random.below(8)).map { _ -> SPIStep in
        random.below(3) == 0
          ? .pause(nanoseconds: Int64(random.below(200_000_000)))
          : .transfer((0..<random.below(50)).map { UInt8($0) })
      }
      let message = try SPIMessage(steps)
      let limit = 1 + random.below(40)
      let count = 1 + random.below(5)
      let groups = message.groups(bytes: limit, count: count)
      let flat = groups.flatMap { $0 }
      #expect(flat.flatMap { Array($0.range) } == Array(message.bytes.indices))
      let paused = message.segments.reduce(0) { $0 + Int($1.pauseMicroseconds) }
      #expect(flat.reduce(0) { $0 + Int($1.pauseMicroseconds) } == paused)
      let fits = groups.allSatisfy { group in
        group.count <= count && group.reduce(0) { $0 + $1.range.count } <= limit
      }
      #expect(fits)
      #expect(groups.allSatisfy { !$0.isEmpty })
    }
  }
}
