import CWebSockets

/// Memory that libwebsockets keeps pointers to, freed after its context: protocol table, timer,
/// target of the callbacks.
final class ContextResources {
  static let protocolName = "link"
  /// Enough for the sockets that the loop bounds itself, and far below what the process may open:
  /// libwebsockets allocates its tables for the whole number.
  static let spareDescriptors = 32
  /// Received data arrives in pieces of up to this size.
  static let receiveBufferBytes = 4096

  let target = CallbackTarget()
  private let protocols: UnsafeMutablePointer<lws_protocols>
  private let name: UnsafeMutablePointer<CChar>
  private let timer: UnsafeMutablePointer<lws_sorted_usec_list_t>
  /// All zero: libwebsockets' own pings and hang-ups are off, ours can change at run time.
  let idlePolicy: UnsafeMutablePointer<lws_retry_bo_t>

  init() {
    name = .allocate(capacity: Self.protocolName.utf8.count + 1)
    for (index, byte) in Self.protocolName.utf8CString.enumerated() { name[index] = byte }
    protocols = .allocate(capacity: 2)
    protocols.initialize(repeating: lws_protocols(), count: 2)
    protocols[0].name = UnsafePointer(name)
    protocols[0].callback = dispatchCallback
    protocols[0].rx_buffer_size = Self.receiveBufferBytes
    timer = .allocate(capacity: 1)
    timer.initialize(to: lws_sorted_usec_list_t())
    idlePolicy = .allocate(capacity: 1)
    idlePolicy.initialize(to: lws_retry_bo_t())
  }

  deinit {
    timer.deallocate()
    idlePolicy.deallocate()
    protocols.deallocate()
    name.deallocate()
  }

  func makeContext(options: ServiceOptions) -> OpaquePointer? {
    var info = lws_context_creation_info()
    info.options = CWS_OPTION_EXPLICIT_VHOSTS | CWS_OPTION_TLS_LIBRARY_INIT
    info.port = CONTEXT_PORT_NO_LISTEN
    info.protocols = UnsafePointer(protocols)
    info.retry_and_idle_policy = UnsafePointer(idlePolicy)
    // Unretained: the loop owns these resources and destroys the context before it lets go of them.
    info.user = Unmanaged.passUnretained(target).toOpaque()
    info.fd_limit_per_thread = UInt32(options.maximumHTTPClients + Self.spareDescriptors)
    // Our own deadlines are shorter and decide; these only catch what escapes them.
    info.timeout_secs = 90
    info.connect_timeout_secs = 90
    return lws_create_context(&info)
  }

  /// A set of connections with the same certificates; nil if memory ran out.
  func makeVirtualHost(
    _ context: OpaquePointer, name: String, port: Int32, tls: TLSContext?
  ) -> OpaquePointer? {
    var info = lws_context_creation_info()
    info.port = port
    info.protocols = UnsafePointer(protocols)
    info.retry_and_idle_policy = UnsafePointer(idlePolicy)
    info.timeout_secs = 90
    info.connect_timeout_secs = 90
    if let tls {
      info.options = CWS_OPTION_TLS_LIBRARY_INIT
      info.provided_client_ssl_ctx = tls.pointer
    }
    return name.withCString { name in
      info.vhost_name = name
      return lws_create_vhost(context, &info)
    }
  }

  /// Makes libwebsockets wake up after the given microseconds: it ignores `lws_service`'s argument.
  func startTimer(_ context: OpaquePointer, microseconds: Int64) {
    lws_sul_schedule(context, 0, timer, { _ in }, microseconds)
  }

  func cancelTimer() {
    lws_sul_cancel(timer)
  }
}

/// What libwebsockets' context points to.
///
/// The reference is weak so that a callback during the loop's own deinitialization finds nothing.
final class CallbackTarget {
  weak var loop: ServiceLoop?
}
