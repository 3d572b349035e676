import Testing

@testable import Drivers

@Suite("a meter at the workbench")
struct MeterInspectionTests {
  /// A meter with its model, run as a command runs it.
  final class Bench {
    let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
    let chip: SimulatedCS5460A
    let device: SimulatedSPIDevice
    let inspection: MeterInspection
    let scale: MeterScale

    init(_ change: (SimulatedCS5460A) -> Void = { _ in }) throws {
      let plan = WiringTests.station().evses[0].connectors[0].meter
      let calibration = try MeterCalibration(#require(plan))
      scale = try MeterScale(calibration)
      chip = SimulatedCS5460A(
        fullScaleMicrovolts: calibration.fullScaleMicrovolts,
        fullScaleMicroamperes: calibration.fullScaleMicroamperes
      ) { _ in SimulatedLoad(millivolts: 230_000, milliamperes: 10_000) }
      change(chip)
      device = SimulatedSPIDevice(chip: chip, clock: clock, world: SimulatedWorld())
      inspection = MeterInspection(
        device: device, clock: clock, settings: CS5460A.Settings(scale: scale))
    }

    /// Every cycle that ends within so many seconds; looks come when they are asked for, or late.
    func cycles(seconds: Int64, delay: (Int) -> Int64 = { _ in 0 }) -> [MeterInspection.Cycle] {
      var cycles: [MeterInspection.Cycle] = []
      var looks = 0
      let end = clock.nowNanoseconds + seconds * 1_000_000_000
      while clock.nowNanoseconds < end {
        let next = inspection.run(nowNanoseconds: clock.nowNanoseconds)
        cycles += inspection.take()
        looks += 1
        clock.nowNanoseconds = max(next, clock.nowNanoseconds) + delay(looks)
      }
      return cycles
    }
  }

  @Test(
    "a crystal's deviation is told as it is, within what is said to be open",
    arguments: [-150, -40, 0, 7, 200] as [Int64])
  func crystal(ppm: Int64) throws {
    let bench = try Bench { $0.clockPpm = ppm }
    let cycles = bench.cycles(seconds: 13)
    #expect(cycles.count >= 11)
    let timing = bench.inspection.timing
    let found = try #require(timing.crystalPpm)
    #expect(timing.uncertaintyPpm <= 150)
    #expect(abs(found - ppm) <= timing.uncertaintyPpm)
    #expect(bench.inspection.fault == nil)
  }

  @Test("every cycle behind the first two has a period, and the ratio of a resistive load is one")
  func periods() throws {
    let bench = try Bench()
    let cycles = bench.cycles(seconds: 8)
    #expect(cycles.prefix(2).allSatisfy { $0.periodNanoseconds == nil })
    for cycle in cycles.dropFirst(2) {
      let period = try #require(cycle.periodNanoseconds)
      #expect(abs(period - 1_000_000_000) < 3_000_000)
      let ratio = try #require(bench.scale.calibration.selfTestRatioPpm(of: cycle.sample))
      #expect(abs(ratio - 1_000_000) < 1_000)
    }
  }

  @Test("looks that come late spoil single periods, and not the mean")
  func late() throws {
    let bench = try Bench { $0.clockPpm = 100 }
    let cycles = bench.cycles(seconds: 30) { $0 % 97 == 0 ? 150_000_000 : 0 }
    #expect(cycles.contains { $0.uncertaintyNanoseconds > 40_000_000 })
    let timing = bench.inspection.timing
    let found = try #require(timing.crystalPpm)
    #expect(abs(found - 100) <= timing.uncertaintyPpm)
  }

  @Test("a chip that is not there, and one that computes nothing, are told as what they are")
  func faults() throws {
    let absent = try Bench()
    absent.device.faults.isMissing = true
    #expect(absent.cycles(seconds: 5).isEmpty)
    #expect(absent.inspection.fault == .absent(level: absent.device.faults.missingLevel))
    let still = try Bench { $0.faults.freeze = .conversions }
    #expect(still.cycles(seconds: 6).isEmpty)
    #expect(still.inspection.fault == .silent)
  }

  @Test("the ratio needs a load, and does not care which way round the sensor is")
  func ratio() throws {
    let calibration = try Bench().scale.calibration
    var sample = MeterSample()
    sample.currentMilliamperes = 10_000
    // Half of both channels at power factor 1: E = 1/4 * 4000/4096 of 2^23.
    sample.reading = CycleReading(energy: 2_048_000, current: 1 << 23, voltage: 1 << 23)
    #expect(calibration.selfTestRatioPpm(of: sample) == 1_000_000)
    sample.reading.energy = -2_048_000
    #expect(calibration.selfTestRatioPpm(of: sample) == 1_000_000)
    sample.currentMilliamperes = 249
    #expect(calibration.selfTestRatioPpm(of: sample) == nil)
  }

