import CWebSockets
import Glibc

extension ServiceLoop {
  /// Serves HTTP on a TCP address and returns the port, which the system chooses if `port` is 0.
  ///
  /// Whom that lets in is the caller's business: give a loopback address unless you mean it.
  @discardableResult
  public func listen(tcpHost: String, port: UInt16) throws(LinkError) -> UInt16 {
    try requireServerHost()
    let descriptor = try Listener.openTCP(host: tcpHost, port: port)
    let actualPort = Listener.port(of: descriptor)
    try watch(descriptor, socketPath: nil)
    return actualPort
  }

  /// Serves HTTP on a Unix socket of mode 0600; a socket file that is already there is replaced.
  public func listen(unixPath: String) throws(LinkError) {
    try requireServerHost()
    let descriptor = try Listener.openUnix(path: unixPath)
    try watch(descriptor, socketPath: unixPath)
  }

  /// Answers a request, at any time after it came. Without effect if its client is gone.
  public func respond(_ request: RequestID, status: Int, contentType: String, body: [UInt8]) {
    guard let number = requestClients.removeValue(forKey: request),
      let client = httpClients[number]
    else { return }
    let response = HTTPResponse(status: status, contentType: contentType, body: body)
    answer(client, response, to: request)
  }

  func answer(_ client: HTTPClient, _ response: HTTPResponse, to request: RequestID?) {
    let bytes = response.bytes(isHead: client.isHead, closes: client.closesAfterAnswer)
    client.outgoing.append(PaddedBytes(bytes))
    client.phase = .answering(request)
    setTimeout(client, Self.clientTimeoutSeconds)
    lws_callback_on_writable(client.socket)
  }

  private func requireServerHost() throws(LinkError) {
    guard let context else { throw .shutDown }
    guard serverHost == nil else { return }
    let port = CONTEXT_PORT_NO_LISTEN_SERVER
    serverHost = resources.makeVirtualHost(context, name: "server", port: port, tls: nil)
    if serverHost == nil { throw .contextUnavailable }
  }

  /// Lets libwebsockets wait for the listening socket together with all others.
  private func watch(_ descriptor: Int32, socketPath: String?) throws(LinkError) {
    let number = nextNumber()
    var file = lws_sock_file_fd_type()
    file.filefd = descriptor
    let kind = LWS_ADOPT_RAW_FILE_DESC
    let socket = lws_adopt_descriptor_vhost(
      serverHost, kind, file, ContextResources.protocolName, nil)
    guard let socket else { throw .contextUnavailable }
    lws_set_opaque_user_data(socket, UnsafeMutableRawPointer(bitPattern: number))
    listeners[number] = Listener(
      number: number, descriptor: descriptor, socketPath: socketPath)
  }

  /// Takes every client that waits; those above the bound are hung up on.
  func acceptClients(_ listener: Listener) {
    while let descriptor = listener.accept() {
      if httpClients.count < options.maximumHTTPClients {
        adopt(descriptor, isLocalSocket: listener.isLocalSocket)
      } else {
        Glibc.close(descriptor)
      }
    }
  }

  private func adopt(_ descriptor: Int32, isLocalSocket: Bool) {
    if !isLocalSocket {
      var yes: Int32 = 1
      let size = socklen_t(MemoryLayout<Int32>.size)
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    }
    // A plain socket to libwebsockets. On failure the library has closed the descriptor.
    var file = lws_sock_file_fd_type()
    file.sockfd = descriptor
    let socket = lws_adopt_descriptor_vhost(
      serverHost, LWS_ADOPT_SOCKET, file, ContextResources.protocolName, nil)
    guard let socket else { return }
    let client = HTTPClient(
      number: nextNumber(), socket: socket, isLocalSocket: isLocalSocket,
      maximumBodyBytes: options.maximumBodyBytes)
    lws_set_opaque_user_data(socket, UnsafeMutableRawPointer(bitPattern: client.number))
    httpClients[client.number] = client
    setTimeout(client, Self.clientTimeoutSeconds)
  }

  /// The client is gone; a request that it would have been answered is reported.
  func forget(_ client: HTTPClient) {
    guard httpClients.removeValue(forKey: client.number) != nil else { return }
    guard let request = client.openRequest else { return }
    requestClients[request] = nil
    events.append(.requestAborted(request))
  }
}
