import Glibc
import Synchronization

/// A socket of the test's own, blocking, closed at its end.
final class PeerSocket: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// One read; empty at the end of the stream.
  func read(atMost count: Int = 65_536) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let got = recv(descriptor, &buffer, count, 0)
    return got > 0 ? Array(buffer.prefix(got)) : []
  }

  func write(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, noSignal)
      }
      if count <= 0 { return }
      sent += count
    }
  }

  func write(_ text: String) {
    write(Array(text.utf8))
  }
}

/// MSG_NOSIGNAL, which Swift's Glibc module does not show.
private let noSignal: Int32 = 0x4000

/// The value of SOCK_STREAM on Linux, which Swift's Glibc module does not show.
private let streamSocket: Int32 = 1

/// A listening socket on loopback whose clients one thread serves, one after the other.
final class PeerServer: Sendable {
  let port: UInt16
  private let listening: PeerSocket

  /// With no handler, connections are left in the kernel's queue: the server is mute.
  init(handler: (@Sendable (PeerSocket) -> Void)? = nil) {
    let descriptor = socket(AF_INET, streamSocket, 0)
    var address = loopback(port: 0)
    withSocketAddress(&address) { _ = bind(descriptor, $0, $1) }
    _ = listen(descriptor, 64)
    withSocketAddress(&address) { pointer, length in
      var length = length
      getsockname(descriptor, UnsafeMutablePointer(mutating: pointer), &length)
    }
    port = UInt16(bigEndian: address.sin_port)
    listening = PeerSocket(descriptor)
    guard let handler else { return }
    startThread {
      while true {
        let accepted = accept(descriptor, nil, nil)
        if accepted < 0 { return }
        let client = PeerSocket(accepted)
        startThread { handler(client) }
      }
    }
  }

  deinit {
    // Wakes the thread out of accept().
    shutdown(listening.descriptor, Int32(SHUT_RDWR))
  }
}

/// Connects to a port on loopback, as an HTTP client would.
func connectLoopback(port: UInt16) -> PeerSocket {
  let descriptor = socket(AF_INET, streamSocket, 0)
  var address = loopback(port: port)
  withSocketAddress(&address) { _ = connect(descriptor, $0, $1) }
  return PeerSocket(descriptor)
}

func connectUnix(path: String) -> PeerSocket {
  let descriptor = socket(AF_UNIX, streamSocket, 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
  withSocketAddress(&address) { _ = connect(descriptor, $0, $1) }
  return PeerSocket(descriptor)
}

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  address.sin_port = port.bigEndian
  return address
}

private func withSocketAddress<Address>(
  _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Void
) {
  let length = socklen_t(MemoryLayout<Address>.size)
  withUnsafeMutablePointer(to: &address) { pointer in
    // Every socket address begins with the family: the sockets API casts the same way.
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(UnsafePointer($0), length) }
  }
}

/// Runs `body` on a thread of its own.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  var thread = pthread_t()
  pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  pthread_attr_destroy(&attributes)
}

/// A value that a server's thread leaves for the test.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>

  init(_ value: Value) {
    storage = Mutex(value)
  }

  var value: Value {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
  }
}
