import CGPIO
import Glibc

/// A line that this process holds; given back when nobody has it any more.
final class GPIOHold {
  // Right because `deinit` alone gives it back, and the shim's line lives until then.
  private let line: UnsafeMutablePointer<cgpio_line>
  private let path: String

  init(
    _ wanted: GPIOLine, isOutput: Bool, bias: GPIOBias, consumer: String
  ) throws(BusError) {
    let path = try wanted.chip.path()
    var wish = cgpio_wish()
    wish.offset = wanted.offset
    wish.is_output = isOutput
    wish.is_active_low = wanted.isActiveLow
    wish.bias = Self.code(bias)
    var held: UnsafeMutablePointer<cgpio_line>?
    let code = consumer.withCString { consumer in
      wish.consumer = consumer
      return cgpio_request(path, &wish, &held)
    }
    guard code == 0, let held else { throw BusError(errno: code, on: .gpio) }
    line = held
    self.path = path
  }

  deinit { cgpio_release(line) }

  private static func code(_ bias: GPIOBias) -> Int32 {
    switch bias {
    case .asIs: Int32(CGPIO_BIAS_AS_IS)
    case .disabled: Int32(CGPIO_BIAS_DISABLED)
    case .pullUp: Int32(CGPIO_BIAS_PULL_UP)
    case .pullDown: Int32(CGPIO_BIAS_PULL_DOWN)
    }
  }

  /// Whether the chip is still where it was found.
  var isThere: Bool { access(path, F_OK) == 0 }

  func set(_ isActive: Bool) throws(BusError) {
    let code = cgpio_set(line, isActive)
    if code != 0 { throw BusError(errno: code, on: .gpio) }
  }

  func get() throws(BusError) -> Bool {
    var isActive = false
    let code = cgpio_get(line, &isActive)
    if code != 0 { throw BusError(errno: code, on: .gpio) }
    return isActive
  }
}

/// An output line: requested as output with the inactive value in one request, inactive again
/// before it is given back. Any thread may use it.
///
/// `@unchecked Sendable`: the hold is only touched under the lock.
public final class GPIOOutput: DigitalOutput, @unchecked Sendable {
  private let lock = BusLock()
  private let hold: Reopening<GPIOHold>

  /// Holds a line. Throws `busy` when somebody else has it, `os(ENOENT)` without its chip.
  ///
  /// - Parameter consumer: who has the line, for `gpioinfo`; the kernel keeps 31 bytes.
  public init(
    _ line: GPIOLine, consumer: String, clock: any DeviceClock = LinuxDeviceClock()
  ) throws(BusError) {
    hold = try Reopening(
      clock: clock,
      open: { () throws(BusError) -> GPIOHold in
        try GPIOHold(line, isOutput: true, bias: .asIs, consumer: consumer)
      },
      isThere: { $0.isThere })
  }

  deinit {
    // Nobody is left to tell, and a chip that has gone drives nothing.
    try? hold.useIfOpen { hold throws(BusError) in try hold.set(false) }
  }

  public func set(_ isActive: Bool) throws(BusError) {
    try lock.withLock { () throws(BusError) -> Void in
      try hold.use { hold throws(BusError) in try hold.set(isActive) }
    }
  }

  public func get() throws(BusError) -> Bool {
    try lock.withLock { () throws(BusError) -> Bool in
      try hold.use { hold throws(BusError) in try hold.get() }
    }
  }
}

/// An input line. Any thread may use it.
///
/// `@unchecked Sendable`: the hold is only touched under the lock.
public final class GPIOInput: DigitalInput, @unchecked Sendable {
  private let lock = BusLock()
  private let hold: Reopening<GPIOHold>

  /// Holds a line. Throws `busy` when somebody else has it, `os(ENOENT)` without its chip.
  public init(
    _ line: GPIOLine, bias: GPIOBias = .asIs, consumer: String,
    clock: any DeviceClock = LinuxDeviceClock()
  ) throws(BusError) {
    hold = try Reopening(
      clock: clock,
      open: { () throws(BusError) -> GPIOHold in
        try GPIOHold(line, isOutput: false, bias: bias, consumer: consumer)
      },
      isThere: { $0.isThere })
  }

  public func get() throws(BusError) -> Bool {
    try lock.withLock { () throws(BusError) -> Bool in
      try hold.use { hold throws(BusError) in try hold.get() }
    }
  }
}
