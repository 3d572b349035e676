/// Why a strip does not show what it shall.
public enum WS281xError: Error, Hashable, Sendable {
  /// The SPI does not take the frame.
  case bus(BusError)
  /// The library could not be loaded: the loader's words.
  case notLoaded(String)
  /// The library is of another kind: the function that it lacks.
  case missingFunction(String)
  /// The library refused: its code and words (-3 is: no Raspberry Pi).
  case refused(code: Int32, words: String)
}

/// The way to a strip: the SPI, or the library that drives a PWM pin.
public protocol WS281xOutput: AnyObject {
  /// LEDs that one frame can have at most.
  var mostLEDs: Int { get }
  /// The order in which the strip takes colours.
  var order: WS281xOrder { get }
  /// Throws what is known to be missing before the first frame; touches no hardware.
  func check() throws(WS281xError)
  /// Shows a frame.
  func send(_ frame: [WS281xDrive]) throws(WS281xError)
  /// Lets go of the hardware; a later frame takes it again.
  func release()
}

/// A strip at MOSI: it has no chip select, so its bus must have no other chip (HARDWARE §5).
///
/// A strip of n LEDs costs 9n + 91 bytes a frame at 2.4 MHz: eight LEDs at rest, refreshed every
/// 0.9 s, are 181 bytes a second, 0.6 ms of the bus.
public final class WS281xSPI: WS281xOutput {
  /// What spidev takes at once (`bufsiz`): a frame with a gap in it would be two.
  static let mostBytes = 4_096

  public let order: WS281xOrder
  private let device: any SPIDevice
  private let rate: WS281xRate
  private let isInverted: Bool

  /// The device must run in mode 0 at the rate's clock.
  public init(
    device: any SPIDevice, rate: WS281xRate = .threeBits, order: WS281xOrder = .grb,
    isInverted: Bool = false
  ) {
    self.device = device
    self.rate = rate
    self.order = order
    self.isInverted = isInverted
  }

  public var mostLEDs: Int {
    let room = Self.mostBytes - rate.frameBytes(ledCount: 0, order: order)
    return room
      / (rate.frameBytes(ledCount: 1, order: order) - rate.frameBytes(ledCount: 0, order: order))
  }

  public func send(_ frame: [WS281xDrive]) throws(WS281xError) {
    let bytes = rate.encode(frame.flatMap { $0.bytes(order) }, inverted: isInverted)
    do throws(BusError) {
      _ = try device.transaction([.transfer(bytes)])
    } catch {
      throw .bus(error)
    }
  }

  public func check() {}

  public func release() {}
}
