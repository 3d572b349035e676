/// What can write itself as one JSON value.
public protocol JSONWritable {
  func write(to writer: inout JSONWriter)
}

extension JSONWritable {
  /// This value's JSON text.
  public var jsonBytes: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension JSONWriter {
  /// A member of the open object.
  public mutating func member(_ name: String, _ value: some JSONWritable) {
    self.name(name)
    value.write(to: &self)
  }

  /// A member of the open object, left out when there is no value.
  public mutating func member<Value: JSONWritable>(_ name: String, _ value: Value?) {
    if let value { member(name, value) }
  }

  /// Members that were kept as they came.
  public mutating func members(_ members: [JSON.Member]) {
    for member in members { self.member(member.name, member.value) }
  }
}

extension Int: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(Int64(self)) }
}

extension Int64: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Bool: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.boolean(self) }
}

extension String: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Array: JSONWritable where Element: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for element in self { element.write(to: &writer) }
    writer.endArray()
  }
}

extension JSON: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.boolean(value)
    case .integer(let value): writer.integer(value)
    case .number(let value): writer.double(value)
    case .string(let text): writer.string(text)
    case .array(let elements): elements.write(to: &writer)
    case .object(let members):
      writer.beginObject()
      writer.members(members)
      writer.endObject()
    }
  }
}
