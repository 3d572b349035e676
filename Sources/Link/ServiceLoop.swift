import CWebSockets
import Glibc

/// The bounds of a service loop; the defaults are the station's, tests tighten some.
public struct ServiceOptions: Sendable {
  /// HTTP clients served at once. Further ones are hung up on, so that they cannot take the
  /// descriptors that the central system's connection needs.
  public var maximumHTTPClients = 32
  /// Larger bodies of requests are answered with 413.
  public var maximumBodyBytes = 1 << 20
  /// The least time that a peer has to show a sign of life after a ping, in seconds; a longer ping
  /// interval is waited for instead.
  public var minimumPongWaitSeconds = 10
  /// How long a peer has to answer our close frame, in milliseconds.
  public var closeTimeoutMs = 2000
  /// What the helper threads call; tests put mute name servers here.
  var resolve: @Sendable (String) -> Resolver.Answer = Resolver.askSystem

  /// The station's bounds.
  public init() {}
}

/// The station's only contact with libwebsockets: WebSocket clients and an HTTP server on one
/// thread.
///
/// The owner's thread calls `runOnce`, which sleeps until something happens, and then takes the
/// events. Nothing here knows OCPP, and nothing here blocks. Every call but `waker.wake()` belongs
/// to that one thread, which is why the class is not `Sendable`.
///
/// libwebsockets ignores SIGPIPE for the whole process, and its log is turned off.
public final class ServiceLoop {
  /// Ends a wait from another thread.
  public let waker = Waker()
  let options: ServiceOptions

  /// nil after `shutdown`: every call is then without effect.
  var context: OpaquePointer?
  let resources: ContextResources
  let resolver: Resolver
  var events: [LinkEvent] = []

  private var lastNumber = 0
  var connections: [ConnectionID: Connection] = [:]
  /// The connection of each libwebsockets client object, by the number that the object carries.
  var attempts: [Int: Connection] = [:]
  var plainHost: OpaquePointer?
  var tlsHosts: [TLSFingerprint: TLSVirtualHost] = [:]

  var serverHost: OpaquePointer?
  var listeners: [Int: Listener] = [:]
  var httpClients: [Int: HTTPClient] = [:]
  /// Which client waits for the answer to a request.
  var requestClients: [RequestID: Int] = [:]

  /// Makes the loop; it owns no socket yet, and no thread.
  public init(options: ServiceOptions = .init()) throws(LinkError) {
    self.options = options
    lws_set_log_level(0, nil)
    resources = ContextResources()
    resolver = Resolver(waker: waker, resolve: options.resolve)
    resources.target.loop = self
    guard let context = resources.makeContext(options: options) else { throw .contextUnavailable }
    self.context = context
    waker.attach(context)
  }

  deinit {
    destroyContext()
  }

  /// What happened since the last call, in order.
  public func drainEvents() -> [LinkEvent] {
    let drained = events
    events = []
    return drained
  }

  /// Ends everything: close frames and pending answers get `withinMs` milliseconds, then all is
  /// dropped.
  ///
  /// When it returns, nothing is left that `exec` of one's own program would inherit. Connections
  /// that were left get their last event; the object is inert afterwards.
  public func shutdown(withinMs: Int) {
    guard context != nil else { return }
    let deadlineNs = monotonicNowNs() + Int64(max(0, withinMs)) * nanosecondsPerMillisecond
    for connection in Array(connections.values) {
      close(connection.id, code: 1001, reason: "")
    }
    while hasUnfinishedOutput, monotonicNowNs() < deadlineNs {
      service(untilNs: earlier(deadlineNs, nextDeadlineNs))
    }
    for connection in Array(connections.values) {
      finish(connection, with: .closed(connection.id, code: nil, reason: "shut down"))
    }
    for client in Array(httpClients.values) { forget(client) }
    destroyContext()
  }

  private var hasUnfinishedOutput: Bool {
    !connections.isEmpty || httpClients.values.contains { $0.isAnswerUnderWay }
  }

  private func destroyContext() {
    waker.detach()
    guard let context else { return }
    self.context = nil
    resources.cancelTimer()
    // Closes every socket; the last callbacks find no connection and do nothing.
    lws_context_destroy(context)
    for listener in listeners.values { listener.removeSocketFile() }
    listeners = [:]
    tlsHosts = [:]
  }

  /// A number that no other object of this loop has; it is what libwebsockets' objects carry.
  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }
}
