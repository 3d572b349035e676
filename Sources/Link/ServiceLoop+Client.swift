import CWebSockets
import Glibc

extension ServiceLoop {
  /// Begins to reach a server; the outcome comes as `opened` or `failed`. Never blocks.
  public func connect(_ endpoint: Endpoint) -> ConnectionID {
    let id = ConnectionID(number: nextNumber())
    guard context != nil else { return id }
    let connection = Connection(id: id, endpoint: endpoint, nowNs: monotonicNowNs())
    connections[id] = connection
    if let fault = endpoint.fault {
      finish(connection, with: .failed(id, .other(fault)))
    } else if let address = Resolver.numericAddress(endpoint.host) {
      connection.phase = .connecting
      connection.addresses = [address]
      tryNextAddress(connection, after: .other("no address"))
    } else if !resolver.ask(host: endpoint.host, ticket: id.number) {
      finish(connection, with: .failed(id, .nameNotResolved("too many names are being resolved")))
    }
    return id
  }

  /// Queues one text message, which leaves as one frame. Without effect unless the connection is
  /// open.
  public func send(_ connection: ConnectionID, text: [UInt8]) {
    guard let connection = connections[connection], case .open = connection.phase else { return }
    connection.outgoing.append(text)
    requestWrite(connection)
  }

  /// Sends what is queued and a close frame, and awaits its answer for
  /// `ServiceOptions.closeTimeoutMs`.
  ///
  /// Ends in `closed`, or in `failed` if the connection never opened. `code` as in RFC 6455 §7.4;
  /// those that only a lost connection has (1005, 1006, 1015) cannot be sent. `reason` is cut to
  /// the 123 bytes that a close frame can hold.
  public func close(_ connection: ConnectionID, code: UInt16, reason: String) {
    guard let connection = connections[connection] else { return }
    switch connection.phase {
    case .resolving, .connecting:
      finish(connection, with: .failed(connection.id, .other("closed before it opened")))
    case .open:
      connection.phase = .closing
      connection.closeRequest = Connection.CloseRequest(code: code, reason: reason)
      let timeoutNs = Int64(options.closeTimeoutMs) * nanosecondsPerMillisecond
      connection.closeDeadlineNs = monotonicNowNs() + timeoutNs
      requestWrite(connection)
    case .closing:
      break
    }
  }

  /// Changes the interval of our pings, 0 for none, and counts from now.
  public func setPingInterval(_ connection: ConnectionID, seconds: Int) {
    guard let connection = connections[connection] else { return }
    let nowNs = monotonicNowNs()
    connection.heartbeat.restart(intervalSeconds: seconds, nowNs: nowNs)
  }

  func requestWrite(_ connection: Connection) {
    if let socket = connection.socket { lws_callback_on_writable(socket) }
  }

  /// Ends a connection: gives its last event and drops its socket if it still has one.
  func finish(_ connection: Connection, with event: LinkEvent) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    events.append(event)
    abandonAttempt(connection)
    connection.usedTLS?.useCount -= 1
    connection.usedTLS = nil
  }

  /// Drops the socket of the current attempt without another word from it.
  ///
  /// Not from a callback, which still uses the object: they forget the socket instead.
  func abandonAttempt(_ connection: Connection) {
    if let attempt = connection.attempt { attempts[attempt] = nil }
    connection.attempt = nil
    connection.attemptDeadlineNs = nil
    guard let socket = connection.socket else { return }
    connection.socket = nil
    lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC)
  }
}

extension Endpoint {
  /// What libwebsockets could not transport: it cuts headers that are too long, or overruns.
  var fault: String? {
    if host.isEmpty || host.utf8.count > 110 { return "the host name is empty or too long" }
    if !host.utf8.allSatisfy(isVisible) { return "the host name is not ASCII" }
    if path.utf8.count > 1024 { return "the path is longer than 1024 bytes" }
    if path.utf8.first != UInt8(ascii: "/") { return "the path does not begin with a slash" }
    if !path.utf8.allSatisfy(isVisible) { return "the path is not percent-encoded" }
    if subprotocols.joined(separator: ",").utf8.count > 256 { return "too many sub-protocols" }
    let isToken: (String) -> Bool = { !$0.isEmpty && $0.utf8.allSatisfy(isTokenByte) }
    if !subprotocols.allSatisfy(isToken) { return "a sub-protocol's name is not a token" }
    guard let basicAuthorization else { return nil }
    if basicAuthorization.user.contains(":") { return "the user contains a colon" }
    let count = basicAuthorization.user.utf8.count + basicAuthorization.password.count
    return count > 1024 ? "user and password are longer than 1024 bytes" : nil
  }

  private func isVisible(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7f
  }

  /// The `Host` header: with the port unless it is the scheme's, and brackets for IPv6.
  var hostHeader: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}
