import Glibc

/// Tells systemd how the station is, where it was started by it (`sd_notify(3)`, `Type=notify`).
///
/// The loop itself gives the sign of life, so that a loop that hangs is noticed: systemd then ends
/// the process, opens the contactors (`ExecStopPost=chargepi off`) and starts it again.
struct ServiceManager {
  /// Half of systemd's patience, in nanoseconds; nil where it does not watch.
  let periodNanoseconds: Int64?
  private let descriptor: Int32
  private var address = sockaddr_un()
  private var length: socklen_t = 0
  private var dueNanoseconds: Int64 = 0

  /// From the environment that systemd gives; nil without one.
  init?() {
    guard let path = getenv("NOTIFY_SOCKET").map({ Array(String(cString: $0).utf8) }),
      let first = path.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
      path.count < MemoryLayout.size(ofValue: address.sun_path)
    else { return nil }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    descriptor = socket
    let watched = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }
    let isOurs = getenv("WATCHDOG_PID").map { String(cString: $0) == "\(getpid())" } ?? true
    periodNanoseconds = isOurs ? watched.map { $0 * 1_000 / 2 } : nil
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.copyBytes(from: path)
      // A name that begins with @ is in the abstract name space, which begins with zero.
      if first == UInt8(ascii: "@") { room[0] = 0 }
    }
    length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
  }

  /// When the next sign of life is due; nil where nobody waits for one.
  var nextNanoseconds: Int64? { periodNanoseconds == nil ? nil : dueNanoseconds }

  /// The loop runs, or begins to (`READY=1`), or ends (`STOPPING=1`).
  func tell(_ state: String) {
    var bytes = Array(state.utf8)
    var address = address
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        // Whoever does not listen is not told: a station does not depend on it.
        sendto(descriptor, &bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }

  /// Gives a sign of life when it is due.
  mutating func live(nowNanoseconds now: Int64) {
    guard let periodNanoseconds, now >= dueNanoseconds else { return }
    dueNanoseconds = now + periodNanoseconds
    tell("WATCHDOG=1")
  }
}
