/// Writes listings as JSON: field names as they are, zeros left out, bytes as text where they are
/// text and as hexadecimal digits otherwise.
public struct RecordJSON: FieldVisitor {
  /// What has been written.
  public private(set) var output: [UInt8] = []
  private var needsComma = false
  private var isElement = false

  private init() {}

  /// One record as an object.
  public static func object<R: Listed>(_ record: R) -> [UInt8] {
    var writer = RecordJSON()
    writer.body(record)
    return writer.output
  }

  private mutating func body<R: Listed>(_ record: R) {
    var copy = record
    let outer = needsComma
    let wasElement = isElement
    (needsComma, isElement) = (false, false)
    output.append(UInt8(ascii: "{"))
    copy.list(&self)
    output.append(UInt8(ascii: "}"))
    (needsComma, isElement) = (outer, wasElement)
  }

  public mutating func unsigned(_ field: Field, _ value: inout UInt64) {
    guard value != 0 || isElement else { return }
    name(field)
    output.append(contentsOf: String(value).utf8)
  }

  public mutating func signed(_ field: Field, _ value: inout Int64) {
    guard value != 0 || isElement else { return }
    name(field)
    output.append(contentsOf: String(value).utf8)
  }

  public mutating func flag(_ field: Field, _ value: inout Bool) {
    guard value || isElement else { return }
    name(field)
    output.append(contentsOf: (value ? "true" : "false").utf8)
  }

  public mutating func text(_ field: Field, _ value: inout String) {
    guard !value.isEmpty || isElement else { return }
    name(field)
    quote(value)
  }

  public mutating func bytes(_ field: Field, _ value: inout [UInt8]) {
    guard !value.isEmpty || isElement else { return }
    name(field)
    if let text = String(validating: value, as: UTF8.self) {
      quote(text)
    } else {
      quote(value.map { hexadecimal(UInt64($0), digits: 2) }.joined())
    }
  }

  public mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    guard value.rawValue != 0 || isElement else { return }
    name(field)
    quote("\(value)")
  }

  public mutating func record<R: Listed>(_ field: Field, _ value: inout R) {
    // Left out when all its fields are: the same rule as in the encoding.
    guard isElement || !RecordEncoder.encode(value).isEmpty else { return }
    name(field)
    if let session = value as? SessionID {
      quote(session.description)
    } else {
      body(value)
    }
  }

  public mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {
    guard var present = value else { return }
    name(field)
    element(field, &present)
  }

  public mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    guard !value.isEmpty else { return }
    name(field)
    output.append(UInt8(ascii: "["))
    for (index, item) in value.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      var copy = item
      element(field, &copy)
    }
    output.append(UInt8(ascii: "]"))
  }

  public mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    guard let chosen = choice, let payload = take(chosen) else { return }
    name(field)
    body(payload)
  }

  private mutating func element<T: FieldValue>(_ field: Field, _ value: inout T) {
    let outer = isElement
    isElement = true
    value.accept(field, &self)
    isElement = outer
  }

  /// Writes a comma where one belongs and the name; elements have none.
  private mutating func name(_ field: Field) {
    guard !isElement else { return }
    if needsComma { output.append(UInt8(ascii: ",")) }
    needsComma = true
    quote(field.name.description)
    output.append(UInt8(ascii: ":"))
  }

  private mutating func quote(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0..<0x20:
        output.append(contentsOf: "\\u".utf8)
        output.append(contentsOf: hexadecimal(UInt64(byte), digits: 4).utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
