import ChargePiES
import Journal
import Link
import Projections

extension Daemon {
  /// Takes what the network did.
  func take(_ event: LinkEvent) throws {
    switch event {
    case .opened(let id, _): try opened(id)
    case .text(let id, let bytes): try received(id, bytes)
    case .binary(let id, let count): try refuse(id, "a binary message of \(count) bytes")
    case .oversized(let id, let count):
      try refuse(id, "a message of \(count) bytes, more than \(Limits.frameBytes)")
    case .failed(let id, let failure): try closed(id, code: 0, "\(failure)")
    case .closed(let id, let code, let reason): try closed(id, code: UInt32(code ?? 0), reason)
    case .pong, .written: break
    case .request(let request): try serve(request)
    case .requestAborted(let id): waiting.removeAll { $0.id == id }
    }
  }

  /// Starts an attempt to connect.
  func connect() throws {
    guard connection == nil, let url = configuration.centralSystem else { return }
    connections += 1
    let security = configuration.security
    let tls = TLSOptions(
      caFile: security.caFile, certificateFile: security.certificateFile,
      keyFile: security.keyFile, verifyHostname: security.verifiesHostname)
    let id = engine.durable.identity.id
    let endpoint = Endpoint(
      isSecure: url.isSecure, host: url.host, port: url.port, path: url.path(for: id),
      subprotocols: [dialect.subprotocol], basicAuthorization: try authorization(id), tls: tls,
      pingIntervalSeconds: Int(engine.durable.integer(.webSocketPingInterval)),
      maximumMessageBytes: Limits.frameBytes, connectTimeoutSeconds: 20)
    connection = (loop.connect(endpoint), connections)
  }

  /// Security profiles 1 and 2: the station's id and its key (OCPP-J 1.6 §6.2).
  private func authorization(_ id: String) throws -> BasicAuthorization? {
    guard configuration.security.profile == 1 || configuration.security.profile == 2 else {
      return nil
    }
    let version = UInt32(clamping: engine.durable.integer(.basicAuthPassword))
    guard let key = try names.secret(BasicAuthPassword.secretName, version: version) else {
      return nil
    }
    return BasicAuthorization(user: id, password: key)
  }

  private func number(_ id: ConnectionID) -> UInt64? {
    connection.flatMap { $0.id == id ? $0.number : nil }
  }

  private func opened(_ id: ConnectionID) throws {
    guard let number = number(id) else { return }
    try observe(
      .linkOpened(
        LinkOpened {
          $0.upstream = 1
          $0.connection = number
        }))
  }

  private func closed(_ id: ConnectionID, code: UInt32, _ reason: String) throws {
    guard let number = number(id) else { return }
    connection = nil
    try observe(
      .linkClosed(
        LinkClosed {
          $0.upstream = 1
          $0.connection = number
          $0.code = code
          $0.reason = String(reason.prefix(200))
          $0.chance = UInt32(truncatingIfNeeded: SystemClock.random())
        }))
  }

  /// Closes a connection that the state has given up; 0 is the one that is still being made.
  func drop(_ number: UInt64, _ reason: String) {
    guard let connection, number == 0 || connection.number == number else { return }
    loop.close(connection.id, code: 1_000, reason: "")
    self.connection = nil
  }

  /// Sends a frame that has become durable, if its connection is still there.
  func send(_ frame: Frame, _ number: UInt64) throws {
    guard let connection, connection.number == number else { return }
    let bytes = try Concealment.bytes(frame, names: names)
    log.write(.debug, "> " + String(decoding: frame.text.content, as: UTF8.self))
    loop.send(connection.id, text: bytes)
  }

  private func received(_ id: ConnectionID, _ bytes: [UInt8]) throws {
    guard let number = number(id), let upstream = engine.station.authority,
      upstream.connection == number
    else { return }
    try observe(
      try dialect.read(bytes, from: upstream, in: engine.station, names: names))
  }

  /// A message that is no text of a reasonable size: recorded, and not answered.
  private func refuse(_ id: ConnectionID, _ what: String) throws {
    guard let number = number(id) else { return }
    try observe(
      .frameRefused(
        FrameRefused {
          $0.upstream = 1
          $0.connection = number
          $0.frame = Frame { $0.isTruncated = true }
          $0.reason = what
        }))
  }
}
