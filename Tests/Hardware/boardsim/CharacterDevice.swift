/// A range of the caller's memory.
struct CallerMemory {
  let address: UInt64
  let count: Int
}

/// What a character device answers to a control request (`ioctl`).
enum ControlAnswer {
  /// It is done: the call's result and what goes into the memory that was asked for.
  case done(Int32, [UInt8])
  /// An `errno`.
  case failure(Int32)
  /// Ask again with this memory read, and with room for that.
  case needs(input: [CallerMemory], output: [CallerMemory])
}

/// A control request.
struct ControlRequest {
  let command: UInt32
  let argument: UInt64
  /// The memory that was asked for, joined; empty at first.
  let input: [UInt8]
  /// How many bytes the answer may have.
  let outputRoom: Int
}

/// What serves a character device.
protocol CharacterDevice: AnyObject {
  func control(_ request: ControlRequest) -> ControlAnswer
  /// What `read` gives; an `errno` otherwise.
  func read(_ count: Int) -> Result<[UInt8], DeviceError>
  /// How many bytes `write` took; an `errno` otherwise.
  func write(_ bytes: [UInt8]) -> Result<Int, DeviceError>
}

/// An `errno` of a device.
struct DeviceError: Error {
  let code: Int32
}
