import CWebSockets
import Glibc

/// libwebsockets' one door to us: finds the loop and the object that the event is for.
///
/// Nonzero makes the library close the connection.
func dispatchCallback(
  socket: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
  input: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
  guard let socket, let context = lws_get_context(socket), let pointer = lws_context_user(context)
  else { return 0 }
  // The context lives no longer than the resources that own this target.
  let target = Unmanaged<CallbackTarget>.fromOpaque(pointer).takeUnretainedValue()
  guard let loop = target.loop else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : count)
  let call = Callback(socket: socket, reason: reason, user: user, bytes: bytes, count: count)
  return loop.handle(call)
}

/// One call from libwebsockets. The pointers are valid while it lasts.
struct Callback {
  let socket: OpaquePointer
  let reason: lws_callback_reasons
  let user: UnsafeMutableRawPointer?
  /// The event's data, where it has any.
  let bytes: UnsafeRawBufferPointer
  /// The raw length argument, which some events use for other things.
  let count: Int

  /// The number that we gave to the object; 0 for events of the library itself.
  var number: Int { Int(bitPattern: lws_get_opaque_user_data(socket)) }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension ServiceLoop {
  func handle(_ call: Callback) -> Int32 {
    switch call.reason {
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION,
      LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER, LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH,
      LWS_CALLBACK_CLIENT_ESTABLISHED, LWS_CALLBACK_CLIENT_CONNECTION_ERROR,
      LWS_CALLBACK_CLIENT_RECEIVE, LWS_CALLBACK_CLIENT_RECEIVE_PONG,
      LWS_CALLBACK_CLIENT_WRITEABLE, LWS_CALLBACK_WS_PEER_INITIATED_CLOSE,
      LWS_CALLBACK_CLIENT_CLOSED:
      // An attempt that was abandoned is closed at the first chance.
      guard let connection = attempts[call.number] else { return -1 }
      return handleClient(call, connection)
    case LWS_CALLBACK_RAW_RX_FILE:
      listeners[call.number].map(acceptClients)
      return 0
    case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_RAW_CLOSE,
      LWS_CALLBACK_WSI_DESTROY:
      return httpClients[call.number].map { handleServer(call, $0) } ?? 0
    default:
      return 0
    }
  }

  private func handleClient(_ call: Callback, _ connection: Connection) -> Int32 {
    switch call.reason {
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
      return checkCertificate(call, connection)
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
      return appendAuthorization(call, connection)
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
      return checkSubprotocol(call, connection)
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      opened(call, connection)
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      attemptFailed(call, connection)
    case LWS_CALLBACK_CLIENT_RECEIVE:
      received(call, connection)
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
      connection.heartbeat.heard()
      events.append(.pong(connection.id))
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return write(connection, to: call.socket)
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      connection.peerClose = closeRequest(from: call.bytes)
    case LWS_CALLBACK_CLIENT_CLOSED:
      closed(connection)
    default:
      break
    }
    return 0
  }

  private func received(_ call: Callback, _ connection: Connection) {
    connection.heartbeat.heard()
    let maximum = connection.endpoint.maximumMessageBytes
    if lws_is_first_fragment(call.socket) != 0 {
      connection.incoming.start(isBinary: lws_frame_is_binary(call.socket) != 0)
    }
    connection.incoming.append(call.bytes, maximumBytes: maximum)
    guard lws_is_final_fragment(call.socket) != 0 else { return }
    switch connection.incoming.finish(maximumBytes: maximum) {
    case .text(let bytes): events.append(.text(connection.id, bytes))
    case .binary(let byteCount): events.append(.binary(connection.id, byteCount: byteCount))
    case .oversized(let byteCount): events.append(.oversized(connection.id, byteCount: byteCount))
    }
  }

  /// One write per call: libwebsockets calls again when the socket has taken it.
  private func write(_ connection: Connection, to socket: OpaquePointer) -> Int32 {
    if connection.heartbeat.isPingDue {
      connection.heartbeat.isPingDue = false
      var ping = PaddedBytes([])
      lws_callback_on_writable(socket)
      return ping.write(to: socket, as: LWS_WRITE_PING) ? 0 : -1
    }
    if var message = connection.outgoing.takeFirst() {
      lws_callback_on_writable(socket)
      return message.write(to: socket, as: LWS_WRITE_TEXT) ? 0 : -1
    }
    if connection.outgoing.isReportDue {
      connection.outgoing.reported()
      events.append(.written(connection.id))
    }
    guard let request = connection.closeRequest, !connection.isCloseFrameHandedOver else {
      return 0
    }
    connection.isCloseFrameHandedOver = true
    var text = request.reason
    while text.utf8.count > 123 { text.removeLast() }
    var reason = Array(text.utf8)
    let status = lws_close_status(rawValue: UInt32(request.code ?? 1000))
    lws_close_reason(socket, status, &reason, reason.count)
    // Nonzero: the library sends the close frame and waits for its answer.
    return -1
  }

  private func closeRequest(from payload: UnsafeRawBufferPointer) -> Connection.CloseRequest {
    guard payload.count >= 2 else { return Connection.CloseRequest(code: nil, reason: "") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    return Connection.CloseRequest(
      code: code, reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
  }

  private func closed(_ connection: Connection) {
    connection.socket = nil
    let ours = connection.isCloseFrameHandedOver ? connection.closeRequest : nil
    let end = connection.peerClose ?? ours
    let reason = end?.reason ?? "connection lost"
    finish(connection, with: .closed(connection.id, code: end?.code, reason: reason))
  }
}
