import Testing
@testable import ChargePiES
@Test("x") func x() throws {
  var r = Record(); r.stamp.boot = 3; r.stamp.monotonicNanoseconds = 77777777777
  r.body = .observation(.meterRead(MeterRead { $0.evse = 1; $0.counterMilliwattHours = 12345678; $0.currentMilliamperes = [16000]; $0.frequencyMillihertz = 0 }))
  let b = RecordEncoder.encode(r)
  let back = try RecordDecoder.decode(Record.self, from: b)
  #expect(back.body == r.body); #expect(back.stamp == r.stamp)
}
