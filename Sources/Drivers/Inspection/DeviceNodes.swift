import Glibc

/// A device node of a bus, and whether this process may use it.
public struct DeviceNode: Hashable, Sendable {
  /// What it leads to.
  public enum Kind: Hashable, Sendable, CaseIterable {
    case gpio
    case i2c
    case spi
  }

  /// What it leads to.
  public var kind: Kind
  /// Where it is.
  public var path: String
  /// The name of what is behind it; empty where that cannot be told.
  public var label = ""
  /// Why this process may not use it; nil when it may.
  public var refusal: BusError?
  /// The group that may.
  public var group: UInt32 = 0

  /// A node at a path.
  public init(kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  /// Every node of this machine, GPIO chips first, in the order of their numbers. Nothing is opened
  /// but GPIO chips, for their labels.
  public static func all() -> [DeviceNode] {
    Kind.allCases.flatMap { kind in
      DeviceDirectory.names(kind.prefix).map { inspect(kind, $0) }
    }
  }

  private static func inspect(_ kind: Kind, _ name: String) -> DeviceNode {
    var node = DeviceNode(kind: kind, path: "/dev/" + name)
    if access(node.path, R_OK | W_OK) != 0 { node.refusal = .os(errno) }
    var status = stat()
    if stat(node.path, &status) == 0 { node.group = status.st_gid }
    switch kind {
    case .gpio: node.label = GPIOChip.label(node.path) ?? ""
    case .i2c: node.label = line("/sys/bus/i2c/devices/\(name)/name")
    case .spi: node.label = ""
    }
    return node
  }

  private static func line(_ path: String) -> String {
    guard let text = try? TextFile.read(path) else { return "" }
    return text.split(separator: "\n").first.map(String.init) ?? ""
  }
}

extension DeviceNode.Kind {
  /// How the names of its nodes begin.
  var prefix: String {
    switch self {
    case .gpio: "gpiochip"
    case .i2c: "i2c-"
    case .spi: "spidev"
    }
  }
}
