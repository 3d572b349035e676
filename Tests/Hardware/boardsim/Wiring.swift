/// What hangs on the eight pins of the adapter `pins`, from 0, and at the chip selects of SPI0.
///
/// A CP2112 has no more pins, and a station has one chip of them: so there are two boards.
/// README.md has both as tables.
enum Wiring: String, CaseIterable {
  /// Chip selects and a reader's reset at pins, plug sense at both EVSEs, an emergency stop.
  case chips
  /// Every other kind of contact; all chips at the controller's own chip selects.
  case contacts

  var lines: [Line] {
    // A relay board that closes at low level, and one that closes at high level; both rest open.
    let relays = [
      Line(name: "relay-1", role: .relay(evse: 0, coilLevel: false), restingLevel: true),
      Line(name: "relay-2", role: .relay(evse: 1, coilLevel: true), restingLevel: false),
    ]
    switch self {
    case .chips:
      return relays + [
        Line(name: "select-1", role: .chipSelect(member: 0), restingLevel: true),
        Line(name: "select-2", role: .chipSelect(member: 1), restingLevel: true),
        Line(name: "plug-1", role: .input, restingLevel: true),
        Line(name: "plug-2", role: .input, restingLevel: true),
        Line(name: "stop", role: .input, restingLevel: false),
        Line(name: "reset", role: .reset, restingLevel: true),
      ]
    case .contacts:
      return relays + [
        Line(name: "mirror-1", role: .mirror(evse: 0), restingLevel: false),
        Line(name: "plug-1", role: .input, restingLevel: true),
        Line(name: "lock-1", role: .lock(evse: 0), restingLevel: false),
        Line(name: "bolt-1", role: .bolt(evse: 0), restingLevel: true),
        Line(name: "door", role: .input, restingLevel: false),
        Line(name: "residual", role: .input, restingLevel: false),
      ]
    }
  }

  /// The members of the SPI bus at the controller's chip selects; nil where there is none.
  var selected: [Int?] {
    switch self {
    case .chips: [Board.mfrc522Member, nil]
    case .contacts: [0, 1, Board.mfrc522Member]
    }
  }
}
