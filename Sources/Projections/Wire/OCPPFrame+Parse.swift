extension OCPPFrame {
  /// Reads a message as it came from the socket.
  ///
  /// The payload's own constraints are the concern of the message types. An error may lack its
  /// description and details, which some peers leave out; calls and results are read strictly.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(OCPPFrameFailure) -> OCPPFrame {
    let json: JSON
    do throws(JSONError) {
      json = try JSON.parse(bytes, maximumDepth: maximumDepth)
    } catch {
      throw failure(of: bytes, error)
    }
    guard case .array(let elements) = json else { throw .notArray }
    let id = elements.count > 1 ? readableID(elements[1]) : nil
    switch elements.first?.integer {
    case 2: return try call(elements, id)
    case 3: return try result(elements, id)
    case 4: return try error(elements, id)
    default: throw .unknownMessageType(id: id)
    }
  }

  /// Reads a message as it came from the socket.
  public static func parse(_ bytes: [UInt8]) throws(OCPPFrameFailure) -> OCPPFrame {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(OCPPFrameFailure) in try parse(buffer) }
    }
    return try result.get()
  }

  private static func call(
    _ elements: [JSON], _ id: String?
  ) throws(OCPPFrameFailure) -> OCPPFrame {
    guard let id else { throw .malformedCall(id: nil, reason: "the message id is not a string") }
    guard id.unicodeScalars.count <= maximumIDLength else {
      throw .malformedCall(
        id: id, reason: "the message id is longer than \(maximumIDLength) characters")
    }
    guard elements.count == 4 else {
      throw .malformedCall(id: id, reason: "a CALL has 4 elements, not \(elements.count)")
    }
    guard let action = elements[2].string else {
      throw .malformedCall(id: id, reason: "the action is not a string")
    }
    return .call(id: id, action: action, payload: elements[3])
  }

  private static func result(
    _ elements: [JSON], _ id: String?
  ) throws(OCPPFrameFailure) -> OCPPFrame {
    guard let id else { throw .malformedAnswer(id: nil, reason: "the message id is not a string") }
    guard elements.count == 3 else {
      throw .malformedAnswer(id: id, reason: "a CALLRESULT has 3 elements, not \(elements.count)")
    }
    return .result(id: id, payload: elements[2])
  }

  private static func error(
    _ elements: [JSON], _ id: String?
  ) throws(OCPPFrameFailure) -> OCPPFrame {
    guard let id else { throw .malformedAnswer(id: nil, reason: "the message id is not a string") }
    guard (3...5).contains(elements.count), let code = elements[2].string else {
      throw .malformedAnswer(id: id, reason: "a CALLERROR has 5 elements, the third a string")
    }
    let description = elements.count > 3 ? elements[3].string : nil
    let details = elements.count > 4 ? elements[4] : .object([])
    return .error(id: id, code: code, description: description ?? "", details: details)
  }

  /// A string that is short enough to be repeated.
  private static func readableID(_ json: JSON) -> String? {
    guard case .string(let id) = json, id.unicodeScalars.count <= maximumEchoedIDLength else {
      return nil
    }
    return id
  }
}

extension OCPPFrame {
  /// Tells a call that is JSON beyond our limits, and has an id to answer to, from what is no JSON.
  private static func failure(
    of bytes: UnsafeRawBufferPointer, _ error: JSONError
  ) -> OCPPFrameFailure {
    guard error.isJSONBeyondLimits, let id = callID(of: bytes) else { return .notJSON(error) }
    return .malformedCall(id: id, reason: error.description)
  }

  /// The message id of a text that begins like a CALL, read without parsing the rest.
  private static func callID(of bytes: UnsafeRawBufferPointer) -> String? {
    var rest = bytes[...]
    for expected in [UInt8(ascii: "["), UInt8(ascii: "2"), UInt8(ascii: ",")] {
      rest = rest.drop(while: isWhitespace)
      guard rest.popFirst() == expected else { return nil }
    }
    rest = rest.drop(while: isWhitespace)
    guard rest.first == UInt8(ascii: "\""), let end = endOfString(in: rest) else { return nil }
    do throws(JSONError) {
      return readableID(try JSON.parse(UnsafeRawBufferPointer(rebasing: rest[..<end])))
    } catch {
      return nil  // The id itself is what is wrong, so it cannot be read.
    }
  }

  /// The index behind the closing quote of the string that the slice begins with.
  private static func endOfString(in slice: Slice<UnsafeRawBufferPointer>) -> Int? {
    var index = slice.startIndex + 1
    while index < slice.endIndex {
      switch slice[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "\""): return index + 1
      default: index += 1
      }
    }
    return nil
  }

  private static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
