extension OCPPFrame {
  /// The message's bytes, without white space; the same frame always gives the same.
  ///
  /// An error's description is cut to the 255 characters that the specification allows.
  public func render() -> [UInt8] {
    switch self {
    case .call(let id, let action, let payload):
      return Self.renderCall(id: id, action: action, payload: payload)
    case .result(let id, let payload):
      return Self.renderResult(id: id, payload: payload)
    case .error(let id, let code, let description, let details):
      return Self.render(type: 4, id: id) { writer in
        writer.string(code)
        writer.string(Self.cut(description))
        details.write(to: &writer)
      }
    }
  }

  /// A CALL whose payload writes itself, without a tree in between.
  public static func renderCall(id: String, action: String, payload: some JSONWritable) -> [UInt8] {
    render(type: 2, id: id) { writer in
      writer.string(action)
      payload.write(to: &writer)
    }
  }

  /// A CALL of a request, under its own action.
  public static func renderCall<Request: OCPPRequest>(id: String, _ request: Request) -> [UInt8] {
    renderCall(id: id, action: Request.actionName, payload: request)
  }

  /// A CALLRESULT whose payload writes itself.
  public static func renderResult(id: String, payload: some JSONWritable) -> [UInt8] {
    render(type: 3, id: id) { writer in payload.write(to: &writer) }
  }

  /// A CALLERROR in a version's spelling.
  public static func renderError(
    id: String, _ code: OCPPErrorCode, _ description: String, version: OCPPVersion
  ) -> [UInt8] {
    let spelling = code.spelling(for: version)
    return OCPPFrame.error(
      id: id, code: spelling, description: description, details: .object([])
    ).render()
  }

  private static func render(
    type: Int64, id: String, _ rest: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    writer.integer(type)
    writer.string(id)
    rest(&writer)
    writer.endArray()
    return writer.bytes
  }

  private static func cut(_ description: String) -> String {
    guard description.utf8.count > maximumDescriptionLength else { return description }
    return String(description.unicodeScalars.prefix(maximumDescriptionLength))
  }
}
