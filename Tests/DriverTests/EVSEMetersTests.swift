import Testing

@testable import Drivers

@Suite("The meters of an EVSE's connectors, as one")
struct EVSEMetersTests {
  private func sample(_ milliwattHours: Int64, watts: Int64) -> MeterSample {
    var sample = MeterSample()
    sample.importMilliwattHours = milliwattHours
    sample.powerMilliwatts = watts * 1_000
    sample.currentMilliamperes = watts * 1_000 / 230
    sample.voltageMillivolts = 230_000
    return sample
  }

  @Test("a meter that has died keeps its count, and its last power is nobody's")
  func deadMeter() {
    let meters = EVSEMeters(evse: 1, count: 2)
    _ = meters.add(sample(5_000, watts: 4_600), at: 0)
    meters.fail(at: 0)
    let cycle = meters.add(sample(100, watts: 0), at: 1)
    #expect(cycle.milliwatts == 0)
    #expect(cycle.milliamperes == 0)
    let known = meters.samples.compactMap { $0 }
    #expect(known.map(\.importMilliwattHours) == [5_000, 100])
    #expect(known.map(\.powerMilliwatts) == [0, 0])
  }

  @Test("both connectors' power is the EVSE's, and its current is the larger one")
  func sum() {
    let meters = EVSEMeters(evse: 1, count: 2)
    _ = meters.add(sample(0, watts: 2_300), at: 0)
    let cycle = meters.add(sample(0, watts: 230), at: 1)
    #expect(cycle.milliwatts == 2_530_000)
    #expect(cycle.milliamperes == 10_000)
    #expect(meters.isSettled)
  }
}
