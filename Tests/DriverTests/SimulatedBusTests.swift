import Drivers
import Testing

@Suite("simulated buses carry bytes, and what goes wrong with them")
struct SimulatedBusTests {
  /// Answers each byte with the one before it, and remembers its selection.
  final class Echo: SPIChip {
    var last: UInt8 = 0
    var log: [String] = []
    var received: [UInt8] = []

    func select(nowNanoseconds: Int64) { log.append("select \(nowNanoseconds)") }
    func exchange(_ byte: UInt8, nowNanoseconds: Int64) -> UInt8 {
      defer { last = byte }
      received.append(byte)
      return last
    }
    func deselect(nowNanoseconds: Int64) { log.append("deselect \(nowNanoseconds)") }
  }

  /// A memory that acknowledges everything, or nothing.
  final class Memory: I2CChip {
    var bytes: [UInt8] = []
    var isAcknowledging = true

    func write(_ bytes: [UInt8], nowNanoseconds: Int64) -> Bool {
      if isAcknowledging { self.bytes = bytes }
      return isAcknowledging
    }
    func read(_ count: Int, nowNanoseconds: Int64) -> [UInt8]? {
      isAcknowledging ? Array((bytes + Array(repeating: 0, count: count)).prefix(count)) : nil
    }
  }

  let clock = VirtualClock(nowNanoseconds: 1_000)
  let world = SimulatedWorld()

  @Test("an SPI transaction selects, moves every step, and deselects; pauses take their time")
  func transaction() throws {
    let chip = Echo()
    let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world)
    let answer = try device.transaction([
      .transfer([1, 2, 3]), .pause(nanoseconds: 500), .transfer([4]),
    ])
    #expect(answer == [[0, 1, 2], [3]])
    #expect(chip.log == ["select 1000", "deselect 1500"])
  }

  @Test("a line without a chip reads its level, and the chip hears nothing", arguments: [0, 0xFF])
  func missing(level: UInt8) throws {
    let chip = Echo()
    var faults = ChipFaults()
    faults.isMissing = true
    faults.missingLevel = level
    let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world, faults: faults)
    let answer = try device.transaction([.transfer([1, 2])])
    #expect(answer == [[level, level]])
    #expect(chip.log.isEmpty)
    #expect(chip.received.isEmpty)
  }

  @Test("an adapter that has gone says so, and answers again when it is back")
  func gone() throws {
    let spi = SimulatedSPIDevice(chip: Echo(), clock: clock, world: world)
    let i2c = SimulatedI2CDevice(chip: Memory(), clock: clock, world: world)
    spi.faults.isGone = true
    i2c.faults.isGone = true
    #expect(throws: BusError.gone) { try spi.transaction([.transfer([1])]) }
    #expect(throws: BusError.gone) { try i2c.write([1]) }
    #expect(throws: BusError.gone) { _ = try i2c.read(1) }
    spi.faults.isGone = false
    let answer = try spi.transaction([.transfer([1])])
    #expect(answer == [[0]])
  }

  @Test("latency passes on the driver's clock")
  func latency() throws {
    let device = SimulatedI2CDevice(chip: Memory(), clock: clock, world: world)
    device.faults.latencyNanoseconds = 7_000_000
    try device.write([1])
    _ = try device.read(1)
    #expect(clock.nowNanoseconds == 14_001_000)
  }

  @Test("about so many bytes as the knob says come back with one bit turned, the same for a seed")
  func flips() throws {
    func run(seed: UInt64) throws -> [UInt8] {
      var faults = ChipFaults()
      faults.flipPermille = 100
      let device = SimulatedSPIDevice(
        chip: Echo(), clock: clock, world: world, faults: faults, seed: seed)
      return try device.transaction([.transfer(Array(repeating: 0x55, count: 10_000))])[0]
    }
    let first = try run(seed: 7)
    let again = try run(seed: 7)
    let other = try run(seed: 8)
    // The first answer is the chip's zero.
    let wrong = first.dropFirst().filter { $0 != 0x55 }
    #expect(wrong.allSatisfy { ($0 ^ 0x55).nonzeroBitCount == 1 })
    #expect((800...1_200).contains(wrong.count))
    #expect(first == again)
    #expect(first != other)
  }

  @Test("a chip that is missing, or does not acknowledge, is a NACK for every call")
  func nack() throws {
    let chip = Memory()
    let device = SimulatedI2CDevice(chip: chip, clock: clock, world: world)
    try device.write([1, 2])
    let joined = try device.writeRead([8, 9], 3)
    #expect(joined == [8, 9, 0])
    chip.isAcknowledging = false
    #expect(throws: BusError.nack) { try device.write([3]) }
    #expect(throws: BusError.nack) { _ = try device.read(1) }
    chip.isAcknowledging = true
    device.faults.isMissing = true
    #expect(throws: BusError.nack) { try device.write([3]) }
    #expect(chip.bytes == [8, 9])
  }

  @Test("about so many transactions are refused as the knob says")
  func refusals() {
    var faults = ChipFaults()
    faults.nackPermille = 250
    let device = SimulatedI2CDevice(
      chip: Memory(), clock: clock, world: world, faults: faults, seed: 3)
    let refused = (0..<2_000).filter { _ in (try? device.write([1])) == nil }.count
    #expect((400...600).contains(refused))
  }

  @Test("a pin shows what was set, tells the world, reads what the world says, and can fail")
  func pin() throws {
    var told: [Bool] = []
    let output = SimulatedPin(world: world) { told.append($0) }
    try output.set(true)
    try output.set(false)
    #expect(told == [true, false])

    let button = SimulatedPin(world: world)
    button.drive(true)
    let isPressed = try button.get()
    #expect(isPressed)

    let follower = SimulatedPin(world: world, reading: { told.count == 2 })
    let isFollowing = try follower.get()
    #expect(isFollowing)

    output.error = .busy
    #expect(throws: BusError.busy) { try output.set(true) }
    #expect(throws: BusError.busy) { _ = try output.get() }
    #expect(told.count == 2)
    #expect(!output.isActive)
  }

  @Test("a virtual clock stands still until a driver sleeps or somebody moves it")
  func virtualClock() {
    let clock = VirtualClock(nowNanoseconds: 5)
    clock.sleep(nanoseconds: 10)
    clock.sleep(nanoseconds: -10)
    #expect(clock.nowNanoseconds == 15)
    clock.advance(nanoseconds: 5)
    #expect(clock.nowNanoseconds == 20)
    clock.nowNanoseconds = 3
    #expect(clock.nowNanoseconds == 3)
  }
}
