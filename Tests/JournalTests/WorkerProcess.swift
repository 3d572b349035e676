import Glibc
import Synchronization
import Testing

/// A process of `JournalTestWorker`, which stands beside the tests' own executable.
final class WorkerProcess {
  let pid: pid_t
  private let input: Int32
  private let output: Int32
  private var unread: [UInt8] = []
  private var isEnded = false

  // One at a time: a child that inherited another one's pipe would keep it open.
  private static let starting = Mutex(())

  init(_ arguments: [String]) throws {
    let started = try Self.starting.withLock { _ in try Self.start(arguments) }
    (pid, input, output) = started
  }

  private static func start(_ arguments: [String]) throws -> (pid_t, Int32, Int32) {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    try #require(pipe(&toChild) == 0 && pipe(&fromChild) == 0)
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    let path = try path()
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    try #require(posix_spawn(&child, path, &actions, nil, &words, environ) == 0)
    close(toChild[0])
    close(fromChild[1])
    return (child, toChild[1], fromChild[0])
  }

  deinit {
    if !isEnded { _ = kill() }
    close(input)
    close(output)
  }

  /// The next line, or nil when the process has ended.
  func line() -> String? {
    while true {
      if let end = unread.firstIndex(of: 0x0A) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        return line
      }
      var buffer = [UInt8](repeating: 0, count: 65536)
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { return nil }
      unread += buffer[..<count]
    }
  }

  /// All lines until the process ends.
  func lines() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    return lines
  }

  /// Ends it at once, as a power cut would.
  func kill() -> Int32 {
    Glibc.kill(pid, SIGKILL)
    return wait()
  }

  /// Its status as `waitpid` gives it: the exit code times 256, or the signal that ended it.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    isEnded = true
    return status
  }

  /// Runs one to its end.
  static func run(_ arguments: String...) throws -> (status: Int32, lines: [String]) {
    let worker = try WorkerProcess(arguments)
    let lines = worker.lines()
    return (worker.wait(), lines)
  }

  private static func path() throws -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    try #require(count > 0)
    let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
    let executable = String(decoding: bytes, as: UTF8.self)
    let slash = try #require(executable.lastIndex(of: "/"))
    return String(executable[...slash]) + "JournalTestWorker"
  }
}
