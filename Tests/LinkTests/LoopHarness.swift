import Glibc
import Testing

@testable import Link

/// All tests of the link, one after the other: several count the descriptors of the process.
@Suite("Link", .serialized)
enum LinkTests {}

/// A service loop with the conveniences that tests want.
final class LoopHarness {
  let loop: ServiceLoop
  /// What came together with an event that a test waited for, for the next `run`.
  private var pending: [LinkEvent] = []

  init(_ configure: (inout ServiceOptions) -> Void = { _ in }) throws {
    var options = ServiceOptions()
    options.minimumPongWaitSeconds = 1
    configure(&options)
    loop = try ServiceLoop(options: options)
  }

  /// Runs until an event matches or the time is over; gives all events up to there.
  func run(
    seconds: Double = 10, until isEnd: (LinkEvent) -> Bool = { _ in false }
  ) -> [LinkEvent] {
    let endNs = monotonicNowNs() + Int64(seconds * 1e9)
    var events: [LinkEvent] = []
    repeat {
      while !pending.isEmpty {
        events.append(pending.removeFirst())
        if let last = events.last, isEnd(last) { return events }
      }
      loop.runOnce(untilMonotonicNs: endNs)
      pending = loop.drainEvents()
    } while monotonicNowNs() < endNs || !pending.isEmpty
    return events
  }

  /// Runs to the connection's last event and gives it.
  func outcome(of id: ConnectionID, seconds: Double = 10) -> LinkEvent? {
    run(seconds: seconds) { $0.isEnd(of: id) }.last { $0.isEnd(of: id) }
  }

  /// Connects and runs until the connection is open.
  func open(_ endpoint: Endpoint) throws -> ConnectionID {
    let id = loop.connect(endpoint)
    let events = run { $0.isOpening(of: id) || $0.isEnd(of: id) }
    try #require(events.contains { $0.isOpening(of: id) }, "\(events)")
    return id
  }
}

extension LinkEvent {
  func isEnd(of id: ConnectionID) -> Bool {
    switch self {
    case .failed(id, _), .closed(id, _, _): return true
    default: return false
    }
  }

  func isOpening(of id: ConnectionID) -> Bool {
    if case .opened(id, _) = self { return true }
    return false
  }

  var request: HTTPRequest? {
    if case .request(let request) = self { return request }
    return nil
  }
}

func endpoint(port: UInt16, _ change: (inout Endpoint) -> Void = { _ in }) -> Endpoint {
  var endpoint = Endpoint(
    isSecure: false, host: "127.0.0.1", port: port, path: "/ocpp/ChargePi",
    subprotocols: ["ocpp1.6"], connectTimeoutSeconds: 5)
  change(&endpoint)
  return endpoint
}

/// The descriptors of this process that are open now, and of them those that `exec` would keep.
///
/// Without two of libwebsockets 4.3's own: the eventfd of a context that is gone (close-on-exec,
/// but never closed), and the netlink socket of one that lives (never marked close-on-exec).
func openDescriptors() -> (all: Int, inherited: Int) {
  var all = 0
  var inherited = 0
  for descriptor in Int32(0)..<1024 {
    let flags = fcntl(descriptor, F_GETFD)
    if flags < 0 || isEventDescriptor(descriptor) { continue }
    all += 1
    if flags & FD_CLOEXEC == 0, !isNetlink(descriptor) { inherited += 1 }
  }
  return (all, inherited)
}

private func isEventDescriptor(_ descriptor: Int32) -> Bool {
  var target = [UInt8](repeating: 0, count: 64)
  let count = target.withUnsafeMutableBytes { buffer in
    buffer.baseAddress.map { readlink("/proc/self/fd/\(descriptor)", $0, buffer.count) } ?? 0
  }
  return String(decoding: target.prefix(max(0, count)), as: UTF8.self) == "anon_inode:[eventfd]"
}

private func isNetlink(_ descriptor: Int32) -> Bool {
  var domain: Int32 = 0
  var length = socklen_t(MemoryLayout<Int32>.size)
  let status = getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length)
  return status == 0 && domain == AF_NETLINK
}

/// The resident memory of this process.
func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
  let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * sysconf(Int32(_SC_PAGESIZE))
}
