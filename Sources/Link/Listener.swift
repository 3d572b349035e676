import CWebSockets
import Glibc

/// A socket that accepts HTTP clients, made by ourselves and watched by libwebsockets.
///
/// libwebsockets' own listening tells neither "address in use" nor the port taken, and its Unix
/// sockets are open to all until it is done with them.
final class Listener {
  let number: Int
  let descriptor: Int32
  let socketPath: String?
  /// Given up for a moment when the process has no descriptor left: see `accept`.
  private var spare = openSpare()

  var isLocalSocket: Bool { socketPath != nil }

  init(number: Int, descriptor: Int32, socketPath: String?) {
    self.number = number
    self.descriptor = descriptor
    self.socketPath = socketPath
  }

  deinit {
    if spare >= 0 { Glibc.close(spare) }
  }

  /// The next client that waits, nil if there is none.
  ///
  /// Without free descriptors a client could neither be taken nor be sent away, and the loop would
  /// turn for ever: the spare one makes room to hang up on it.
  func accept() -> Int32? {
    while true {
      let flags = Int32(CWS_SOCKET_NON_BLOCKING | CWS_SOCKET_CLOSE_ON_EXEC)
      let client = accept4(descriptor, nil, nil, flags)
      if client >= 0 { return client }
      guard errno == EMFILE || errno == ENFILE, spare >= 0 else { return nil }
      Glibc.close(spare)
      let refused = accept4(descriptor, nil, nil, flags)
      if refused >= 0 { Glibc.close(refused) }
      spare = Listener.openSpare()
      if refused < 0 { return nil }
    }
  }

  private static func openSpare() -> Int32 {
    open("/dev/null", O_RDONLY | O_CLOEXEC)
  }

  /// A path that nobody answers behind only confuses clients.
  func removeSocketFile() {
    if let socketPath { unlink(socketPath) }
  }

  /// A listening TCP socket; the host is a numeric address or a name of the local machine.
  static func openTCP(host: String, port: UInt16) throws(LinkError) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(CWS_SOCKET_STREAM)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0, let entry = list?.pointee else {
      throw .cannotListen("\(host): \(gai_strerror(status).map { String(cString: $0) } ?? "?")")
    }
    defer { freeaddrinfo(list) }
    let descriptor = try openStream(entry.ai_family, name: host)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let name = "\(host) port \(port)"
    guard bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else {
      throw failure(closing: descriptor, name: name)
    }
    return try startListening(descriptor, name: name)
  }

  /// A listening Unix socket that from its first moment only its owner can open.
  static func openUnix(path: String) throws(LinkError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw .cannotListen("\(path): the path is empty or too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    try removeStaleSocket(path)
    let descriptor = try openStream(AF_UNIX, name: path)
    // Linux gives the file the mode of the socket: no moment in which others could connect, and no
    // change of the umask, which all threads share.
    fchmod(descriptor, 0o600)
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafePointer(to: &address) { pointer in
      // A sockaddr_un is passed as sockaddr with its true length, as the sockets API has it.
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard status == 0 else { throw failure(closing: descriptor, name: path) }
    return try startListening(descriptor, name: path)
  }

  /// The port that a listening TCP socket has.
  static func port(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let bigEndian: UInt16 = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        _ = getsockname(descriptor, name, &length)
      }
      // The port stands at the same place in sockaddr_in and sockaddr_in6.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port }
    }
    return UInt16(bigEndian: bigEndian)
  }

  private static func removeStaleSocket(_ path: String) throws(LinkError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw .cannotListen("\(path): exists and is not a socket")
    }
    guard unlink(path) == 0 else {
      throw .cannotListen("\(path): \(String(cString: strerror(errno)))")
    }
  }

  private static func openStream(_ family: Int32, name: String) throws(LinkError) -> Int32 {
    let kind = Int32(
      CWS_SOCKET_STREAM | CWS_SOCKET_CLOSE_ON_EXEC | CWS_SOCKET_NON_BLOCKING)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else {
      throw .cannotListen("\(name): \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  private static func startListening(_ descriptor: Int32, name: String) throws(LinkError) -> Int32 {
    guard Glibc.listen(descriptor, 32) == 0 else { throw failure(closing: descriptor, name: name) }
    return descriptor
  }

  private static func failure(closing descriptor: Int32, name: String) -> LinkError {
    let cause = errno
    Glibc.close(descriptor)
    if cause == EADDRINUSE { return .addressInUse(name) }
    return .cannotListen("\(name): \(String(cString: strerror(cause)))")
  }
}
