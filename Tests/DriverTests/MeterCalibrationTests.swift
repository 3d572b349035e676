import Testing

@testable import Drivers

@Suite("the meter's calibration")
struct MeterCalibrationTests {
  private func error(_ work: () throws -> Void) -> MeterCalibrationError? {
    do {
      try work()
      return nil
    } catch {
      return error as? MeterCalibrationError
    }
  }

  private func refused(_ change: (inout MeterCalibration) -> Void) throws -> MeterCalibrationError?
  {
    var calibration = try MeterBench.calibration()
    change(&calibration)
    return error { _ = try MeterScale(calibration) }
  }

  @Test("full scale follows from the resistors, the shunt and the transformer")
  func sensors() throws {
    let divider = VoltageSensor.divider(seriesOhms: 450_000, tapMilliohms: 220_000)
    #expect(try divider.fullScaleMicrovolts() == 511_613_636)
    #expect(try VoltageSensor.ratio(thousandths: 2_048_000).fullScaleMicrovolts() == 512_000_000)
    let shunt = CurrentSensor.shunt(microohms: 5_000, range: .tenfold)
    #expect(try shunt.fullScaleMicroamperes() == 50_000_000)
    let small = CurrentSensor.shunt(microohms: 500, range: .fiftyfold)
    #expect(try small.fullScaleMicroamperes() == 100_000_000)
    let transformer = CurrentSensor.transformer(
      turns: 2_500, burdenMilliohms: 10_000, range: .tenfold)
    #expect(try transformer.fullScaleMicroamperes() == 62_500_000)
  }

  private func plan(dividerPermille: Int64) -> MeterPlan {
    MeterPlan(
      place: SPIPlace(bus: 0, chipSelect: 1, hertz: 1_000_000), shuntMicroohms: 5_000,
      dividerPermille: dividerPermille, name: "1.1")
  }

  @Test("the original's keys are the shunt's ohms and the divider's ratio")
  func originalKeys() throws {
    var plan = plan(dividerPermille: 2_048_000)
    let calibration = try MeterCalibration(plan)
    let same = try MeterBench.calibration()
    #expect(calibration == same)
    plan.hasHighGain = true
    let high = try MeterCalibration(plan)
    #expect(high.fullScaleMicroamperes == 10_000_000)
    #expect(high.configurationWord == 0x01_0061)
  }

