import ChargePiES
import Glibc
import Projections
import Testing

/// A directory of one test's own, removed with it; in memory where that is possible.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(root)/replay-tests.XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for name in ["journal.db", "journal.db-lock", "lock"] { unlink(path + "/" + name) }
    rmdir(path)
  }

  var journal: String { path + "/journal.db" }
  var lock: String { path + "/lock" }
}

/// A vault in memory, which outlives the processes of a simulation.
final class MemoryNames: NameStore {
  private var texts: [String] = []
  private var secrets: [[UInt8]] = []

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    let exact = texts.firstIndex { $0.utf8.elementsEqual(text.utf8) }
    if exact == nil { texts.append(text) }
    let folded = text.lowercased()
    let canonical = texts.firstIndex { $0.lowercased() == folded } ?? texts.count - 1
    return (UInt64(exact ?? texts.count - 1) + 1, UInt64(canonical) + 1)
  }

  func text(_ id: UInt64) throws -> String? {
    id >= 1 && Int(id) <= texts.count ? texts[Int(id) - 1] : nil
  }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    secrets.append(value)
    return UInt32(secrets.count)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    version >= 1 && Int(version) <= secrets.count ? secrets[Int(version) - 1] : nil
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func isOnce(in count: Int) -> Bool { below(count) == 0 }
}

/// Runs a program that was built beside the tests, to its end.
struct Program {
  let status: Int32
  let output: [UInt8]

  init(_ name: String, _ arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    let path = try Self.directory() + name
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, path, &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    try #require(result == 0, "\(path) cannot be started")
    output = Self.readAll(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    self.status = status
  }

  private static func readAll(_ end: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(end, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] }
      if count == 0 || (count < 0 && errno != EINTR) { return bytes }
    }
  }

  private static func directory() throws -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    try #require(count > 0)
    let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
    let path = String(decoding: bytes, as: UTF8.self)
    return String(path[...(try #require(path.lastIndex(of: "/")))])
  }
}
