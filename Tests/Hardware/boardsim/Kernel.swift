import Glibc

/// Why the kernel refused something.
struct KernelFailure: Error {
  /// What was asked.
  let request: String
  /// Its `errno`.
  let code: Int32

  var text: String { "\(request): \(String(cString: strerror(code)))" }
}

/// Nanoseconds since boot (CLOCK_MONOTONIC), which is the time of all chip models.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// A descriptor of a device that gives one message per `read` and takes one per `write`.
final class MessageDevice {
  let descriptor: Int32
  private let path: String
  private var buffer: [UInt8]

  init(path: String, longestMessage: Int) throws(KernelFailure) {
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw KernelFailure(request: "open \(path)", code: errno) }
    self.path = path
    buffer = [UInt8](repeating: 0, count: longestMessage)
  }

  /// The next message; nil when none waits.
  func receive() throws(KernelFailure) -> [UInt8]? {
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 { return Array(buffer[..<count]) }
      if count == 0 || errno == EAGAIN { return nil }
      guard errno == EINTR else { throw KernelFailure(request: "read \(path)", code: errno) }
    }
  }

  func send(_ message: [UInt8]) throws(KernelFailure) {
    while write(descriptor, message, message.count) < 0 {
      guard errno == EINTR else { throw KernelFailure(request: "write \(path)", code: errno) }
    }
  }

  func close() { Glibc.close(descriptor) }

  /// Closes on a thread of its own: the driver on the other side removes its device now, and waits
  /// until the last user has closed its I2C bus.
  func closeAside() {
    var thread = pthread_t()
    // The descriptor travels as the argument's bits; nothing is pointed at.
    let argument = UnsafeMutableRawPointer(bitPattern: Int(descriptor))
    let status = pthread_create(
      &thread, nil,
      { argument in
        Glibc.close(Int32(Int(bitPattern: argument)))
        return nil
      }, argument)
    if status == 0 { pthread_detach(thread) } else { close() }
  }
}
