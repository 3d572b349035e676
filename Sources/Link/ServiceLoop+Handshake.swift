import CWebSockets
import Glibc

/// The client's callbacks up to the opening of the connection.
extension ServiceLoop {
  /// Judges one certificate of the chain, the server's own last. Nonzero refuses it.
  ///
  /// libwebsockets passes OpenSSL's verdict as the length, its context as the user pointer.
  func checkCertificate(_ call: Callback, _ connection: Connection) -> Int32 {
    guard let pointer = call.user else { return 1 }
    let verification = OpaquePointer(pointer)
    if call.count == 0 {
      let problem = certificateProblem(X509_STORE_CTX_get_error(verification))
      connection.knownFailure = .certificate(problem)
      return 1
    }
    guard X509_STORE_CTX_get_error_depth(verification) == 0 else { return 0 }
    let endpoint = connection.endpoint
    if endpoint.tls.verifyHostname, !isCertificate(verification, for: endpoint.host) {
      connection.knownFailure = .certificate(.hostNameMismatch)
      X509_STORE_CTX_set_error(verification, X509_V_ERR_HOSTNAME_MISMATCH)
      return 1
    }
    connection.isCertificateAccepted = true
    return 0
  }

  private func isCertificate(_ verification: OpaquePointer, for host: String) -> Bool {
    guard let certificate = X509_STORE_CTX_get_current_cert(verification) else { return false }
    if X509_check_ip_asc(certificate, host, 0) == 1 { return true }
    let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
    return X509_check_host(certificate, host, host.utf8.count, flags, nil) == 1
  }

  private func certificateProblem(_ code: Int32) -> CertificateProblem {
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED: return .expired
    case X509_V_ERR_CERT_NOT_YET_VALID: return .notYetValid
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: return .hostNameMismatch
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED,
      X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return .unknownAuthority
    default:
      guard let text = X509_verify_cert_error_string(Int(code)) else { return .other("\(code)") }
      return .other(String(cString: text))
    }
  }

  /// Adds the Basic authentication header. The user pointer is unused; the data is the address of
  /// the library's write position, the length what is left in its buffer.
  func appendAuthorization(_ call: Callback, _ connection: Connection) -> Int32 {
    if connection.endpoint.isSecure, !connection.isCertificateAccepted {
      connection.knownFailure = .tls("the server's certificate was not checked")
      return 1
    }
    guard let authorization = connection.endpoint.basicAuthorization else { return 0 }
    guard let data = call.bytes.baseAddress else { return 1 }
    let credentials = Array(authorization.user.utf8) + [UInt8(ascii: ":")] + authorization.password
    let header = Array("Authorization: Basic \(base64(credentials))\r\n".utf8)
    guard header.count <= call.count else {
      connection.knownFailure = .other("the request's header is too long")
      return 1
    }
    // The library passes `char **`: its own position, which we read and move on.
    let position = UnsafeMutableRawPointer(mutating: data)
      .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    position.pointee.copyMemory(from: header, byteCount: header.count)
    position.pointee += header.count
    return 0
  }

  /// Insists on one of the offered sub-protocols; libwebsockets would do with none.
  func checkSubprotocol(_ call: Callback, _ connection: Connection) -> Int32 {
    let offered = connection.endpoint.subprotocols
    let chosen = header(call.socket, WSI_TOKEN_PROTOCOL)
    connection.subprotocol = chosen
    if offered.isEmpty ? chosen == nil : chosen.map(offered.contains) ?? false { return 0 }
    connection.knownFailure = .subprotocolMismatch
    return 1
  }

  func opened(_ call: Callback, _ connection: Connection) {
    connection.phase = .open
    connection.socket = call.socket
    connection.attemptDeadlineNs = nil
    let seconds = connection.heartbeat.intervalSeconds
    connection.heartbeat.restart(intervalSeconds: seconds, nowNs: monotonicNowNs())
    events.append(.opened(connection.id, subprotocol: connection.subprotocol))
  }

  /// The attempt's last callback: the library frees its object after it.
  func attemptFailed(_ call: Callback, _ connection: Connection) {
    let failure = connection.knownFailure ?? failure(from: call, connection)
    if let attempt = connection.attempt { attempts[attempt] = nil }
    connection.attempt = nil
    connection.socket = nil
    if case .refused = failure, !connection.addresses.isEmpty {
      // The next address is tried after this callback, by the deadline that is now due.
      connection.attemptFailure = failure
      connection.attemptDeadlineNs = monotonicNowNs()
    } else {
      finish(connection, with: .failed(connection.id, failure))
    }
  }

  private func failure(from call: Callback, _ connection: Connection) -> LinkFailure {
    let status = Int(lws_http_client_http_response(call.socket))
    if status != 0, status != 101 { return .httpStatus(status) }
    let word = String(decoding: call.bytes.prefix { $0 != 0 }, as: UTF8.self)
    if word.hasPrefix("Unable to connect") || word.hasPrefix("conn fail") {
      return .refused("\(connection.endpoint.host) port \(connection.endpoint.port): \(word)")
    }
    if word == "HS: PROTOCOL malformed" { return .subprotocolMismatch }
    if word.hasPrefix("connect SSL") || word.hasPrefix("connect SYSCALL") || word.hasPrefix("tls") {
      return .tls(takeOpenSSLError(word))
    }
    return .other(word.isEmpty ? "the server hung up" : word)
  }

  func header(_ socket: OpaquePointer, _ token: lws_token_indexes) -> String? {
    let count = Int(lws_hdr_total_length(socket, token))
    guard count > 0 else { return nil }
    var buffer = [CChar](repeating: 0, count: count + 1)
    guard lws_hdr_copy(socket, &buffer, Int32(buffer.count), token) > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// RFC 4648 §4.
func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var output: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
    let bits = padded.reduce(0) { $0 << 8 | Int($1) }
    let digits = [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
    output += digits.prefix(group.count + 1)
    output += [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
  }
  return String(decoding: output, as: UTF8.self)
}
