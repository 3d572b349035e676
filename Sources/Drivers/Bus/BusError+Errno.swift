import Glibc

/// Which kind of bus an `errno` comes from: the same number means different things.
enum BusKind: CaseIterable {
  case spi
  case i2c
  case gpio
}

extension BusError {
  /// More bytes than the adapter can move at once (a CP2112 writes 61, and 16 before a joined read;
  /// spidev moves what its `bufsiz` says).
  public static let messageTooLong = BusError.os(EMSGSIZE)

  /// What the kernel's `errno` means on a bus.
  init(errno code: Int32, on bus: BusKind) {
    switch code {
    case EREMOTEIO, ENXIO: self = .nack
    // Adapters at USB tell a missing chip as a time-out (hid-cp2112).
    case ETIMEDOUT: self = bus == .i2c ? .nack : .timeout
    case EBUSY: self = .busy
    // Another master was faster: the bus is busy.
    case EAGAIN where bus == .i2c: self = .busy
    case ENODEV, ESHUTDOWN: self = .gone
    default: self = .os(code)
    }
  }
}
