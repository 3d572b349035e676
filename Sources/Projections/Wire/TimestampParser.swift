/// Reads one date and time from left to right.
struct TimestampParser {
  /// Borrowed for the length of one `withUTF8` call; the parser does not outlive it.
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func nanoseconds() -> Int64? {
    guard let day = date(), takeDateTimeSeparator(), let secondOfDay = time(),
      let fraction = fractionNanoseconds(), let offsetSeconds = zoneSeconds(),
      position == bytes.count
    else { return nil }
    let seconds = day * Timestamp.secondsPerDay + secondOfDay - offsetSeconds
    return Self.combine(seconds: seconds, fraction: fraction)
  }

  /// Seconds before 1970 with a fraction are put together from above: nothing overflows early.
  private static func combine(seconds: Int64, fraction: Int64) -> Int64? {
    let borrows = seconds < 0 && fraction > 0
    let whole = (borrows ? seconds + 1 : seconds)
      .multipliedReportingOverflow(by: Timestamp.nanosecondsPerSecond)
    let part = borrows ? fraction - Timestamp.nanosecondsPerSecond : fraction
    let sum = whole.partialValue.addingReportingOverflow(part)
    // A year 9999 says "never"; it is the last moment that can be counted.
    guard whole.overflow || sum.overflow else { return sum.partialValue }
    return seconds < 0 ? Int64.min : Int64.max
  }

  private mutating func date() -> Int64? {
    guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"),
      let day = number(digits: 2), (1...12).contains(month),
      (1...Timestamp.length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    return Timestamp.days(fromYear: year, month: month, day: day)
  }

  private mutating func takeDateTimeSeparator() -> Bool {
    take("T") || take("t") || take(" ")
  }

  private mutating func time() -> Int64? {
    guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2), take(":"),
      let second = number(digits: 2), hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// 0 where there is no fraction; a point without digits is an error.
  private mutating func fractionNanoseconds() -> Int64? {
    guard take(".") else { return 0 }
    var nanoseconds: Int64 = 0
    var weight = Timestamp.nanosecondsPerSecond
    let start = position
    while let digit = digit() {
      weight /= 10
      nanoseconds += digit * weight
    }
    return position > start ? nanoseconds : nil
  }

  /// East of Greenwich is positive.
  private mutating func zoneSeconds() -> Int64? {
    if position == bytes.count || take("Z") || take("z") { return 0 }
    let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hour = number(digits: 2) else { return nil }
    _ = take(":")
    guard let minute = number(digits: 2), hour < 24, minute < 60 else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  private mutating func number(digits count: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private mutating func digit() -> Int64? {
    guard position < bytes.count else { return nil }
    let digit = bytes[position] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    position += 1
    return Int64(digit)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
