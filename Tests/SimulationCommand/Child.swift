import Glibc

/// This program once more, as a process of its own: a trap in a life ends only that.
struct Child {
  let pid: pid_t
  /// Where it says what came of it, at its end.
  let output: Int32

  /// Starts it with these words, and this text to read.
  init?(_ words: [String], input: String = "") {
    var ends: [Int32] = [0, 0]
    var told: [Int32] = [0, 0]
    guard pipe(&ends) == 0, pipe(&told) == 0 else { return nil }
    for end in ends + told { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signal(SIGPIPE, SIG_IGN)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, told[0], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = (["chargepi-simulate"] + words).map {
      strdup($0)
    }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, "/proc/self/exe", &actions, nil, &arguments, environ)
    close(ends[1])
    close(told[0])
    self.pid = pid
    output = ends[0]
    Self.hand(result == 0 ? input : "", to: told[1])
    guard result == 0 else { return nil }
  }

  /// Hands a text over; the other side reads it to its end before it says anything.
  private static func hand(_ text: String, to end: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { break }
      bytes = bytes.dropFirst(max(0, count))
    }
    close(end)
  }

  /// Reads all that it says, and waits for its end. `status` is what `waitpid` gives.
  func finish() -> (status: Int32, text: String) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(output, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] }
      if count == 0 || (count < 0 && errno != EINTR) { break }
    }
    close(output)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return (status, String(decoding: bytes, as: UTF8.self))
  }
}

/// The whole standard input.
func readInput() -> String {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(0, &buffer, buffer.count)
    if count > 0 { bytes += buffer[..<count] }
    if count == 0 || (count < 0 && errno != EINTR) { return String(decoding: bytes, as: UTF8.self) }
  }
}
