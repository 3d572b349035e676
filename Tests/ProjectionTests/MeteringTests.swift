import ChargePiES
import Testing

@testable import Projections

@Suite("readings on the wire")
struct MeteringTests {
  private let everything = Measurand.supported.joined(separator: ",")

  private func charge(_ rig: Rig, seconds: Int64) throws {
    try rig.begin(1, "CARD")
    try rig.pass(seconds: seconds)
    try rig.swipe("CARD", at: [1])
    try rig.serve()
  }

  private func values(_ json: JSON?) -> [String] {
    (json?.elements ?? []).map { value in
      let parts = ["measurand", "phase", "value", "unit"].compactMap { value[$0]?.string }
      return parts.joined(separator: " ")
    }
  }

  @Test("three phases are told apart, in watts, amperes and volts")
  func phases() throws {
    let rig = try Rig(
      layout: Rig.sockets(1, phases: 3),
      settings: [.sampledMeasurands: everything, .sampledInterval: "10"])
    rig.drawMilliwatts = 11_040_000
    try rig.connect()
    try charge(rig, seconds: 15)
    let reading = try #require(rig.calls("MeterValues").first)
    let value = try #require(reading.payload["meterValue"]?.elements?.first)
    #expect(
      values(value["sampledValue"]) == [
        "Energy.Active.Import.Register 30 Wh", "Energy.Active.Import.Interval 30 Wh",
        "Power.Active.Import 11040.0 W", "Power.Offered 22080 W", "Current.Import L1 16.00 A",
        "Current.Import L2 16.00 A", "Current.Import L3 16.00 A", "Current.Offered 32.0 A",
        "Voltage L1-N 230.0 V", "Voltage L2-N 230.0 V", "Voltage L3-N 230.0 V",
      ])
  }

  @Test("a single phase has no name, and what the hardware gives more is told too")
  func everyMeasurand() throws {
    let rig = try Rig(settings: [.sampledMeasurands: everything, .sampledInterval: "10"])
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 9)
    try rig.read(1) {
      $0.frequencyMillihertz = 49_987
      $0.temperatureMillidegrees = -1_250
      $0.stateOfChargePermille = 805
    }
    rig.moment += nanosecondsPerSecond
    try rig.observe(.timeReached(TimeReached()))
    let reading = try #require(rig.calls("MeterValues").first)
    let value = try #require(reading.payload["meterValue"]?.elements?.first)
    #expect(
      values(value["sampledValue"]).suffix(6) == [
        "Current.Import 32.00 A", "Current.Offered 32.0 A", "Voltage 230.0 V", "Frequency 49.98",
        "Temperature -1.2 Celsius", "SoC 80 Percent",
      ])
  }

  @Test("the stop carries begin, samples and end as StopTxnSampledData says")
  func sampledData() throws {
    let rig = try Rig(
      settings: [
        .sampledInterval: "10", .sampledMeasurands: "Energy.Active.Import.Register",
        .sampledEndMeasurands: "Energy.Active.Import.Register,Voltage",
      ])
    rig.counters[1] = 500_000
    try rig.connect()
    try charge(rig, seconds: 25)
    let stop = try #require(rig.calls("StopTransaction").first)
    let data = try #require(stop.payload["transactionData"]?.elements)
    #expect(
      data.map { $0["sampledValue"]?.elements?.first?["context"]?.string } == [
        "Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End",
      ])
    #expect(data.map { values($0["sampledValue"]) }.allSatisfy { $0.count == 2 })
    #expect(
      data.compactMap { $0["timestamp"]?.string } == [
        "2026-11-23T09:00:01.000Z", "2026-11-23T09:00:11.000Z", "2026-11-23T09:00:21.000Z",
        "2026-11-23T09:00:26.000Z",
      ])
    let start = rig.calls("StartTransaction").first?.payload["meterStart"]?.integer
    let registers = data.map { values($0["sampledValue"])[0] }
    #expect(registers.first == "Energy.Active.Import.Register \(start ?? -1) Wh")
    let end = stop.payload["meterStop"]?.integer
    #expect(registers.last == "Energy.Active.Import.Register \(end ?? -1) Wh")
  }

  @Test("a power cut's stop and the last reading in it have the time of the last durable reading")
  func interruptedData() throws {
    let register = "Energy.Active.Import.Register"
    let rig = try Rig(settings: [.sampledInterval: "0", .sampledEndMeasurands: register])
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 25)
    try rig.disconnect()
    try rig.restart(newBoot: true, after: 3_600_000_000_000)
    try rig.connect()
    let stop = try #require(rig.calls("StopTransaction").first)
    #expect(stop.payload["timestamp"]?.string == "2026-11-23T09:00:26.000Z")
    let data = try #require(stop.payload["transactionData"]?.elements)
    #expect(
      data.compactMap { $0["timestamp"]?.string } == [
        "2026-11-23T09:00:01.000Z", "2026-11-23T09:00:26.000Z",
      ])
  }

  @Test("clock-aligned readings come on the minute, in and outside sessions, and into the receipt")
  func alignedData() throws {
    let rig = try Rig(
      settings: [
        .sampledInterval: "0", .clockAlignedInterval: "60",
        .alignedEndMeasurands: "Energy.Active.Import.Register",
      ])
    try rig.connect()
    try charge(rig, seconds: 130)
    let readings = rig.calls("MeterValues")
    #expect(
      readings.map { $0.payload["connectorId"]?.integer } == [1, 2, 1, 2], "both, twice")
    #expect(readings.map { $0.payload["transactionId"]?.integer } == [1, nil, 1, nil])
    let value = readings[0].payload["meterValue"]?.elements?.first
    #expect(value?["timestamp"]?.string == "2026-11-23T09:01:00.000Z")
    #expect(value?["sampledValue"]?.elements?.first?["context"]?.string == "Sample.Clock")
    let data = rig.calls("StopTransaction").first?.payload["transactionData"]?.elements ?? []
    #expect(
      data.compactMap { $0["timestamp"]?.string }
        == ["2026-11-23T09:01:00.000Z", "2026-11-23T09:02:00.000Z"])
  }

  @Test("readings outside sessions are not kept for later: nobody's bill rests on them")
  func idleOffline() throws {
    let rig = try Rig(settings: [.clockAlignedInterval: "60", .sampledInterval: "0"])
    try rig.connect()
    try rig.pass(seconds: 61)
    let before = rig.calls("MeterValues").count
    #expect(before == 2)
    try rig.disconnect()
    try rig.pass(seconds: 600)
    #expect(rig.upstream.transactions.count == 0)
    try rig.connect()
    #expect(rig.calls("MeterValues").count == before)
  }

  @Test("without wanted measurands a stop carries no data, and no readings are sent")
  func nothingWanted() throws {
    let rig = try Rig(settings: [.sampledInterval: "5", .sampledMeasurands: ""])
    try rig.connect()
    try charge(rig, seconds: 21)
    #expect(rig.calls("MeterValues").isEmpty)
    #expect(rig.calls("StopTransaction").first?.payload["transactionData"] == nil)
  }

  @Test("a receipt of a long session is thinned, and keeps its first and last")
  func thinned() throws {
    let rig = try Rig(
      settings: [
        .sampledInterval: "2", .sampledMeasurands: "",
        .sampledEndMeasurands: "Energy.Active.Import.Register",
      ])
    rig.policy.maximumChargingSeconds = 0
    try rig.connect()
    try charge(rig, seconds: 700)
    let data = try #require(
      rig.calls("StopTransaction").first?.payload["transactionData"]?.elements)
    #expect(data.count <= Limits.samplesPerSession + 2)
    #expect(data.count > Limits.samplesPerSession / 2)
    let times = data.compactMap { $0["timestamp"]?.string }
    #expect(times == times.sorted())
    #expect(times.first == "2026-11-23T09:00:01.000Z")
    #expect(times.last == "2026-11-23T09:11:41.000Z")
  }

  @Test("watt-hours are cut alike at both ends, so a bill is never above the truth plus one")
  func rounding() throws {
    let rig = try Rig(settings: [.sampledInterval: "0"])
    rig.counters[1] = 999
    try rig.connect()
    try rig.begin(1, "CARD")
    #expect(rig.calls("StartTransaction").first?.payload["meterStart"]?.integer == 0)
    try rig.pass(seconds: 10)
    let actual = try #require(rig.station.evse(1)?.meter.reading.registerMilliwattHours)
    try rig.swipe("CARD", at: [1])
    let stop = rig.calls("StopTransaction").first?.payload["meterStop"]?.integer
    #expect(stop == actual / 1_000)
  }
}
