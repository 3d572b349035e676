import Drivers

/// The whole board: two EVSEs with a relay and a meter each, readers, a display, switches, and the
/// adapters that connect them to the kernel. README.md has the wiring as a table.
final class Board {
  let wiring: Wiring
  /// The pins of the adapter `pins`, from 0.
  let lines: [Line]
  let loop: EventLoop
  let spi = SPIBus()
  /// The bus of the lamps.
  let stripBus = SPIBus()
  let i2c = I2CBus()
  /// The bus of the adapter `pins`.
  let sensors = I2CBus()
  let evses = (1...2).map { EVSESite(seed: $0) }
  let display = SimulatedHD44780(columns: 16, rows: 2, nowNanoseconds: monotonicNanoseconds())
  let mfrc522 = SimulatedMFRC522(seed: 3)
  let pn532 = SimulatedPN532(seed: 4)
  let strip = SimulatedWS281x(count: 4)
  let thermometer = DS18B20(serial: 0x0000_0BAD_CAFE)
  /// EVSEs whose bolts do not move.
  var stuckBolts: Set<Int> = []
  /// Every edge of a relay's, a lock's or a mirror contact's line since the start.
  private(set) var edges: [Edge] = []
  private(set) lazy var pins = Lines(lines) { [unowned self] in self.changed($0) }
  private(set) lazy var adapters: [any Adapter] = makeAdapters()

  init(loop: EventLoop, wiring: Wiring) {
    self.loop = loop
    self.wiring = wiring
    lines = wiring.lines
    for evse in evses { spi.attach(evse.meter, hertz: 0...2_000_000) }
    spi.attach(mfrc522, hertz: 0...10_000_000)
    // A strip has no chip select and reads pulses, which one clock alone makes of the right length.
    stripBus.attach(strip, hertz: 2_400_000...2_400_000)
    stripBus.setSelected(0, true)
    i2c.attach(display, at: Self.displayAddress)
    i2c.attach(pn532, at: Self.pn532Address)
    i2c.attach(MemoryChip(), at: 0x50)
    sensors.attach(DS2482(thermometer), at: 0x18)
    for (index, evse) in evses.enumerated() {
      evse.onContacts = { [unowned self] isClosed in
        self.move({ if case .mirror(index) = $0 { true } else { false } }, to: isClosed)
      }
    }
  }

  /// Addresses on the I2C bus; the members of the SPI bus are in the order of `init`.
  static let displayAddress: UInt8 = 0x27
  static let pn532Address: UInt8 = 0x24
  static let mfrc522Member = 2

  private func makeAdapters() -> [any Adapter] {
    let chips = wiring.selected.enumerated().map { select, member in
      SpidevAdapter(name: "spidev0.\(select)", node: SpidevNode(bus: spi, member: member))
    }
    return [
      CP2112(name: "pins", bus: sensors, pins: pins),
      CP2112(name: "i2c", bus: i2c, pins: LoosePins()),
    ] + chips + [
      SpidevAdapter(name: "spidev1.0", node: SpidevNode(bus: stripBus, member: nil))
    ]
  }

  private func changed(_ edge: Edge) {
    let level = edge.level
    switch lines[edge.line].role {
    case .relay(let evse, let coilLevel):
      edges.append(edge)
      evses[evse].change { $0.isCoilOn = level == coilLevel }
    case .lock(let evse):
      edges.append(edge)
      followLock(evse)
    case .mirror: edges.append(edge)
    case .chipSelect(let member): spi.setSelected(member, !level)
    case .reset: mfrc522.holdReset(!level, nowNanoseconds: edge.atNanoseconds)
    case .input, .bolt: break
    }
  }

  /// A bolt goes where its lock wants it, unless it is stuck.
  func followLock(_ evse: Int) {
    guard !stuckBolts.contains(evse),
      let lock = lines.firstIndex(where: { if case .lock(evse) = $0.role { true } else { false } })
    else { return }
    move({ if case .bolt(evse) = $0 { true } else { false } }, to: !pins.level(lock))
  }

  /// A contact that follows something of the board.
  private func move(_ isIt: (LineRole) -> Bool, to level: Bool) {
    guard let line = lines.firstIndex(where: { isIt($0.role) }) else { return }
    pins.setExternal(line, level)
  }
}
