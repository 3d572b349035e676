/// The address of a WebSocket server and everything that decides how it is reached.
///
/// A value, so that the owner can compare it with the one before and see whether a reconnection is
/// needed.
public struct Endpoint: Sendable, Hashable {
  /// Whether the connection is encrypted (`wss://`).
  public var isSecure: Bool
  /// Host name or numeric address, an IPv6 address without brackets. At most 110 bytes.
  public var host: String
  /// TCP port, also part of the `Host` header unless it is the scheme's own (80 or 443).
  public var port: UInt16
  /// Path and query, already percent-encoded, beginning with a slash. At most 1024 bytes.
  public var path: String
  /// Sub-protocols offered, the preferred one first. Empty offers none.
  ///
  /// The server must choose one of them (RFC 6455 §4.2.2 allows it to choose none: we do not).
  public var subprotocols: [String]
  /// Sent with the upgrade, over TLS only once the server's certificate is accepted.
  public var basicAuthorization: BasicAuthorization?
  /// Without meaning unless `isSecure`.
  public var tls: TLSOptions
  /// Seconds between our pings; 0 sends none. See `ServiceLoop.setPingInterval`.
  public var pingIntervalSeconds: Int
  /// Messages above this size are dropped and reported as `LinkEvent.oversized`.
  public var maximumMessageBytes: Int
  /// Seconds for everything from resolving the name to the server's answer to the upgrade, 1 to 60.
  public var connectTimeoutSeconds: Int

  /// The defaults send no pings, take messages of 4 MiB and wait 30 seconds.
  public init(
    isSecure: Bool, host: String, port: UInt16, path: String, subprotocols: [String],
    basicAuthorization: BasicAuthorization? = nil, tls: TLSOptions = TLSOptions(),
    pingIntervalSeconds: Int = 0, maximumMessageBytes: Int = 4 << 20,
    connectTimeoutSeconds: Int = 30
  ) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.path = path
    self.subprotocols = subprotocols
    self.basicAuthorization = basicAuthorization
    self.tls = tls
    self.pingIntervalSeconds = pingIntervalSeconds
    self.maximumMessageBytes = maximumMessageBytes
    self.connectTimeoutSeconds = connectTimeoutSeconds
  }
}

/// A user and a password for HTTP Basic authentication (RFC 7617).
public struct BasicAuthorization: Sendable, Hashable {
  /// Must not contain a colon: RFC 7617 §2 ends the user there.
  public var user: String
  /// Any bytes: OCPP keys may be binary. User and password together at most 1024 bytes.
  public var password: [UInt8]

  /// Checked by `ServiceLoop.connect`, which fails the connection if the pair cannot be sent.
  public init(user: String, password: [UInt8]) {
    self.user = user
    self.password = password
  }
}

/// How a server's certificate is judged, and which one we show. TLS 1.2 is the minimum.
public struct TLSOptions: Sendable, Hashable {
  /// PEM file with the only authorities that are trusted; nil trusts the system's.
  ///
  /// The file is looked at again before each connection, so that a new one counts at once.
  public var caFile: String?
  /// PEM file with our certificate and its chain, for servers that ask for one.
  public var certificateFile: String?
  /// PEM file with the key of `certificateFile`; nil looks for it in that file.
  public var keyFile: String?
  /// Whether the certificate must be for `Endpoint.host`. Its issuer and dates are always checked.
  public var verifyHostname: Bool

  /// The defaults trust the system's authorities and check the host name.
  public init(
    caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
    verifyHostname: Bool = true
  ) {
    self.caFile = caFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.verifyHostname = verifyHostname
  }
}
