import CJansson

extension JSON {
  /// The deepest nesting that `parse` accepts, whatever it is asked for.
  ///
  /// The tree is walked by recursion (here, and by jansson when it frees it), so this bounds the
  /// stack; jansson's own limit, fixed when Debian builds it, is 2048.
  public static let deepestNesting = 512

  /// Parses one JSON text, all of it.
  ///
  /// - Parameters:
  ///   - maximumDepth: how deep arrays and objects may nest; checked before anything is allocated,
  ///     so that a hostile text costs one scan. A number alone has depth 0.
  ///   - allowDuplicates: whether of several members of one name the last counts, instead of an
  ///     error.
  /// - Throws: `JSONError`, with the place. U+0000 in strings is kept, in names it is an error;
  ///   integers beyond `Int64` and numbers beyond `Double` are errors.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64, allowDuplicates: Bool = false
  ) throws(JSONError) -> JSON {
    let depthLimit = min(maximumDepth, deepestNesting)
    if let offset = firstOffset(in: bytes, deeperThan: depthLimit) {
      throw JSONError(kind: .tooDeep, offset: offset, in: bytes)
    }
    // An empty buffer may have no address, which jansson does not take.
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      throw JSONError(kind: .truncated, line: 1, column: 0, offset: 0)
    }
    var flags = JSON_DECODE_ANY | JSON_ALLOW_NUL
    if !allowDuplicates { flags |= JSON_REJECT_DUPLICATES }
    var error = json_error_t()
    // The buffer outlives the call and jansson only reads it.
    guard
      let root = json_loadb(
        start.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error)
    else { throw JSONError(error) }
    defer { json_decref(root) }
    return JSON(converting: root)
  }

  /// Parses one JSON text, all of it.
  public static func parse(
    _ bytes: [UInt8], maximumDepth: Int = 64, allowDuplicates: Bool = false
  ) throws(JSONError) -> JSON {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in
        try parse(buffer, maximumDepth: maximumDepth, allowDuplicates: allowDuplicates)
      }
    }
    return try result.get()
  }

  /// The offset of the first bracket that opens a level beyond the limit.
  ///
  /// Lexical, so it also stops texts that are no JSON; brackets inside strings do not count.
  private static func firstOffset(
    in bytes: UnsafeRawBufferPointer, deeperThan limit: Int
  ) -> Int? {
    var depth = 0
    var inString = false
    var offset = 0
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\\") where inString: offset += 1
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if inString { break }
        depth += 1
        if depth > limit { return offset }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): if !inString { depth -= 1 }
      default: break
      }
      offset += 1
    }
    return nil
  }
}

extension JSON {
  /// Copies jansson's tree; its depth was bounded before it was built.
  ///
  /// The pointers that jansson lends stay valid until the tree is released by the caller.
  private init(converting node: UnsafeMutablePointer<json_t>) {
    switch node.pointee.type {
    case JSON_OBJECT: self = .object(Self.members(of: node))
    case JSON_ARRAY:
      self = .array(
        (0..<json_array_size(node)).compactMap { index in
          json_array_get(node, index).map(JSON.init(converting:))
        })
    case JSON_STRING: self = .string(Self.text(json_string_value(node), json_string_length(node)))
    case JSON_INTEGER: self = .integer(Int64(json_integer_value(node)))
    case JSON_REAL: self = .number(json_real_value(node))
    case JSON_TRUE: self = .bool(true)
    case JSON_FALSE: self = .bool(false)
    default: self = .null  // JSON_NULL: the C enumeration has no further value.
    }
  }

  /// jansson iterates in the order of insertion, which is the order of the text.
  private static func members(of node: UnsafeMutablePointer<json_t>) -> [Member] {
    var members: [Member] = []
    members.reserveCapacity(json_object_size(node))
    var iterator = json_object_iter(node)
    while let position = iterator {
      if let value = json_object_iter_value(position) {
        let name = text(json_object_iter_key(position), json_object_iter_key_len(position))
        members.append(Member(name, JSON(converting: value)))
      }
      iterator = json_object_iter_next(node, position)
    }
    return members
  }

  /// jansson has verified that its strings are UTF-8; they may contain U+0000.
  private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    guard let start else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}

extension JSONError {
  /// Reads jansson's report, whose code is hidden in the last byte of its text.
  fileprivate init(_ report: json_error_t) {
    let code = withUnsafeBytes(of: report.text) { UInt32($0[Int(JSON_ERROR_TEXT_LENGTH) - 1]) }
    let kind: Kind =
      switch code {
      case json_error_premature_end_of_input.rawValue: .truncated
      case json_error_duplicate_key.rawValue: .duplicateKey
      case json_error_numeric_overflow.rawValue: .numberTooLarge
      case json_error_null_byte_in_key.rawValue: .nulInKey
      case json_error_stack_overflow.rawValue: .tooDeep
      case json_error_out_of_memory.rawValue: .outOfMemory
      default: .syntax
      }
    self.init(
      kind: kind, line: Int(report.line), column: Int(report.column), offset: Int(report.position))
  }

  /// Counts lines and characters up to an offset.
  fileprivate init(kind: Kind, offset: Int, in bytes: UnsafeRawBufferPointer) {
    var line = 1
    var column = 1
    for byte in bytes[..<offset] {
      if byte == UInt8(ascii: "\n") {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1  // Continuation bytes of UTF-8 belong to the character before them.
      }
    }
    self.init(kind: kind, line: line, column: column, offset: offset)
  }
}
