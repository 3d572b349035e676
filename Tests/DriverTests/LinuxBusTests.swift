import Glibc
import Testing

@testable import Drivers

@Suite("the kernel's buses: arguments, errors, and coming back")
struct LinuxBusTests {
  @Test(
    "an errno means what it means on its bus",
    arguments: [
      (EREMOTEIO, BusKind.i2c, BusError.nack), (ENXIO, .i2c, .nack), (ETIMEDOUT, .i2c, .nack),
      (ETIMEDOUT, .spi, .timeout), (ETIMEDOUT, .gpio, .timeout), (EBUSY, .gpio, .busy),
      (EBUSY, .i2c, .busy), (EAGAIN, .i2c, .busy), (EAGAIN, .spi, .os(EAGAIN)),
      (ENODEV, .i2c, .gone), (ENODEV, .gpio, .gone), (ESHUTDOWN, .spi, .gone),
      (EMSGSIZE, .spi, .messageTooLong), (EACCES, .gpio, .os(EACCES)),
    ])
  func errors(code: Int32, kind: BusKind, expected: BusError) {
    #expect(BusError(errno: code, on: kind) == expected)
  }

  @Test("a node that is not there is told as it is")
  func missing() {
    let bus = LinuxSPIBus(number: 9, directory: "/nowhere")
    #expect(throws: BusError.os(ENOENT)) {
      _ = try bus.device(select: 0, SPISettings(hertz: 500_000))
    }
    #expect(throws: BusError.os(ENOENT)) {
      _ = try LinuxI2CBus(path: "/nowhere/i2c-1").device(address: 0x27)
    }
    let line = GPIOLine(chip: .path("/nowhere/gpiochip0"), offset: 17)
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOOutput(line, consumer: "test") }
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOInput(line, consumer: "test") }
    let unknown = GPIOLine(chip: .label("no such chip"), offset: 17)
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOOutput(unknown, consumer: "test") }
  }

  @Test("what is no bus is not taken for one")
  func noBus() throws {
    let folder = try TemporaryFolder()
    try folder.link("spidev3.0", to: "/dev/null")
    #expect(throws: BusError.os(ENOTTY)) {
      _ = try LinuxSPIBus(number: 3, directory: folder.path)
        .device(select: 0, SPISettings(hertz: 500_000))
    }
    #expect(throws: BusError.os(ENOTTY)) {
      _ = try LinuxI2CBus(path: "/dev/null").device(address: 0x27)
    }
    let line = GPIOLine(chip: .path("/dev/null"), offset: 17)
    var refused: BusError?
    do throws(BusError) {
      _ = try GPIOOutput(line, consumer: "test")
    } catch {
      refused = error
    }
    // libgpiod looks at the device's place in sysfs before it asks it.
    #expect(refused == .os(ENOTTY) || refused == .gone)
    #expect(GPIOChip.label("/dev/null") == nil)
    #expect(GPIOChip.holder("/dev/null", 1) == nil)
  }

  @Test("addresses, modes and speeds that no chip has are refused", arguments: [0x00, 0x07, 0x78])
  func validation(address: UInt8) {
    #expect(throws: BusError.os(EINVAL)) {
      _ = try LinuxI2CBus(path: "/dev/null").device(address: address)
    }
    let bus = LinuxSPIBus(number: 9, directory: "/nowhere")
    #expect(throws: BusError.os(EINVAL)) {
      _ = try bus.device(select: 0, SPISettings(mode: 4, hertz: 500_000))
    }
    #expect(throws: BusError.os(EINVAL)) { _ = try bus.device(select: 0, SPISettings(hertz: 0)) }
  }

  @Test("a bus has one lock, whoever asks for it")
  func sharedLock() {
    #expect(BusLock.shared("test-one") === BusLock.shared("test-one"))
    #expect(BusLock.shared("test-one") !== BusLock.shared("test-two"))
  }
}

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

/// A folder that is removed with its content when the test is over.
final class TemporaryFolder {
  let path: String
  private var names: Set<String> = []

  init() throws {
    var template = Array("/tmp/chargepi-drivers-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    path = try #require(made.map { String(cString: $0) })
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  func link(_ name: String, to target: String) throws {
    names.insert(name)
    try #require(symlink(target, path + "/" + name) == 0)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    names.insert(name)
    let file = path + "/" + name
    let stream = try #require(fopen(file, "w"))
    fputs(text, stream)
    fclose(stream)
    return file
  }
}
