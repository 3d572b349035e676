import Glibc
import Testing

@testable import Drivers

@Suite("a device that has gone is opened again, in pauses that grow")
struct ReopeningTests {
  /// A device that can be unplugged.
  final class Plug {
    var isIn = true
    var opens = 0
    var handles = 0
  }

  final class Handle {
    let plug: Plug

    init(_ plug: Plug) {
      self.plug = plug
      plug.handles += 1
    }

    deinit { plug.handles -= 1 }
  }

  private func make(_ plug: Plug, _ clock: VirtualClock) throws -> Reopening<Handle> {
    try Reopening(
      clock: clock,
      open: { () throws(BusError) -> Handle in
        plug.opens += 1
        guard plug.isIn else { throw .os(ENOENT) }
        return Handle(plug)
      },
      isThere: { $0.plug.isIn })
  }

  @Test("what is missing from the beginning is told as it is")
  func first() {
    let plug = Plug()
    plug.isIn = false
    #expect(throws: BusError.os(ENOENT)) { _ = try make(plug, VirtualClock()) }
  }

  @Test("an error of a device that is still there changes nothing")
  func otherErrors() throws {
    let plug = Plug()
    let device = try make(plug, VirtualClock())
    #expect(throws: BusError.nack) {
      try device.use { _ throws(BusError) -> Void in throw .nack }
    }
    try device.use { _ throws(BusError) -> Void in }
    #expect(plug.opens == 1)
  }

  @Test("any error of a device whose node has gone is `gone`, and lets go of it at once")
  func goneSilently() throws {
    let plug = Plug()
    let device = try make(plug, VirtualClock())
    plug.isIn = false
    #expect(throws: BusError.gone) {
      try device.use { _ throws(BusError) -> Void in throw .os(EIO) }
    }
    #expect(plug.handles == 0)
  }

  @Test("it is tried after 1, 2, 5, 10, 30 and 30 seconds, and works again when it is back")
  func pauses() throws {
    let plug = Plug()
    let clock = VirtualClock()
    let device = try make(plug, clock)
    plug.isIn = false
    #expect(throws: BusError.gone) {
      try device.use { _ throws(BusError) -> Void in throw .gone }
    }
    var moments: [Int64] = []
    for second in 1...80 {
      clock.nowNanoseconds = Int64(second) * 1_000_000_000
      let before = plug.opens
      #expect(throws: BusError.gone) { try device.use { _ throws(BusError) -> Void in } }
      if plug.opens > before { moments.append(Int64(second)) }
    }
    #expect(moments == [1, 3, 8, 18, 48, 78])

    plug.isIn = true
    clock.nowNanoseconds = 108_000_000_000
    try device.use { _ throws(BusError) -> Void in }
    #expect(plug.handles == 1)
    #expect(throws: BusError.gone) {
      try device.use { _ throws(BusError) -> Void in throw .gone }
    }
    // The pauses begin anew.
    clock.advance(nanoseconds: 1_000_000_000)
    try device.use { _ throws(BusError) -> Void in }
  }
}
