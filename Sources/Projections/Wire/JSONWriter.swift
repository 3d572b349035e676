/// Appends JSON to an array of bytes: no tree, and the same bytes for the same calls.
///
/// Commas are written where they belong; that names and values alternate and brackets match is the
/// caller's duty. Strings are escaped as little as RFC 8259 §7 allows.
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8]
  /// Whether the next name or element follows another one.
  private var needsComma = false

  /// - Parameter capacityBytes: a guess of the final length, which saves copies.
  public init(capacityBytes: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacityBytes)
  }

  /// `{`: names and values follow.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// `}`
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// `[`: values follow.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// `]`
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member whose value is written next.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// `null`
  public mutating func null() { literal("null") }

  /// `true` or `false`.
  public mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

  /// A whole number.
  public mutating func integer(_ value: Int64) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(of: value.magnitude, atLeast: 1)
  }

  /// A decimal number: 12345 with scale 3 is `12.345`, and -5 is `-0.005`. Zeros at the end stay.
  public mutating func decimal(_ units: Int64, scale: Int) {
    separate()
    appendDecimal(units, scale: scale)
  }

  /// A decimal number as a string, as `SampledValue.value` of OCPP 1.6 wants it.
  public mutating func decimalString(_ units: Int64, scale: Int) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    appendDecimal(units, scale: scale)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string in quotes, escaped.
  public mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { appendEscaped($0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A number that is no quantity, such as one echoed from another's message.
  ///
  /// Shortest digits that read back as the same number; what is not finite is written as `null`.
  public mutating func double(_ value: Double) {
    if value.isFinite { literal(value.description) } else { null() }
  }

  /// A value that is JSON already.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    bytes.append(contentsOf: json)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}

extension JSONWriter {
  private mutating func appendDecimal(_ units: Int64, scale: Int) {
    precondition((0...JSONDecimal.maximumScale).contains(scale), "decimal places outside 0...9")
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    let factor = UInt64(JSONDecimal.power(scale))
    let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: factor)
    appendDigits(of: whole, atLeast: 1)
    guard scale > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendDigits(of: fraction, atLeast: scale)
  }

  private mutating func appendDigits(of value: UInt64, atLeast count: Int) {
    var divisor: UInt64 = 1
    var digits = 1
    while digits < count || value / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    var plainStart = 0
    for index in text.indices where Self.needsEscape(text[index]) {
      bytes.append(contentsOf: text[plainStart..<index])
      appendEscape(of: text[index])
      plainStart = index + 1
    }
    bytes.append(contentsOf: text[plainStart...])
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendEscape(of byte: UInt8) {
    let short: UInt8
    switch byte {
    case 0x08: short = UInt8(ascii: "b")
    case 0x09: short = UInt8(ascii: "t")
    case 0x0A: short = UInt8(ascii: "n")
    case 0x0C: short = UInt8(ascii: "f")
    case 0x0D: short = UInt8(ascii: "r")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = byte
    default:
      let hexadecimal = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(hexadecimal[Int(byte >> 4)])
      bytes.append(hexadecimal[Int(byte & 0x0F)])
      return
    }
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(short)
  }
}
