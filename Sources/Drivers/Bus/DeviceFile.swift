import Glibc

/// An open device node; closed when nobody has it any more.
final class DeviceFile {
  let path: String
  let descriptor: Int32
  private let kind: BusKind

  init(path: String, kind: BusKind) throws(BusError) {
    descriptor = open(path, O_RDWR | O_CLOEXEC)
    self.path = path
    self.kind = kind
    if descriptor < 0 { throw BusError(errno: errno, on: kind) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether the path still leads to what is open here: after a hot unplug it does not.
  var isThere: Bool {
    var atPath = stat()
    var here = stat()
    guard stat(path, &atPath) == 0, fstat(descriptor, &here) == 0 else { return false }
    return atPath.st_dev == here.st_dev && atPath.st_ino == here.st_ino
  }

  /// A request that passes a value by its address, in either direction.
  func request<Value>(_ number: UInt, _ value: inout Value) throws(BusError) {
    // The kernel reads or writes one value of the request's own size during the call, no longer.
    let result = withUnsafeMutablePointer(to: &value) {
      ioctl(descriptor, number, UnsafeMutableRawPointer($0))
    }
    if result < 0 { throw BusError(errno: errno, on: kind) }
  }

  /// A request whose argument is a number.
  func request(_ number: UInt, number argument: Int32) throws(BusError) {
    if ioctl(descriptor, number, argument) < 0 { throw BusError(errno: errno, on: kind) }
  }

  /// The result of a call that gives a count; negative is an error.
  func counted(_ result: Int, of count: Int) throws(BusError) {
    if result < 0 { throw BusError(errno: errno, on: kind) }
    if result != count { throw .shortTransfer(result) }
  }
}
