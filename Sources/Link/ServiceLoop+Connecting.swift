import CWebSockets
import Glibc

/// libwebsockets' home for connections with one set of certificates.
final class TLSVirtualHost {
  let pointer: OpaquePointer
  private let context: TLSContext
  var useCount = 0

  init(pointer: OpaquePointer, context: TLSContext) {
    self.pointer = pointer
    self.context = context
  }
}

extension ServiceLoop {
  /// The least time that one of several addresses gets before the next one is tried.
  private static let minimumAttemptSeconds: Int64 = 2

  /// Tries the next address, or ends with `failure` if there is none.
  func tryNextAddress(_ connection: Connection, after failure: LinkFailure) {
    abandonAttempt(connection)
    var failure = failure
    while let address = connection.addresses.popFirst() {
      do throws(LinkFailure) {
        try start(connection, address: address)
        return
      } catch {
        failure = error
      }
    }
    finish(connection, with: .failed(connection.id, failure))
  }

  private func start(_ connection: Connection, address: String) throws(LinkFailure) {
    let host = try virtualHost(for: connection)
    let number = nextNumber()
    connection.attempt = number
    connection.attemptFailure = nil
    connection.knownFailure = nil
    connection.isCertificateAccepted = false
    attempts[number] = connection
    setAttemptDeadline(connection)
    errno = 0
    let socket = open(connection, address: address, host: host, number: number)
    let cause = errno
    // A callback may have ended the attempt already.
    guard connection.attempt == number else { return }
    guard let socket else {
      connection.attempt = nil
      attempts[number] = nil
      let reason = cause == 0 ? "no connection" : String(cString: strerror(cause))
      throw .refused("\(address) port \(connection.endpoint.port): \(reason)")
    }
    connection.socket = socket
  }

  private func setAttemptDeadline(_ connection: Connection) {
    let nowNs = monotonicNowNs()
    let remainingNs = max(0, connection.connectDeadlineNs - nowNs)
    let shareNs = remainingNs / Int64(connection.addresses.count + 1)
    connection.attemptDeadlineNs =
      nowNs + max(shareNs, Self.minimumAttemptSeconds * nanosecondsPerSecond)
  }

  private func open(
    _ connection: Connection, address: String, host: OpaquePointer, number: Int
  ) -> OpaquePointer? {
    let endpoint = connection.endpoint
    let protocols = endpoint.subprotocols.joined(separator: ",")
    return address.withCString { address in
      endpoint.path.withCString { path in
        endpoint.hostHeader.withCString { hostHeader in
          protocols.withCString { protocols in
            ContextResources.protocolName.withCString { localName in
              "http/1.1".withCString { applicationProtocol in
                var info = lws_client_connect_info()
                info.context = context
                info.vhost = host
                info.address = address
                info.port = Int32(endpoint.port)
                info.path = path
                info.host = hostHeader
                info.`protocol` = endpoint.subprotocols.isEmpty ? nil : protocols
                info.local_protocol_name = localName
                info.alpn = applicationProtocol
                info.ietf_version_or_minus_one = -1
                info.ssl_connection = endpoint.connectionFlags
                info.retry_and_idle_policy = UnsafePointer(resources.idlePolicy)
                // A number, not an address: late callbacks cannot meet freed memory.
                info.opaque_user_data = UnsafeMutableRawPointer(bitPattern: number)
                return lws_client_connect_via_info(&info)
              }
            }
          }
        }
      }
    }
  }

  private func virtualHost(for connection: Connection) throws(LinkFailure) -> OpaquePointer {
    guard let context else { throw .other("shut down") }
    guard connection.endpoint.isSecure else {
      if plainHost == nil {
        let port = CONTEXT_PORT_NO_LISTEN
        plainHost = resources.makeVirtualHost(context, name: "client", port: port, tls: nil)
      }
      guard let plainHost else { throw .other("no memory for a virtual host") }
      return plainHost
    }
    if let used = connection.usedTLS { return used.pointer }
    let host = try tlsHost(context, options: connection.endpoint.tls)
    host.useCount += 1
    connection.usedTLS = host
    return host.pointer
  }

  private func tlsHost(
    _ context: OpaquePointer, options: TLSOptions
  ) throws(LinkFailure) -> TLSVirtualHost {
    let fingerprint = TLSFingerprint(options)
    if let known = tlsHosts[fingerprint] { return known }
    removeIdleTLSHosts()
    let tls = try TLSContext(options)
    let port = CONTEXT_PORT_NO_LISTEN
    let name = "client-\(nextNumber())"
    let pointer = resources.makeVirtualHost(context, name: name, port: port, tls: tls)
    guard let pointer else { throw .other("no memory for a virtual host") }
    let host = TLSVirtualHost(pointer: pointer, context: tls)
    tlsHosts[fingerprint] = host
    return host
  }

  /// Gives back what older certificates used and no connection needs any more.
  private func removeIdleTLSHosts() {
    for (fingerprint, host) in tlsHosts where host.useCount == 0 {
      tlsHosts[fingerprint] = nil
      lws_vhost_destroy(host.pointer)
    }
  }
}

extension Endpoint {
  /// libwebsockets' flags: redirections are not followed, they would carry the credentials away.
  fileprivate var connectionFlags: Int32 {
    var flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue
    guard isSecure else { return Int32(flags) }
    flags |= LCCSCF_USE_SSL.rawValue
    // For an IPv6 address libwebsockets compares with "[": only our own check can judge it.
    if !tls.verifyHostname || host.contains(":") {
      flags |= LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK.rawValue
    }
    return Int32(flags)
  }
}
