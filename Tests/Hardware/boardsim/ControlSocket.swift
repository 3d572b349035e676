import Glibc

/// A command that cannot be done, with the sentence for whoever gave it.
struct CommandFailure: Error {
  let text: String
}

/// Takes commands, one a line, on a Unix socket and answers each with a line of JSON.
final class ControlSocket: EventSource {
  typealias Execute = ([String]) throws(CommandFailure) -> JSON

  let descriptor: Int32
  private let loop: EventLoop
  private let execute: Execute

  init(path: String, loop: EventLoop, execute: @escaping Execute) throws(KernelFailure) {
    self.loop = loop
    self.execute = execute
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(room - 1)) }
    unlink(path)
    let status = withUnsafePointer(to: &address) {
      // An address of one family is an address: the call takes its length.
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0, listen(descriptor, 4) == 0 else {
      throw KernelFailure(request: "listen at \(path)", code: errno)
    }
  }

  func ready() -> Bool {
    let client = accept(descriptor, nil, nil)
    if client >= 0 { loop.add(ControlClient(descriptor: client, execute: execute)) }
    return true
  }
}

/// One connection of a commander.
private final class ControlClient: EventSource {
  let descriptor: Int32
  private let execute: ControlSocket.Execute
  private var received: [UInt8] = []

  init(descriptor: Int32, execute: @escaping ControlSocket.Execute) {
    self.descriptor = descriptor
    self.execute = execute
  }

  deinit { close(descriptor) }

  func ready() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    received += buffer[..<count]
    while let end = received.firstIndex(of: 0x0A) {
      let line = String(decoding: received[..<end], as: UTF8.self)
      received.removeFirst(end + 1)
      guard answer(line) else { return false }
    }
    return true
  }

  private func answer(_ line: String) -> Bool {
    let words = line.split(separator: " ").map { String($0) }
    var text: String
    do throws(CommandFailure) {
      text = try execute(words).line
    } catch {
      text = JSON.object([("error", .text(error.text))]).line
    }
    text += "\n"
    let bytes = Array(text.utf8)
    return write(descriptor, bytes, bytes.count) == bytes.count
  }
}
