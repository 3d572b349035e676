/// Names one attempt to reach a server and the connection that may come of it; never reused.
public struct ConnectionID: Sendable, Hashable {
  let number: Int
}

/// Names one HTTP request until it is answered or its client is gone; never reused.
public struct RequestID: Sendable, Hashable {
  let number: Int
}

/// What the network did, in the order in which it happened.
///
/// Each connection ends in exactly one `failed` (it was never open) or `closed`, and says nothing
/// after it.
public enum LinkEvent: Sendable, Hashable {
  /// The server accepted the upgrade, with this sub-protocol.
  case opened(ConnectionID, subprotocol: String?)
  /// A whole text message. Its bytes are as they came: UTF-8 is not checked.
  case text(ConnectionID, [UInt8])
  /// A whole binary message, whose content is dropped.
  case binary(ConnectionID, byteCount: Int)
  /// A message above `Endpoint.maximumMessageBytes`, whose content is dropped.
  case oversized(ConnectionID, byteCount: Int)
  /// The connection never opened.
  case failed(ConnectionID, LinkFailure)
  /// The connection is over. The code is that of the close frame (RFC 6455 §7.4): the peer's, or
  /// ours if the peer answered it; nil if the connection broke without one. libwebsockets before
  /// 4.2 reports the peer's 1012 to 1014 as 1002.
  case closed(ConnectionID, code: UInt16?, reason: String)
  /// The server answered a ping.
  case pong(ConnectionID)
  /// Everything that was given to `send` is in the hands of the operating system.
  case written(ConnectionID)
  /// A whole HTTP request, to be answered with `respond`.
  case request(HTTPRequest)
  /// The client went away before `respond` was called, or before the response was written.
  case requestAborted(RequestID)
}

/// Why a connection never opened.
public enum LinkFailure: Error, Sendable, Hashable {
  /// The name has no address, or no name server said so in time.
  case nameNotResolved(String)
  /// No address accepted a TCP connection: refused or unreachable.
  case refused(String)
  /// `Endpoint.connectTimeoutSeconds` are over.
  case timedOut
  /// The server's certificate was not accepted.
  case certificate(CertificateProblem)
  /// Any other failure of TLS, our own certificate files included.
  case tls(String)
  /// The server answered the upgrade with this HTTP status instead of 101.
  case httpStatus(Int)
  /// The server chose none of the offered sub-protocols, or another one.
  case subprotocolMismatch
  /// Anything else, in libwebsockets' or our own words.
  case other(String)
}

/// What was wrong with a server's certificate.
///
/// Expired and not yet valid are told apart from the rest because a station whose clock is wrong
/// sees them with a perfect server.
public enum CertificateProblem: Sendable, Hashable {
  /// Its time is over, by our clock.
  case expired
  /// Its time has not begun, by our clock.
  case notYetValid
  /// It is for other names than `Endpoint.host`.
  case hostNameMismatch
  /// It was not issued by an authority that we trust, or is self-signed.
  case unknownAuthority
  /// Anything else, in OpenSSL's words.
  case other(String)
}

/// One HTTP request, whole.
public struct HTTPRequest: Sendable, Hashable {
  /// What `respond` answers.
  public var id: RequestID
  /// `GET`, `POST`, … as the client wrote it.
  public var method: String
  /// Percent-decoded, without the query; otherwise as the client wrote it.
  public var path: String
  /// Percent-decoded, a plus as a space, in the order of the request.
  public var query: [QueryItem]
  /// The `Host` header. A server on loopback must refuse names that are not its own (DNS
  /// rebinding).
  public var host: String?
  /// The `Origin` header, which browsers send with requests that a foreign page makes.
  public var origin: String?
  /// The `Content-Type` header.
  public var contentType: String?
  /// At most `ServiceOptions.maximumBodyBytes`.
  public var body: [UInt8]
  /// Whether it came over the Unix socket, which only its owner can open.
  public var isLocalSocket: Bool

  /// One `name=value` of the query; the value is empty where there is no equals sign.
  public struct QueryItem: Sendable, Hashable {
    /// Left of the equals sign.
    public var name: String
    /// Right of it.
    public var value: String

    /// For comparisons.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// Why the service loop could not do what was asked.
public enum LinkError: Error, Sendable, Hashable {
  /// libwebsockets could not make its context: memory or descriptors ran out.
  case contextUnavailable
  /// The object was shut down.
  case shutDown
  /// Another program listens there.
  case addressInUse(String)
  /// The address cannot be listened on; the text says where and why.
  case cannotListen(String)
}
