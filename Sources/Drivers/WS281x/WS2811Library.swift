import CWS281x
import Glibc

/// A strip at a PWM pin, driven by `libws2811.so` (rpi_ws281x) where somebody has installed it.
///
/// Linux itself cannot do it: the library writes the PWM's registers and feeds it by DMA, for which
/// the process must be root. Debian has no package; it is built with `cmake -DBUILD_SHARED=ON`.
/// DMA goes on when a process dies without letting go: the strip then keeps its last colours.
/// A strip at rest costs no bus: each frame is one DMA transfer.
public final class WS2811Library: WS281xOutput {
  /// A pin that a PWM channel can reach.
  public enum Pin: Int32, CaseIterable, Hashable, Sendable {
    case gpio12 = 12
    case gpio13 = 13
    case gpio18 = 18
    case gpio19 = 19

    /// PWM0 has 12 and 18, PWM1 13 and 19 (BCM2711 §6.2).
    fileprivate var isFirstChannel: Bool {
      switch self {
      case .gpio12, .gpio18: true
      case .gpio13, .gpio19: false
      }
    }
  }

  /// The DMA channel: 5 would corrupt the SD card of a Pi 3B (HARDWARE §5).
  private static let dmaChannel: Int32 = 10
  private static let bitsPerSecond: UInt32 = 800_000

  public let order: WS281xOrder
  /// The library has no bound of its own; as many as the SPI takes are more than anybody has.
  public let mostLEDs = 445
  private let name: String
  private let pin: Pin
  private let isInverted: Bool
  private var session: WS2811Session?

  /// Nothing is loaded before the first frame.
  ///
  /// - Parameter name: what the loader looks for: a name, or a path.
  public init(
    pin: Pin, order: WS281xOrder = .grb, isInverted: Bool = false, name: String = "libws2811.so"
  ) {
    self.pin = pin
    self.order = order
    self.isInverted = isInverted
    self.name = name
  }

  deinit { session?.end() }

  public func send(_ frame: [WS281xDrive]) throws(WS281xError) {
    // The library's buffer is made for one length; there is only one but for the first frame.
    if let session, session.count != frame.count { release() }
    if session == nil { session = try begin(count: frame.count) }
    do throws(WS281xError) {
      try session?.render(frame)
    } catch {
      release()
      throw error
    }
  }

  public func check() throws(WS281xError) {
    dlclose(try WS2811Functions(name: name).handle)
  }

  public func release() {
    session?.end()
    session = nil
  }

  private func begin(count: Int) throws(WS281xError) -> WS2811Session {
    var strip = cws281x_strip()
    strip.freq = Self.bitsPerSecond
    strip.dmanum = Self.dmaChannel
    var channel = cws281x_channel()
    channel.gpionum = pin.rawValue
    channel.invert = isInverted ? 1 : 0
    channel.count = Int32(count)
    channel.strip_type = order.libraryType
    channel.brightness = 255
    if pin.isFirstChannel {
      strip.channel.0 = channel
    } else {
      strip.channel.1 = channel
    }
    return try WS2811Session(
      strip, isFirstChannel: pin.isFirstChannel, functions: WS2811Functions(name: name))
  }
}

extension WS281xOrder {
  /// The library's `strip_type`: the shifts of white, red, green and blue in a colour, a byte each.
  fileprivate var libraryType: Int32 {
    switch self {
    case .grb: 0x0008_1000
    case .rgb: 0x0010_0800
    case .grbw: 0x1808_1000
    }
  }
}

/// The library while it is loaded.
private struct WS2811Functions {
  let handle: UnsafeMutableRawPointer
  let initialise: @convention(c) (UnsafeMutablePointer<cws281x_strip>?) -> Int32
  let render: @convention(c) (UnsafeMutablePointer<cws281x_strip>?) -> Int32
  let finish: @convention(c) (UnsafeMutablePointer<cws281x_strip>?) -> Void
  let words: @convention(c) (Int32) -> UnsafePointer<CChar>?

  init(name: String) throws(WS281xError) {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw .notLoaded(dlerror().map { String(cString: $0) } ?? name)
    }
    func symbol(_ function: String) throws(WS281xError) -> UnsafeMutableRawPointer {
      guard let address = dlsym(handle, function) else { throw .missingFunction(function) }
      return address
    }
    self.handle = handle
    do throws(WS281xError) {
      // Each cast is to the function's type in the library's header, which the shim repeats.
      initialise = unsafeBitCast(try symbol("ws2811_init"), to: cws281x_operation.self)
      render = unsafeBitCast(try symbol("ws2811_render"), to: cws281x_operation.self)
      finish = unsafeBitCast(try symbol("ws2811_fini"), to: cws281x_ending.self)
      words = unsafeBitCast(try symbol("ws2811_get_return_t_str"), to: cws281x_words.self)
    } catch {
      dlclose(handle)
      throw error
    }
  }

  func check(_ code: Int32) throws(WS281xError) {
    guard code != 0 else { return }
    throw .refused(code: code, words: words(code).map { String(cString: $0) } ?? "")
  }
}

/// From `ws2811_init` to `ws2811_fini`, which is never left out.
private final class WS2811Session {
  private let functions: WS2811Functions
  /// An address of its own, because the library keeps it: from `init` to `end`.
  private let strip: UnsafeMutablePointer<cws281x_strip>
  private let isFirstChannel: Bool
  let count: Int

  init(
    _ settings: cws281x_strip, isFirstChannel: Bool, functions: WS2811Functions
  ) throws(WS281xError) {
    self.functions = functions
    self.isFirstChannel = isFirstChannel
    strip = .allocate(capacity: 1)
    strip.initialize(to: settings)
    count = Int(isFirstChannel ? settings.channel.0.count : settings.channel.1.count)
    do throws(WS281xError) {
      try functions.check(functions.initialise(strip))
    } catch {
      // What init began it has cleaned up itself.
      strip.deallocate()
      dlclose(functions.handle)
      throw error
    }
  }

  func render(_ frame: [WS281xDrive]) throws(WS281xError) {
    let channel = isFirstChannel ? strip.pointee.channel.0 : strip.pointee.channel.1
    // The library has allocated `count` colours; a frame of another length has another session.
    if let leds = channel.leds {
      for (index, drive) in frame.prefix(count).enumerated() { leds[index] = drive.libraryColour }
    }
    try functions.check(functions.render(strip))
  }

  /// Once: the owner drops the session with it.
  func end() {
    functions.finish(strip)
    strip.deallocate()
    dlclose(functions.handle)
  }
}

extension WS281xDrive {
  /// 0xWWRRGGBB.
  fileprivate var libraryColour: UInt32 {
    UInt32(white) << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
  }
}
