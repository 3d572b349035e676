import CGPIO
import Glibc

/// Which GPIO chip: numbers of chips change from board to board and from kernel to kernel, labels
/// do not.
public enum GPIOChip: Hashable, Sendable {
  /// The chip of the Raspberry Pi's header, whichever model it is.
  case header
  /// The chip with this label (`gpiodetect` shows it).
  case label(String)
  /// The chip at this path.
  case path(String)

  /// As a configuration names it: a path, a label, or nothing for the header's.
  public init(configured text: String) {
    if text.isEmpty {
      self = .header
    } else {
      self = text.hasPrefix("/") ? .path(text) : .label(text)
    }
  }

  /// The labels of the header's chip: Pi 0 to 3, Pi 4, Pi 5.
  static let headerLabels = ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"]

  /// Where the chip is now. Throws `os(ENOENT)` when there is none.
  func path() throws(BusError) -> String {
    switch self {
    case .path(let path): return path
    case .label(let label): return try Self.find([label])
    case .header: return try Self.find(Self.headerLabels)
    }
  }

  private static func find(_ labels: [String]) throws(BusError) -> String {
    for name in names() {
      let path = "/dev/" + name
      guard let label = label(path), labels.contains(label) else { continue }
      return path
    }
    throw .os(ENOENT)
  }

  /// The chips of this machine, in the order of their numbers.
  private static func names() -> [String] {
    guard let directory = opendir("/dev") else { return [] }
    defer { closedir(directory) }
    let prefix = "gpiochip"
    var numbers: [Int] = []
    while let entry = readdir(directory) {
      // The name ends with a zero within its field (readdir(3)).
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)) {
        numbers.append(number)
      }
    }
    return numbers.sorted().map { "\(prefix)\($0)" }
  }

  /// The label of the chip at a path; nil for what is no chip.
  static func label(_ path: String) -> String? {
    text { cgpio_label(path, $0, $1) }
  }

  /// Who holds a line; nil for nobody, or where that is not known.
  static func holder(_ path: String, _ offset: UInt32) -> String? {
    let holder = text { cgpio_holder(path, offset, $0, $1) }
    return holder?.isEmpty == false ? holder : nil
  }

  private static func text(_ read: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> String? {
    var room = [UInt8](repeating: 0, count: 64)
    // The shim writes at most the room's size, with a zero at the end.
    let code = room.withUnsafeMutableBytes { bytes -> Int32 in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
        return ENOMEM
      }
      return read(start, bytes.count)
    }
    guard code == 0 else { return nil }
    return String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// One line of a chip, as it is wired.
public struct GPIOLine: Hashable, Sendable {
  /// The chip.
  public var chip: GPIOChip
  /// The line's number at its chip; at the header, the BCM number.
  public var offset: UInt32
  /// Whether low is active: applied by the kernel, so that everything above is logical.
  public var isActiveLow: Bool

  /// A line.
  public init(chip: GPIOChip = .header, offset: UInt32, isActiveLow: Bool = false) {
    self.chip = chip
    self.offset = offset
    self.isActiveLow = isActiveLow
  }
}

/// What pulls an input where nothing drives it.
public enum GPIOBias: Hashable, Sendable {
  case asIs
  case disabled
  case pullUp
  case pullDown
}