  @Test("the original's default divider is refused, with the ratio that is needed")
  func originalDefault() throws {
    let calibration = try MeterCalibration(plan(dividerPermille: 52_000))
    let found = error { _ = try MeterScale(calibration) }
    #expect(
      found == .fullScaleVoltageTooSmall(millivolts: 13_000, neededMillivolts: 325_266))
    #expect(
      found?.description
        == "the divider lets the meter measure up to 13 V peak, but the mains needs 325 V: "
        + "a ratio of at least 1302 is needed")
    let least = try MeterCalibration(plan(dividerPermille: 1_302_000))
    _ = try MeterScale(least)
  }

  @Test("sensors that cannot be are refused")
  func impossibleSensors() {
    let none = error { _ = try VoltageSensor.ratio(thousandths: 0).fullScaleMicrovolts() }
    #expect(none == .sensor("the divider's ratio, in thousandths", value: 0))
    let shunt = CurrentSensor.shunt(microohms: 0, range: .tenfold)
    let short = error { _ = try shunt.fullScaleMicroamperes() }
    #expect(short == .sensor("the shunt's resistance, in microohms", value: 0))
  }

  @Test("nonsense is refused, by name")
  func nonsense() throws {
    let small = try refused { $0.fullScaleMicroamperes = 20_000_000 }
    #expect(small == .fullScaleCurrentTooSmall(milliamperes: 20_000, neededMilliamperes: 45_254))
    let large = try refused { $0.fullScaleMicrovolts = 30_000_000_000 }
    #expect(large == .fullScaleTooLarge)
    let odd = try refused { $0.cycleCount = 1_000 }
    #expect(odd == .cycleCount(1_000, multipleOf: 80))
    let long = try refused { $0.cycleCount = 8_000 }
    #expect(long == .range("the cycle count", value: 8_000, allowed: 800...4_000))
    let gain = try refused { $0.voltageGain = 0 }
    #expect(gain != nil)
    let trim = try refused { $0.powerTrimPpm = 300_000 }
    #expect(trim != nil)
    let clock = try refused { $0.masterClockHertz = 1_000_000 }
    #expect(clock != nil)
    let divider = try refused { $0.clockDivider = 0 }
    #expect(divider != nil)
    let phase = try refused { $0.phaseCompensation = 64 }
    #expect(phase != nil)
    let nothing = try refused { _ in }
    #expect(nothing == nil)
  }

  @Test("trims move what is shown by as many millionths")
  func trims() throws {
    var calibration = try MeterBench.calibration()
    let plain = try MeterScale(calibration)
    calibration.voltageTrimPpm = 10_000
    calibration.currentTrimPpm = -20_000
    calibration.powerTrimPpm = 5_000
    let trimmed = try MeterScale(calibration)
    let ratio = 1.01 * 0.98 * 1.005
    let units = Double(trimmed.attowattHoursPerHalfUnit) / Double(plain.attowattHoursPerHalfUnit)
    #expect(abs(units - ratio) < 1e-9)
    #expect(trimmed.millivolts(voltage: 1 << 23) == 258_560)
    #expect(trimmed.milliamperes(current: 1 << 23) == 24_500)
    let milliwatts = plain.milliwatts(energy: 4_000_000)
    #expect(abs(Double(trimmed.milliwatts(energy: 4_000_000)) / Double(milliwatts) - ratio) < 1e-6)
    #expect(abs(plain.energyUnits(milliwatts: milliwatts) - 4_000_000) <= 1)
    #expect(plain.milliwatts(energy: -4_000_000) == -milliwatts)
  }

  /// What the driver measures of a load on hardware whose sensors are not what they are said to be.
  private func measurement(
    _ load: SimulatedLoad, calibration: MeterCalibration, creep: Int64 = 0, seconds: Int64 = 61
  ) throws -> MeterMeasurement {
    let bench = try MeterBench(load: load, calibration: { $0 = calibration })
    bench.chip.creepMilliwatts = creep
    bench.pass(milliseconds: seconds * 1_000)
    var measured = MeterMeasurement()
    for sample in bench.samples { measured.add(sample.reading) }
    return measured
  }

  /// Sensors whose full scale is said to be 3 % and 4 % more than it is.
  private func guessed() throws -> MeterCalibration {
    var calibration = try MeterBench.calibration()
    calibration.fullScaleMicrovolts = 527_360_000
    calibration.fullScaleMicroamperes = 52_000_000
    return calibration
  }

  private static let heater = SimulatedLoad(millivolts: 231_000, milliamperes: 16_000)
  private static let reference = MeterReference(
    millivolts: 231_000, milliamperes: 16_000, milliwatts: 3_696_000)

  @Test("two steps make a meter right, whatever its sensors are said to be")
  func procedure() throws {
    let creep = try measurement(MeterBench.nothing, calibration: guessed(), creep: 5_000)
    let first = try guessed().withoutLoad(creep)
    let load = try measurement(Self.heater, calibration: guessed(), creep: 5_000)
    let result = try first.withLoad(load, reference: Self.reference)
    #expect(abs(result.selfTestRatioPpm - 1_000_000) < 100)
    #expect(abs(result.calibration.voltageTrimPpm + 29_126) <= 3)
    #expect(abs(result.calibration.currentTrimPpm + 38_462) <= 10)
    #expect(abs(result.calibration.powerTrimPpm) <= 50)
    let bench = try MeterBench(load: Self.heater, calibration: { $0 = result.calibration })
    bench.chip.creepMilliwatts = 5_000
    bench.pass(milliseconds: 60_300)
    let sample = try #require(bench.samples.last)
    #expect(abs(sample.voltageMillivolts - 231_000) <= 2)
    #expect(abs(sample.currentMilliamperes - 16_000) <= 1)
    #expect(abs(sample.powerMilliwatts - 3_696_000) <= 200)
    #expect(abs(sample.importMilliwattHours - 61_600) <= 3)
  }

  @Test("the ratio of 1.024 is recognised as the cycle's factor")
  func selfTest() throws {
    var calibration = try MeterBench.calibration()
    let measured = try measurement(Self.heater, calibration: calibration)
    #expect(abs(calibration.selfTestRatioPpm(measured.mean) - 1_000_000) < 50)
    calibration.cycleCount = 3_906
    let found = error { _ = try calibration.withLoad(measured, reference: Self.reference) }
    guard case .selfTest(let ratio) = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(MeterCalibrationError.isCycleFactor(ratio))
    #expect(found?.description.contains("4096/4000") == true)
  }

  @Test("a step that cannot be taken says why")
  func refusals() throws {
    let calibration = try MeterBench.calibration()
    let short = try measurement(Self.heater, calibration: calibration, seconds: 30)
    let tooFew = error { _ = try calibration.withLoad(short, reference: Self.reference) }
    #expect(tooFew == .tooFewCycles(short.cycles, needed: 60))
    var unsteady = try measurement(Self.heater, calibration: calibration)
    unsteady.add(CycleReading(energy: 1, current: 1, voltage: 1))
    guard
      case .unsteady = error({
        _ = try calibration.withLoad(unsteady, reference: Self.reference)
      })
    else {
      Issue.record("a load that changes is refused")
      return
    }
    let measured = try measurement(Self.heater, calibration: calibration)
    let loaded = error { _ = try calibration.withoutLoad(measured) }
    #expect(loaded == .notUnloaded(milliamperes: 16_000))
    var reference = Self.reference
    reference.milliwatts = 2_000_000
    let inductive = error { _ = try calibration.withLoad(measured, reference: reference) }
    #expect(inductive == .notResistive(permille: 541))
    reference = MeterReference(millivolts: 231_000, milliamperes: 30_000, milliwatts: 6_930_000)
    let far = error { _ = try calibration.withLoad(measured, reference: reference) }
    guard case .trimTooLarge(let what, let ppm) = far else {
      Issue.record("a correction of 87 % is refused")
      return
    }
    #expect(what == "the current")
    #expect(abs(ppm - 875_000) < 100)
    reference = MeterReference(millivolts: 231_000, milliamperes: 100, milliwatts: 23_100)
    let small = error { _ = try calibration.withLoad(measured, reference: reference) }
    #expect(small == .referenceTooSmall("current in mA", value: 100, needed: 1_600))
  }
}
