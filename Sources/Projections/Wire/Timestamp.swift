/// Dates and times as OCPP writes them, and nanoseconds since 1970-01-01T00:00:00Z.
///
/// OCPP 1.6 (Time notations) leaves much open, and peers use it: what is read is wide, what is
/// written is one form. The range of `Int64` is 1677-09-21 to 2262-04-11.
public enum Timestamp {
  /// How much of a second is written.
  public enum Precision: Hashable, Sendable {
    case seconds
    case milliseconds
  }

  static let nanosecondsPerSecond: Int64 = 1_000_000_000
  static let secondsPerDay: Int64 = 86_400

  /// Nanoseconds since 1970 of a time such as `2026-11-23T09:30:00.25+01:00`.
  ///
  /// The date and time must be whole (RFC 3339 §5.6, 24-hour clock to 23:59, months and leap years
  /// checked). `T` may be `t` or a space. `:60` is the second after `:59`. A fraction may have any
  /// number of digits, those after the ninth are ignored. The zone may be `Z`, `z`, `±hh:mm`,
  /// `±hhmm`, or missing, which means UTC. Anything else, and a time out of range, is `nil`.
  public static func nanoseconds(parsing text: String) -> Int64? {
    var text = text
    return text.withUTF8 { bytes in
      var parser = TimestampParser(bytes: bytes)
      return parser.nanoseconds()
    }
  }

  /// Writes a time in UTC: `2026-11-23T00:00:00.000Z`, or `2026-11-23T00:00:00Z`.
  ///
  /// What is finer than the precision is cut off, towards the past.
  public static func text(
    nanoseconds: Int64, precision: Precision = .milliseconds
  ) -> String {
    let (second, fraction) = floorDivide(nanoseconds, by: nanosecondsPerSecond)
    let (day, secondOfDay) = floorDivide(second, by: secondsPerDay)
    let date = civil(fromDays: day)
    // The range of Int64 keeps the year within four digits.
    var digits: [UInt8] = []
    digits.reserveCapacity(24)
    append(date.year, width: 4, then: "-", to: &digits)
    append(date.month, width: 2, then: "-", to: &digits)
    append(date.day, width: 2, then: "T", to: &digits)
    append(secondOfDay / 3600, width: 2, then: ":", to: &digits)
    append(secondOfDay / 60 % 60, width: 2, then: ":", to: &digits)
    switch precision {
    case .seconds: append(secondOfDay % 60, width: 2, then: "Z", to: &digits)
    case .milliseconds:
      append(secondOfDay % 60, width: 2, then: ".", to: &digits)
      append(fraction / 1_000_000, width: 3, then: "Z", to: &digits)
    }
    return String(decoding: digits, as: UTF8.self)
  }

  private static func append(
    _ value: Int64, width: Int, then separator: Unicode.Scalar, to digits: inout [UInt8]
  ) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      digits.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
    digits.append(UInt8(ascii: separator))
  }

  private static func floorDivide(
    _ value: Int64, by divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Timestamp {
  /// Days from 1970-01-01 to a date of the Gregorian calendar.
  ///
  /// Years are counted from March, so that the leap day is the last of its year and the months'
  /// lengths follow one formula; 400 years have 146,097 days.
  static func days(fromYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let (era, yearOfEra) = floorDivide(marchYear, by: 400)
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date that lies so many days after 1970-01-01.
  static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = (monthFromMarch + 2) % 12 + 1
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  /// How many days a month has.
  static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
