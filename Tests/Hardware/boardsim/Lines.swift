/// What hangs on a pin of the board.
enum LineRole {
  /// A relay of the EVSE with this index; the coil draws at this level.
  case relay(evse: Int, coilLevel: Bool)
  /// The chip select, low when active, of a member of the SPI bus.
  case chipSelect(member: Int)
  /// The reset of a chip, low when active.
  case reset
  /// A switch that a command moves.
  case input
  /// The mirror contact of an EVSE's contactor: open, and so high, while the contacts are closed.
  case mirror(evse: Int)
  /// The driver of an EVSE's lock; it locks at high level.
  case lock(evse: Int)
  /// The contact that closes, to low, when an EVSE's bolt is home.
  case bolt(evse: Int)
}

/// A pin with its name and what the wiring puts on it when nobody drives it.
struct Line {
  let name: String
  let role: LineRole
  let restingLevel: Bool
}

/// An edge on a wire.
struct Edge {
  let atNanoseconds: Int64
  let line: Int
  let level: Bool
}

/// The pins of the board's adapter and the wires on them.
///
/// Every change of a level is passed on at once, before the system call that made it returns.
final class Lines: PinPort {
  private(set) var bank: PinBank
  let lines: [Line]
  private let changed: (Edge) -> Void

  init(_ lines: [Line], changed: @escaping (Edge) -> Void) {
    self.lines = lines
    self.changed = changed
    let resting = lines.enumerated().reduce(UInt8(0)) { bits, line in
      line.element.restingLevel ? bits | 1 << UInt8(line.offset) : bits
    }
    bank = PinBank(external: resting)
  }

  func level(_ line: Int) -> Bool { bank.levels >> UInt8(line) & 1 == 1 }

  func setOutputs(_ mask: UInt8) { change { $0.setOutputs(mask) } }

  func write(_ values: UInt8, mask: UInt8) { change { $0.write(values, mask: mask) } }

  func lostPower() { change { $0.reset() } }

  /// A switch moves.
  func setExternal(_ line: Int, _ level: Bool) {
    let bit = UInt8(1) << UInt8(line)
    change { $0.external = level ? $0.external | bit : $0.external & ~bit }
  }

  private func change(_ body: (inout PinBank) -> Void) {
    let before = bank.levels
    body(&bank)
    // What follows from an edge (a mirror contact from its relay's) tells its own.
    let changes = before ^ bank.levels
    let now = monotonicNanoseconds()
    for line in lines.indices where changes >> UInt8(line) & 1 == 1 {
      changed(Edge(atNanoseconds: now, line: line, level: level(line)))
    }
  }
}
