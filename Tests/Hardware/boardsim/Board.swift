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
  /// The bus of the lamps.
  let stripBus = SPIBus()
  let i2c = I2CBus()
  let evses = (1...2).map { EVSESite(seed: $0) }
  let display = SimulatedHD44780(columns: 16, rows: 2, nowNanoseconds: monotonicNanoseconds())
  let mfrc522 = SimulatedMFRC522(seed: 3)
  let pn532 = SimulatedPN532(seed: 4)
  let strip = SimulatedWS281x(count: 4)
  /// Every edge of a relay's line since the start.
  private(set) var edges: [Edge] = []
  private(set) lazy var pins = Lines(Self.lines) { [unowned self] in self.changed($0) }
  private(set) lazy var adapters: [any Adapter] = makeAdapters()

  init(loop: EventLoop) {
    self.loop = loop
    for evse in evses { spi.attach(evse.meter, hertz: 0...2_000_000) }
    spi.attach(mfrc522, hertz: 0...10_000_000)
    // A strip has no chip select and reads pulses, which one clock alone makes of the right length.
    stripBus.attach(strip, hertz: 2_400_000...2_400_000)
    stripBus.setSelected(0, true)
    i2c.attach(display, at: Self.displayAddress)
    i2c.attach(pn532, at: Self.pn532Address)
    i2c.attach(MemoryChip(), at: 0x50)
  }

  /// Addresses on the I2C bus; the members of the SPI bus are in the order of `init`.
  static let displayAddress: UInt8 = 0x27
  static let pn532Address: UInt8 = 0x24
  static let mfrc522Member = 2

  private func makeAdapters() -> [any Adapter] {
    [
      CP2112(name: "pins", bus: I2CBus(), pins: pins),
      CP2112(name: "i2c", bus: i2c, pins: LoosePins()),
      SpidevAdapter(name: "spidev0.0", node: SpidevNode(bus: spi, member: Self.mfrc522Member)),
      SpidevAdapter(name: "spidev0.1", node: SpidevNode(bus: spi, member: nil)),
      SpidevAdapter(name: "spidev1.0", node: SpidevNode(bus: stripBus, member: nil)),
    ]
  }

  private func changed(_ edge: Edge) {
    switch Self.lines[edge.line].role {
    case .relay(let evse, let coilLevel):
      edges.append(edge)
      evses[evse].change { $0.isCoilOn = edge.level == coilLevel }
    case .chipSelect(let member): spi.setSelected(member, !edge.level)
    case .reset: mfrc522.holdReset(!edge.level, nowNanoseconds: edge.atNanoseconds)
    case .input: break
    }
  }
}
