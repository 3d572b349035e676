/// One attempt to reach a server, and the connection that came of it.
///
/// Plain state: the service loop and its extensions act on it.
final class Connection {
  enum Phase {
    /// Waiting for the addresses of the host.
    case resolving
    /// An address is being tried, up to the server's answer to the upgrade.
    case connecting
    case open
    /// The owner asked for the end: the queue and a close frame are on their way.
    case closing
  }

  let id: ConnectionID
  let endpoint: Endpoint
  var phase = Phase.resolving
  /// libwebsockets' object of the current attempt; it is valid until its last callback.
  var socket: OpaquePointer?
  /// The number under which that object's callbacks arrive: a new one for each address, so that a
  /// late word of an abandoned attempt is not taken for one of the present.
  var attempt: Int?
  var addresses: ArraySlice<String> = []
  var usedTLS: TLSVirtualHost?

  /// When connecting as a whole is given up.
  var connectDeadlineNs: Int64
  /// When the present address is given up for the next one.
  var attemptDeadlineNs: Int64?
  /// Set by the check of the server's certificate; without it no credentials are sent.
  var isCertificateAccepted = false
  /// Why the present attempt ended, while the next address waits for its turn.
  var attemptFailure: LinkFailure?
  /// The cause found by one of our checks, more telling than libwebsockets' word.
  var knownFailure: LinkFailure?

  var subprotocol: String?
  var outgoing = SendQueue()
  var incoming = MessageAssembly()
  var heartbeat: Heartbeat
  var closeRequest: CloseRequest?
  var isCloseFrameHandedOver = false
  var closeDeadlineNs: Int64?
  var peerClose: CloseRequest?

  struct CloseRequest {
    var code: UInt16?
    var reason: String
  }

  init(id: ConnectionID, endpoint: Endpoint, nowNs: Int64) {
    self.id = id
    self.endpoint = endpoint
    let seconds = Int64(min(max(endpoint.connectTimeoutSeconds, 1), 60))
    connectDeadlineNs = nowNs + seconds * nanosecondsPerSecond
    heartbeat = Heartbeat(intervalSeconds: endpoint.pingIntervalSeconds)
  }

  /// The next instant at which something must be done even if the network stays silent.
  var deadlineNs: Int64? {
    switch phase {
    case .resolving: return connectDeadlineNs
    case .connecting: return earlier(connectDeadlineNs, attemptDeadlineNs)
    case .open: return heartbeat.deadlineNs
    case .closing: return closeDeadlineNs
    }
  }
}

/// Pings, and the patience with which their answers are awaited.
struct Heartbeat {
  private(set) var intervalSeconds: Int
  private var nextPingNs: Int64?
  private var patienceEndNs: Int64?
  /// A ping should go out as soon as the socket takes it.
  var isPingDue = false

  enum Outcome {
    case nothing
    case pingDue
    /// Nothing at all came since a ping was due: the connection is half open.
    case peerSilent
  }

  init(intervalSeconds: Int) {
    self.intervalSeconds = max(0, intervalSeconds)
  }

  var deadlineNs: Int64? { earlier(nextPingNs, patienceEndNs) }

  /// Starts counting, at the opening of the connection or when the interval changes.
  mutating func restart(intervalSeconds: Int, nowNs: Int64) {
    self.intervalSeconds = max(0, intervalSeconds)
    isPingDue = false
    patienceEndNs = nil
    nextPingNs = self.intervalSeconds > 0 ? nowNs + intervalNs : nil
  }

  /// Anything that came from the peer proves that it lives.
  mutating func heard() {
    patienceEndNs = nil
  }

  mutating func advance(nowNs: Int64, minimumPatienceSeconds: Int) -> Outcome {
    if let patienceEndNs, patienceEndNs <= nowNs { return .peerSilent }
    guard let next = nextPingNs, next <= nowNs else { return .nothing }
    nextPingNs = nowNs + intervalNs
    isPingDue = true
    if patienceEndNs == nil {
      let seconds = Int64(max(intervalSeconds, minimumPatienceSeconds))
      patienceEndNs = nowNs + seconds * nanosecondsPerSecond
    }
    return .pingDue
  }

  private var intervalNs: Int64 { Int64(intervalSeconds) * nanosecondsPerSecond }
}

/// Puts the fragments of a message together, within a bound.
struct MessageAssembly {
  private var bytes: [UInt8] = []
  private var byteCount = 0
  private var isBinary = false

  enum Message {
    case text([UInt8])
    case binary(byteCount: Int)
    case oversized(byteCount: Int)
  }

  mutating func start(isBinary: Bool) {
    self = MessageAssembly()
    self.isBinary = isBinary
  }

  /// Keeps a piece unless the message is binary or too large already.
  mutating func append(_ piece: UnsafeRawBufferPointer, maximumBytes: Int) {
    byteCount += piece.count
    if isBinary { return }
    if byteCount > maximumBytes {
      bytes = []
    } else {
      bytes.append(contentsOf: piece)
    }
  }

  mutating func finish(maximumBytes: Int) -> Message {
    defer { self = MessageAssembly() }
    if byteCount > maximumBytes { return .oversized(byteCount: byteCount) }
    return isBinary ? .binary(byteCount: byteCount) : .text(bytes)
  }
}

/// Messages that wait for the socket, each with the free bytes in front that libwebsockets needs.
struct SendQueue {
  private var messages: [PaddedBytes] = []
  private var head = 0
  /// Set from the first `append` until the queue is reported as written.
  private(set) var isReportDue = false

  var isEmpty: Bool { head == messages.count }

  mutating func append(_ payload: [UInt8]) {
    messages.append(PaddedBytes(payload))
    isReportDue = true
  }

  mutating func takeFirst() -> PaddedBytes? {
    guard !isEmpty else { return nil }
    let first = messages[head]
    messages[head] = PaddedBytes([])
    head += 1
    if isEmpty {
      messages.removeAll()
      head = 0
    }
    return first
  }

  mutating func reported() {
    isReportDue = false
  }
}
