/// One connection of an HTTP client, which may make several requests one after the other.
final class HTTPClient {
  enum Phase {
    /// A request is awaited, or on its way.
    case receiving
    /// The request is with the owner.
    case awaitingAnswer(RequestID)
    /// The answer is on its way.
    case answering(RequestID?)
    /// All is said; what still comes is thrown away until the client hangs up.
    case draining
  }

  let number: Int
  let isLocalSocket: Bool
  let socket: OpaquePointer
  var phase = Phase.receiving
  var parser: HTTPRequestParser
  var outgoing: [PaddedBytes] = []
  var isHead = false
  var closesAfterAnswer = false

  init(number: Int, socket: OpaquePointer, isLocalSocket: Bool, maximumBodyBytes: Int) {
    self.number = number
    self.socket = socket
    self.isLocalSocket = isLocalSocket
    parser = HTTPRequestParser(maximumBodyBytes: maximumBodyBytes)
  }

  var isAnswerUnderWay: Bool {
    switch phase {
    case .answering: return true
    case .receiving, .awaitingAnswer, .draining: return false
    }
  }

  /// The request whose client would miss the answer if it went away now.
  var openRequest: RequestID? {
    switch phase {
    case .awaitingAnswer(let id): return id
    case .answering(let id): return id
    case .receiving, .draining: return nil
    }
  }
}
