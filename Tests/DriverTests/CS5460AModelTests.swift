import Testing

@testable import Drivers

/// The chip's model against the data sheet, byte by byte and without a driver.
@Suite("the model of the CS5460A is the data sheet's")
struct CS5460AModelTests {
  /// A chip and a hand on its wires.
  final class Hand {
    let clock = VirtualClock.meter()
    let chip: SimulatedCS5460A
    let wire: MeterWire

    init(_ load: SimulatedLoad = MeterBench.kilowatts7) {
      chip = SimulatedCS5460A(
        fullScaleMicrovolts: 512_000_000, fullScaleMicroamperes: 50_000_000
      ) { _ in load }
      chip.noiseUnits = 0
      wire = MeterWire(chip: chip, clock: clock)
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> [UInt8] {
      do {
        return try wire.transaction([.transfer(bytes)])[0]
      } catch {
        Issue.record(error)
        return []
      }
    }

    func read(_ register: CS5460A.Register) -> UInt32 {
      let answer = send([register.readCommand, 0xFE, 0xFE, 0xFE])
      return answer[1...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    func write(_ register: CS5460A.Register, _ value: Int64) {
      var frames = CS5460A.Frames()
      frames.write(register, value)
      send(frames.bytes)
    }

    func status() -> CS5460A.Status { CS5460A.Status(rawValue: read(.status)) }

    /// Sets it up as the original's documents say, and lets it compute for so many cycles.
    func compute(cycles: Int64 = 1, configuration: Int64 = 0x61) {
      write(.configuration, configuration)
      write(.status, 0xFF_FFFF)
      send([0xE8])
      clock.nowNanoseconds += cycles * 1_000_000_000 + 1_000_000
    }
  }

  @Test("after power-up the registers have the data sheet's defaults, and nothing is computed")
  func defaults() {
    let hand = Hand()
    #expect(hand.read(.configuration) == 0x000001)
    #expect(hand.read(.currentGain) == 0x400000)
    #expect(hand.read(.voltageGain) == 0x400000)
    #expect(hand.read(.cycleCount) == 4_000)
    #expect(hand.read(.timebase) == 0x800000)
    #expect(hand.read(.status) == 0x0003C1)
    hand.clock.nowNanoseconds += 10_000_000_000
    #expect(hand.status().contains(.dataReady) == false)
  }

  @Test("a write is latched with its third byte, and one that is cut off is none")
  func writing() {
    let hand = Hand()
    hand.send([0x4A, 0x00, 0x03])
    #expect(hand.read(.cycleCount) == 4_000)
    hand.send([0x4A, 0x00, 0x03, 0x20])
    #expect(hand.read(.cycleCount) == 800)
  }

  @Test("a filler of zeros is a command and cuts off the answer")
  func zeros() {
    let hand = Hand()
    hand.write(.currentGain, 0x123456)
    #expect(hand.send([0x04, 0xFE, 0xFE, 0xFE])[1...] == [0x12, 0x34, 0x56])
    #expect(hand.send([0x04, 0x00, 0x00, 0x00])[1...] == [0x12, 0x00, 0x00])
  }

  @Test("an invalid command is told until the port is synchronised")
  func validity() {
    let hand = Hand()
    hand.send([0x01])
    #expect(hand.status().contains(.commandsValid) == false)
    hand.send([0xFF, 0xFF, 0xFE])
    #expect(hand.status().contains(.commandsValid) == false, "two are not enough")
    hand.send([0xFF, 0xFF, 0xFF, 0xFE])
    #expect(hand.status().contains(.commandsValid))
  }

  @Test("energy is the power's sum over 4096, voltage and current are fractions of full scale")
  func formats() {
    let hand = Hand()
    hand.compute()
    let voltage = 230.0 / 512
    let current = 32.0 / 50
    #expect(hand.read(.voltageRMS) == UInt32((voltage * 16_777_216).rounded()))
    #expect(hand.read(.currentRMS) == UInt32((current * 16_777_216).rounded()))
    let energy = (voltage * current * 4_000 / 4_096 * 8_388_608).rounded()
    #expect(CS5460A.signed(hand.read(.energy)) == Int64(energy))
  }

  @Test("power factor and direction are in the energy alone")
  func direction() {
    let hand = Hand(
      SimulatedLoad(millivolts: 230_000, milliamperes: 16_000, powerFactorPermille: -800))
    hand.compute()
    let energy = (-0.8 * 230 / 512 * 16 / 50 * 4_000 / 4_096 * 8_388_608).rounded()
    #expect(CS5460A.signed(hand.read(.energy)) == Int64(energy))
    #expect(hand.read(.currentRMS) == UInt32((16.0 / 50 * 16_777_216).rounded()))
    #expect(hand.status().contains(.negativeEnergy))
  }

  @Test("the ready bit stays until it is cleared, and comes with every cycle")
  func ready() {
    let hand = Hand()
    hand.compute()
    #expect(hand.status().contains(.dataReady))
    #expect(hand.status().contains(.dataReady), "reading does not clear it")
    hand.write(.status, 0x80_0000)
    #expect(hand.status().contains(.dataReady) == false)
    hand.clock.nowNanoseconds += 1_000_000_000
    #expect(hand.status().contains(.dataReady))
  }

  @Test("a cycle takes N * 1024 * K / MCLK, by its own crystal", arguments: [-200, 0, 200])
  func period(ppm: Int64) throws {
    let hand = Hand()
    hand.chip.clockPpm = ppm
    var ends: [Int64] = []
    hand.chip.onCycle = { [chip = hand.chip] _ in ends.append(chip.momentNanoseconds) }
    hand.compute(cycles: 1_001)
    _ = hand.status()
    let first = try #require(ends.first)
    let last = try #require(ends.last)
    #expect(ends.count == (ppm < 0 ? 1_000 : 1_001))
    let exact = 1e15 * Double(ends.count - 1) / Double(1_000_000 + ppm)
    #expect(abs(Double(last - first) - exact) < 2)
  }

  @Test("gains and offsets are applied", arguments: [0x61, 0x01])
  func gains(configuration: Int64) {
    let hand = Hand()
    hand.chip.currentOffsetPpm = 100_000
    hand.write(.voltageGain, 0x50_0000)
    hand.write(.currentGain, 0x38_0000)
    hand.write(.currentDCOffset, 0x01_0000)
    hand.write(.powerOffset, -5_000)
    hand.compute(configuration: configuration)
    let voltage = 230.0 / 512 * 1.25
    // The high-pass filter takes the input's direct part away, not the register's.
    let direct = (configuration & 0x20 == 0 ? 0.1 : 0) + 65_536.0 / 8_388_608
    let current = (0.64 * 0.64 + direct * direct).squareRoot() * 0.875
    #expect(hand.read(.voltageRMS) == UInt32((voltage * 16_777_216).rounded()))
    #expect(abs(Int64(hand.read(.currentRMS)) - Int64(current * 16_777_216)) <= 1)
    let power = voltage * 0.64 * 0.875 - 5_000 / 8_388_608.0
    let energy = Int64(power * 4_000 / 4_096 * 8_388_608)
    #expect(abs(CS5460A.signed(hand.read(.energy)) - energy) <= 1)
  }

  @Test("a gain of 50 makes a fifth of the current full scale")
  func fiftyfold() {
    let hand = Hand(SimulatedLoad(millivolts: 230_000, milliamperes: 5_000))
    hand.compute(configuration: 0x01_0061)
    #expect(hand.read(.currentRMS) == UInt32((0.5 * 16_777_216).rounded()))
  }

  @Test("what does not fit is told, and kept at the end of its range")
  func ranges() {
    let hand = Hand(SimulatedLoad(millivolts: 230_000, milliamperes: 40_000))
    hand.compute()
    #expect(hand.status().contains(.currentRange), "the peak is 56 A")
    #expect(hand.status().isDisjoint(with: [.currentRMSRange, .voltageRange, .energyRange]))
    hand.chip.load = { _ in SimulatedLoad(millivolts: 600_000, milliamperes: 60_000) }
    hand.clock.nowNanoseconds += 1_000_000_000
    let all: CS5460A.Status = [
      .currentRange, .voltageRange, .powerRange, .currentRMSRange, .voltageRMSRange, .energyRange,
    ]
    #expect(hand.status().isSuperset(of: all))
    #expect(hand.read(.currentRMS) == 0xFF_FFFF)
    #expect(hand.read(.energy) == 0x7F_FFFF)
  }

  @Test("a soft reset restores the defaults and halts; one cycle alone is possible")
  func reset() {
    let hand = Hand()
    hand.compute()
    hand.write(.cycleCount, 800)
    hand.write(.control, 4)
    hand.write(.configuration, 0x80)
    #expect(hand.read(.configuration) == 0x80, "it takes a moment")
    hand.clock.nowNanoseconds += 10_000_000
    #expect(hand.read(.configuration) == 0x01)
    #expect(hand.read(.cycleCount) == 4_000)
    #expect(hand.read(.control) == 4)
    hand.send([0xE0])
    hand.clock.nowNanoseconds += 1_100_000_000
    #expect(hand.status().contains(.dataReady))
    hand.write(.status, 0x80_0000)
    hand.clock.nowNanoseconds += 5_000_000_000
    #expect(hand.status().contains(.dataReady) == false)
  }

  @Test("five seconds without a look at the energy are told")
  func watchdog() {
    let hand = Hand()
    hand.compute(cycles: 4)
    #expect(hand.status().contains(.watchdog) == false)
    hand.clock.nowNanoseconds += 1_500_000_000
    #expect(hand.status().contains(.watchdog))
    _ = hand.read(.energy)
    hand.write(.status, 0x20)
    #expect(hand.status().contains(.watchdog) == false)
  }

  @Test("a load that changes within a cycle counts for as long as it lasted")
  func changing() {
    let hand = Hand(MeterBench.nothing)
    hand.compute(cycles: 0)
    let begin = hand.clock.nowNanoseconds - 1_000_000
    hand.clock.nowNanoseconds = begin + 250_000_000
    hand.chip.advance(to: hand.clock.nowNanoseconds)
    hand.chip.load = { _ in MeterBench.kilowatts7 }
    hand.clock.nowNanoseconds = begin + 1_001_000_000
    let whole = 230.0 / 512 * 32 / 50 * 4_000 / 4_096 * 8_388_608
    let energy = Double(CS5460A.signed(hand.read(.energy)))
    #expect(abs(energy - 0.75 * whole) < 0.0002 * whole)
  }
}
