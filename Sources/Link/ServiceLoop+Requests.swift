import CWebSockets
import Glibc

/// The HTTP server's callbacks: plain sockets that libwebsockets watches, reads and writes.
extension ServiceLoop {
  /// A client that sends this much while its request is being answered is not one of ours.
  private static let maximumPipelinedBytes = 64 << 10
  /// Seconds for the whole of a request, for taking an answer, and for idling between requests.
  static let clientTimeoutSeconds: Int32 = 30
  /// Seconds in which a client that has all it gets should hang up.
  private static let drainTimeoutSeconds: Int32 = 2

  func handleServer(_ call: Callback, _ client: HTTPClient) -> Int32 {
    switch call.reason {
    case LWS_CALLBACK_RAW_RX:
      return received(call.bytes, client)
    case LWS_CALLBACK_RAW_WRITEABLE:
      return write(client)
    case LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_WSI_DESTROY:
      forget(client)
    default:
      break
    }
    return 0
  }

  private func received(_ bytes: UnsafeRawBufferPointer, _ client: HTTPClient) -> Int32 {
    switch client.phase {
    case .draining:
      return 0
    case .receiving:
      if client.parser.bufferedBytes == 0 { setTimeout(client, Self.clientTimeoutSeconds) }
      client.parser.append(bytes)
      advance(client)
      return 0
    case .awaitingAnswer, .answering:
      client.parser.append(bytes)
      return client.parser.bufferedBytes > Self.maximumPipelinedBytes ? -1 : 0
    }
  }

  /// Takes the next request out of what came, if it is whole.
  private func advance(_ client: HTTPClient) {
    switch client.parser.next() {
    case .incomplete:
      break
    case .awaitsContinue:
      client.outgoing.append(PaddedBytes(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)))
      lws_callback_on_writable(client.socket)
    case .request(let request):
      deliver(request, client)
    case .refused(let status):
      client.closesAfterAnswer = true
      client.isHead = false
      answer(client, HTTPResponse(status: status), to: nil)
    }
  }

  private func deliver(_ request: HTTPRequestParser.Request, _ client: HTTPClient) {
    let id = RequestID(number: nextNumber())
    client.isHead = request.method == "HEAD"
    client.closesAfterAnswer = request.isLast
    client.phase = .awaitingAnswer(id)
    // The owner may take its time.
    setTimeout(client, 0)
    requestClients[id] = client.number
    events.append(
      .request(
        HTTPRequest(
          id: id, method: request.method, path: request.path, query: request.query,
          host: request.header("host"), origin: request.header("origin"),
          contentType: request.header("content-type"), body: request.body,
          isLocalSocket: client.isLocalSocket)))
  }

  /// One write per call: libwebsockets calls again when all of it is with the system.
  private func write(_ client: HTTPClient) -> Int32 {
    guard client.outgoing.isEmpty else {
      var next = client.outgoing.removeFirst()
      lws_callback_on_writable(client.socket)
      // LWS_WRITE_RAW is a macro for this name.
      return next.write(to: client.socket, as: LWS_WRITE_HTTP) ? 0 : -1
    }
    guard case .answering = client.phase else { return 0 }
    if client.closesAfterAnswer {
      // Closing with bytes unread would make the system tear down the answer (RFC 9112 §9.6).
      Glibc.shutdown(lws_get_socket_fd(client.socket), Int32(SHUT_WR))
      client.phase = .draining
      setTimeout(client, Self.drainTimeoutSeconds)
    } else {
      client.phase = .receiving
      setTimeout(client, Self.clientTimeoutSeconds)
      advance(client)
    }
    return 0
  }

  /// Lets libwebsockets hang up after these seconds; 0 takes the limit away.
  func setTimeout(_ client: HTTPClient, _ seconds: Int32) {
    let reason = seconds == 0 ? NO_PENDING_TIMEOUT : PENDING_TIMEOUT_USER_OK
    lws_set_timeout(client.socket, reason, seconds)
  }
}
