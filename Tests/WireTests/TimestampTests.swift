import Testing

@testable import Projections

@Suite("times are read widely and written in one form")
struct TimestampTests {
  private let second: Int64 = 1_000_000_000

  @Test("every day from 1970 to 2200 is counted as a calendar counts it")
  func everyDay() {
    let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var count: Int64 = 0
    for year in (1970...2200) as ClosedRange<Int64> {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      for month in (1...12) as ClosedRange<Int64> {
        let length = month == 2 && isLeap ? 29 : lengths[Int(month) - 1]
        #expect(Timestamp.length(ofMonth: month, year: year) == length)
        for day in 1...length {
          let back = Timestamp.civil(fromDays: count)
          if Timestamp.days(fromYear: year, month: month, day: day) != count
            || back != (year, month, day)
          {
            Issue.record("\(year)-\(month)-\(day) is not day \(count)")
          }
          count += 1
        }
      }
    }
    #expect(count == 84_371)
  }

  @Test("any instant that is written reads back, cut to its precision")
  func roundTrip() {
    var random = SeededRandom(seed: 0x7135)
    for _ in 0..<20_000 {
      let instant = Int64(bitPattern: random.next())
      let text = Timestamp.text(nanoseconds: instant)
      #expect(text.utf8.count == 24)
      guard let back = Timestamp.nanoseconds(parsing: text) else {
        // Only the millisecond that begins before the range does is lost.
        #expect(instant < Int64.min + 1_000_000)
        continue
      }
      #expect((0..<1_000_000).contains(instant - back))
      let seconds = Timestamp.text(nanoseconds: back, precision: .seconds)
      #expect(
        Timestamp.nanoseconds(parsing: seconds).map { (0..<second).contains(back - $0) } ?? true)
    }
  }

  @Test(
    "the forms that peers use are read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-11-23T00:00:00.000Z", 1_795_392_000_000_000_000),
      ("2026-11-23t00:00:00z", 1_795_392_000_000_000_000),
      ("2026-11-23 00:00:00", 1_795_392_000_000_000_000),
      ("2026-11-23T01:00:00+01:00", 1_795_392_000_000_000_000),
      ("2026-11-22T18:30:00-05:30", 1_795_392_000_000_000_000),
      ("2026-11-23T01:00:00+0100", 1_795_392_000_000_000_000),
      ("2026-11-23T00:00:00.5Z", 1_795_392_000_500_000_000),
      ("2026-11-23T00:00:00.123456789Z", 1_795_392_000_123_456_789),
      ("2026-11-23T00:00:00.123456789987654321Z", 1_795_392_000_123_456_789),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
      ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
      ("1969-12-31T23:59:59.75Z", -250_000_000),
      ("2262-04-11T23:47:16.854775807Z", Int64.max),
      ("1677-09-21T00:12:43.145224192Z", Int64.min),
    ] as [(String, Int64)])
  func forms(text: String, nanoseconds: Int64) {
    #expect(Timestamp.nanoseconds(parsing: text) == nanoseconds)
  }

  @Test(
    "what is no time, or out of range, is refused",
    arguments: [
      "", "2026", "2026-11-23", "2026-11-23T00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
      "2026-11-00T00:00:00Z",
      "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z", "2026-11-23T23:59:61Z",
      "2026-11-23T00:00:00.Z",
      "2026-11-23T00:00:00,5Z", "2026-11-23T00:00:00+24:00", "2026-11-23T00:00:00+01:60",
      "2026-11-23T00:00:00+01", "2026-11-23T00:00:00Z ", " 2026-11-23T00:00:00Z",
      "+2026-11-23T00:00:00Z",
      "2026-11-23T00:00:00UTC", "2026-1-23T00:00:00Z", "２026-11-23T00:00:00Z",
      "2026-11-23T00:00:00ZZ",
    ])
  func refused(text: String) {
    #expect(Timestamp.nanoseconds(parsing: text) == nil)
  }

  @Test("a time beyond what can be counted is the last or the first that can: 9999 says never")
  func clamped() {
    #expect(Timestamp.nanoseconds(parsing: "9999-12-31T23:59:59Z") == .max)
    #expect(Timestamp.nanoseconds(parsing: "2262-04-11T23:47:16.854775808Z") == .max)
    #expect(Timestamp.nanoseconds(parsing: "0000-01-01T00:00:00Z") == .min)
    #expect(Timestamp.nanoseconds(parsing: "1677-09-21T00:12:43.145224191Z") == .min)
  }

  @Test("what is finer than the precision is cut off towards the past")
  func writing() {
    #expect(Timestamp.text(nanoseconds: 1_795_392_000_000_000_000) == "2026-11-23T00:00:00.000Z")
    #expect(Timestamp.text(nanoseconds: 1_795_392_000_999_999_999) == "2026-11-23T00:00:00.999Z")
    #expect(
      Timestamp.text(nanoseconds: 1_795_392_000_999_999_999, precision: .seconds)
        == "2026-11-23T00:00:00Z")
    #expect(Timestamp.text(nanoseconds: -1) == "1969-12-31T23:59:59.999Z")
    #expect(Timestamp.text(nanoseconds: .min) == "1677-09-21T00:12:43.145Z")
  }
}
