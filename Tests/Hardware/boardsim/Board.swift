import Drivers

/// The whole board: two EVSEs with a relay and a meter each, readers, a display, switches, and the
/// adapters that connect them to the kernel. README.md has the wiring as a table.
final class Board {
  /// The pins of the adapter `pins`, from 0.
  static let lines = [
    // A relay board that closes at low level, and one that closes at high level; both rest open.
    Line(name: "relay-1", role: .relay(evse: 0, coilLevel: false), restingLevel: true),
    Line(name: "relay-2", role: .relay(evse: 1, coilLevel: true), restingLevel: false),
    Line(name: "select-1", role: .chipSelect(member: 0), restingLevel: true),
    Line(name: "select-2", role: .chipSelect(member: 1), restingLevel: true),
    Line(name: "plug-1", role: .input, restingLevel: true),
    Line(name: "plug-2", role: .input, restingLevel: true),
    Line(name: "stop", role: .input, restingLevel: true),
    Line(name: "reset", role: .reset, restingLevel: true),
  ]

  let loop: EventLoop
  let spi = SPIBus()
  let i2c = I2CBus()
  let meters = [RegisterChip(0x123456, isReader: false), RegisterChip(0x654321, isReader: false)]
  var loads = [Load(), Load()]
  /// Every edge of a relay's line since the start.
  private(set) var edges: [Edge] = []
  private(set) lazy var pins = Lines(Self.lines) { [unowned self] in self.changed($0) }
  private(set) lazy var adapters: [any Adapter] = makeAdapters()

  init(loop: EventLoop) { self.loop = loop }

  private func makeAdapters() -> [any Adapter] {
    for meter in meters { _ = spi.attach(meter, maximumHertz: 2_000_000) }
    let reader = spi.attach(RegisterChip(0x92, isReader: true), maximumHertz: 10_000_000)
    i2c.attach(MemoryChip(), at: 0x50)
    return [
      CP2112(name: "pins", bus: I2CBus(), pins: pins),
      CP2112(name: "i2c", bus: i2c, pins: LoosePins()),
      SpidevAdapter(name: "spidev0.0", node: SpidevNode(bus: spi, member: reader)),
      SpidevAdapter(name: "spidev0.1", node: SpidevNode(bus: spi, member: nil)),
    ]
  }

  private func changed(_ edge: Edge) {
    switch Self.lines[edge.line].role {
    case .relay(let evse, let coilLevel):
      edges.append(edge)
      loads[evse].isCoilOn = edge.level == coilLevel
    case .chipSelect(let member): spi.setSelected(member, !edge.level)
    case .reset, .input: break
    }
  }
}
