import Glibc

// What failed, in words that fit into the 50 characters of a status (OCPP 1.6 §6.45, `info`).

extension BusError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nack: "no answer"
    case .timeout: "not ready in time"
    case .shortTransfer(let count): "cut short after \(count) bytes"
    case .busy: "taken by somebody else"
    case .gone: "the adapter is gone"
    case .os(let code): String(cString: strerror(code))
    }
  }
}

extension HD44780Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .bus(let error): "\(error)"
    case .mismatch: "it stands where it should not"
    }
  }
}

extension WS281xError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .bus(let error): "\(error)"
    case .notLoaded(let words): words
    case .missingFunction(let name): "libws2811.so has no \(name)"
    case .refused(let code, let words): "\(words) (\(code))"
    }
  }
}

extension ReaderFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .bus(let error): "\(error)"
    case .noChip: "no chip answers"
    case .unexpectedChip(let version): "another chip, version \(version)"
    case .settingsLost: "it loses its settings"
    case .selfTestFailed: "its self-test fails"
    case .unresponsive: "it finishes no command"
    case .garbled: "what it says is damaged"
    }
  }
}

extension CardRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .severalCards: "several cards at once"
    case .randomUID: "a card with a random number"
    }
  }
}
