import ChargePiES

extension OCPP16Dialect {
  public func read(
    _ bytes: [UInt8], from upstream: Upstream, in station: Station, names: any NameStore
  ) throws -> Observation {
    let reader = OCPP16Reader(
      frame: try Concealment.frame(bytes, names: names), upstream: upstream, station: station,
      names: names)
    switch Result(catching: { () throws(OCPPFrameFailure) in try OCPPFrame.parse(bytes) }) {
    case .failure(let failure):
      if case .error(let id, let code, let text, _)? = failure.answer(for: .v16) {
        return reader.refused(id, code, text)
      }
      return reader.ignored(failure.description)
    case .success(.call(let id, let action, let payload)):
      return try reader.call(id, action, payload)
    case .success(.result(let id, let payload)):
      return try reader.result(id, payload)
    case .success(.error(let id, let code, let text, _)):
      return reader.error(id, code, text)
    }
  }
}

/// Reads one frame against what is known of its connection.
struct OCPP16Reader {
  let frame: Frame
  let upstream: Upstream
  let station: Station
  let names: any NameStore

  /// A frame that is answered with a CALLERROR.
  func refused(_ id: String, _ code: String, _ reason: String) -> Observation {
    .frameRefused(
      FrameRefused {
        $0.upstream = upstream.id
        $0.connection = upstream.connection
        $0.frame = frame
        $0.messageId = id
        $0.code = code
        $0.reason = String(reason.prefix(255))
      })
  }

  /// A frame that gets no answer.
  func ignored(_ reason: String) -> Observation {
    refused("", "", reason)
  }

  func refused(_ id: String, _ code: OCPPErrorCode, _ reason: String) -> Observation {
    refused(id, code.spelling(for: .v16), reason)
  }

  func call(_ id: String, _ action: String, _ payload: JSON) throws -> Observation {
    guard !upstream.recentCalls.contains(id) else {
      return ignored("a call with this message id was received before on this connection")
    }
    guard let known = OCPP16Action(rawValue: action) else {
      return refused(id, .notImplemented, "the action is not known")
    }
    guard known.direction != .fromChargePoint else {
      return refused(id, .notSupported, "only a charge point calls this")
    }
    do {
      guard let command = try command(known, payload) else {
        return refused(id, .notSupported, "the feature profile of this action is not supported")
      }
      return .callReceived(
        CallReceived {
          $0.upstream = upstream.id
          $0.connection = upstream.connection
          $0.messageId = id
          $0.frame = frame
          $0.command = command
        })
    } catch let violation as ConstraintViolation {
      return refused(id, violation.code, violation.description)
    }
  }

  func error(_ id: String, _ code: String, _ text: String) -> Observation {
    guard let open = upstream.open, open.messageId == id else {
      return ignored("an error for nothing that waits")
    }
    return .answerReceived(
      answer(id, open.kind, open.source) {
        $0.errorCode = code.isEmpty ? "GenericError" : code
        $0.errorText = text
      })
  }

  func result(_ id: String, _ payload: JSON) throws -> Observation {
    guard let asked = addressee(id) else { return ignored("an answer to nothing") }
    do {
      return .answerReceived(try content(id, asked, payload))
    } catch let violation as ConstraintViolation {
      guard upstream.open?.messageId == id else { return ignored(violation.description) }
      return .answerReceived(
        answer(id, asked.kind, asked.source) {
          $0.errorCode = violation.code.spelling(for: .v16)
          $0.errorText = violation.description
        })
    }
  }

  /// The message that an answer's id belongs to: the open call, or the queue's first message under
  /// the id of any of its attempts.
  private func addressee(_ id: String) -> Asked? {
    if let open = upstream.open, open.messageId == id {
      return Asked(kind: open.kind, source: open.source, role: open.role)
    }
    if let current = upstream.transactions.current,
      isAttempt(id, of: current.messageId, upTo: current.attempt)
    {
      return Asked(kind: .transaction, source: current.source, role: current.role)
    }
    // What was put aside may still be answered: the central system has booked it after all.
    for message in upstream.parked.flatMap(\.messages) {
      guard let earlier = message.earlier,
        isAttempt(id, of: earlier.messageId, upTo: earlier.attempts)
      else { continue }
      return Asked(kind: .transaction, source: message.source, role: message.role)
    }
    return nil
  }

  /// Whether an id is that of one of a message's attempts so far.
  private func isAttempt(_ id: String, of first: String, upTo attempts: UInt32) -> Bool {
    if id == first { return true }
    guard id.hasPrefix(first + "."), let number = UInt32(id.dropFirst(first.count + 1)) else {
      return false
    }
    return number >= 2 && number <= attempts
  }

  /// What an answer answers.
  struct Asked {
    let kind: MessageClass
    let source: UInt64
    let role: MessageRole
  }

  func answer(
    _ id: String, _ kind: MessageClass, _ source: UInt64, _ fill: (inout AnswerReceived) -> Void
  ) -> AnswerReceived {
    AnswerReceived {
      $0.upstream = upstream.id
      $0.connection = upstream.connection
      $0.frame = frame
      $0.messageId = id
      $0.kind = kind
      $0.source = source
      fill(&$0)
    }
  }
}