  @Test("asking who is there writes nothing, and tells nobody from a chip")
  func identity() throws {
    let bench = try Bench()
    let before = bench.chip.registers
    let identity = try MeterIdentity(asking: bench.device)
    #expect(identity.isThere)
    #expect(identity.configuration == 1)
    #expect(bench.chip.registers[CS5460A.Register.configuration.rawValue] == 1)
    #expect(bench.chip.registers[CS5460A.Register.cycleCount.rawValue] == before[5])
    for level in [UInt8(0x00), 0xFF] {
      bench.device.faults.isMissing = true
      bench.device.faults.missingLevel = level
      let nobody = try MeterIdentity(asking: bench.device)
      #expect(!nobody.isThere)
    }
  }

  /// What is on a line without a chip, as status and configuration.
  static let garbage: [(status: UInt32, configuration: UInt32)] = [
    (0xA5_A5A5, 0xA5_A5A5), (0xFE_FEFE, 0xFE_FEFE), (0x55_5555, 0x55_5555),
    (0x90_03C1, 0xFE_FEFE), (0x90_03C1, 0x00_0000), (0x90_03C1, 0x00_0081),
    (0x90_03C1, 0x00_2001), (0x94_03C1, 0x00_0001), (0x90_07C1, 0x00_0001),
    (0x90_03C3, 0x00_0001), (0x00_0000, 0x00_0001), (0xFF_FFFF, 0x00_0001),
  ]

  @Test("what has bits where the chip has none is no chip", arguments: garbage)
  func noise(status: UInt32, configuration: UInt32) throws {
    let noise = try MeterIdentity(asking: Registers(status, configuration))
    #expect(!noise.isThere)
  }

  /// Bits that a chip may have anywhere: its data, our settings, another gain.
  static let answers: [(status: UInt32, configuration: UInt32)] = [
    (0x90_03C1, 0x00_0001), (0x00_0001, 0x00_0061), (0xFB_FBFD, 0x01_0061),
    (0x10_0000, 0xFF_9F71),
  ]

  @Test("a chip is one whatever it has measured and however it is set up", arguments: answers)
  func chips(status: UInt32, configuration: UInt32) throws {
    let chip = try MeterIdentity(asking: Registers(status, configuration))
    #expect(chip.isThere)
  }

  @Test("a calibration from two measurements makes the meter show what the reference shows")
  func calibrated() throws {
    let bench = try Bench()
    let reference = MeterReference(
      millivolts: 232_000, milliamperes: 9_900, milliwatts: 2_296_800)
    var measured = MeterMeasurement()
    for cycle in bench.cycles(seconds: 66).dropFirst(3)
    where cycle.sample.quality.isDisjoint(with: .unusable) {
      measured.add(cycle.sample.reading)
    }
    #expect(measured.cycles >= MeterCalibration.neededCycles)
    let result = try bench.scale.calibration.withLoad(measured, reference: reference)
    #expect(abs(result.selfTestRatioPpm - 1_000_000) < 1_000)
    let scale = try MeterScale(result.calibration)
    #expect(abs(scale.millivolts(voltage: measured.mean.voltage) - 232_000) <= 2)
    #expect(abs(scale.milliamperes(current: measured.mean.current) - 9_900) <= 2)
    #expect(abs(scale.milliwatts(energy: measured.mean.energy) - 2_296_800) <= 20)
  }
}

/// A bus on which somebody says these two registers to who asks for them, synchronised first.
private final class Registers: SPIDevice {
  private let answer: [UInt8]

  init(_ status: UInt32, _ configuration: UInt32) {
    let silence = [UInt8](repeating: 0, count: CS5460A.synchronisation.count)
    answer =
      silence
      + [status, configuration].flatMap { word in
        [0] + [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      }
  }

  func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] { [answer] }
}

@Suite("what a plan switches")
struct SwitchedLinesTests {
  @Test("every relay and lock is a line with its name, pin and level")
  func lines() {
    let plan = WiringTests.station {
      $0.gpioChip = "pinctrl-bcm2711"
      $0.evses[1].connectors[0].relay = RelayPlan(pin: 13, isActiveLow: true)
      $0.evses[1].connectors[0].lock = nil
    }
    let chip = GPIOChip(configured: "pinctrl-bcm2711")
    #expect(
      plan.relayLines == [
        RelayLine(name: "1.1", line: GPIOLine(chip: chip, offset: 26)),
        RelayLine(name: "2.1", line: GPIOLine(chip: chip, offset: 13, isActiveLow: true)),
      ])
    #expect(
      plan.lockLines == [RelayLine(name: "1.1", line: GPIOLine(chip: chip, offset: 27))])
    #expect(Contactors.holders(of: plan.relayLines).isEmpty)
  }

  @Test("a scaled clock's time runs faster, and its sleeps end sooner")
  func clock() {
    let clock = ScaledClock(factor: 1_000)
    let real = LinuxDeviceClock()
    let (before, begin) = (real.nowNanoseconds, clock.nowNanoseconds)
    clock.sleep(nanoseconds: 5_000_000_000)
    #expect(clock.nowNanoseconds - begin >= 5_000_000_000)
    #expect(real.nowNanoseconds - before < 4_000_000_000)
  }
}
