extension SimulatedCS5460A {
  /// Where the serial port is in a frame.
  enum Port: Hashable {
    /// A command comes next; an answer may be on its way out.
    case idle
    /// Bytes of a value come, and so many have come.
    case writing(address: UInt8, word: UInt32, count: Int)
  }

  /// Calibrations and sleep are commands, too, that a simulated chip takes without doing them.
  private static let otherCommands: Set<UInt8> = Set(0xC0...0xDF).union([0x88, 0x90])

  public func select(nowNanoseconds: Int64) {
    port = .idle
    output = []
  }

  public func deselect(nowNanoseconds: Int64) {
    port = .idle
    output = []
  }

  public func exchange(_ byte: UInt8, nowNanoseconds now: Int64) -> UInt8 {
    guard now >= darkUntilNanoseconds else { return 0 }
    advance(to: now)
    let out = output.isEmpty ? 0xFF : output.removeFirst()
    if !faults.isDeaf { decode(byte, now) }
    return out
  }

  private func decode(_ byte: UInt8, _ now: Int64) {
    switch port {
    case .writing(let address, let word, let count):
      let longer = word << 8 | UInt32(byte)
      port = count == 2 ? .idle : .writing(address: address, word: longer, count: count + 1)
      if count == 2 { write(longer, at: address, now: now) }
    case .idle:
      command(byte, now)
    }
  }

  private func command(_ byte: UInt8, _ now: Int64) {
    synchronise(byte)
    switch byte {
    case CS5460A.Command.sync0, CS5460A.Command.sync1:
      // Fillers: an answer goes on.
      break
    case 0..<0x80 where byte & 1 == 0:
      let address = byte >> 1 & 0x1F
      // A command, also a filler of zeros, cuts off the answer that is on its way.
      output = []
      if byte & 0x40 != 0 {
        port = .writing(address: address, word: 0, count: 0)
      } else {
        let word = word(at: address, now: now)
        output = [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      }
    case CS5460A.Command.startContinuous: start(now, isContinuous: true)
    case 0xE0: start(now, isContinuous: false)
    case CS5460A.Command.halt: run = .halted
    case _ where Self.otherCommands.contains(byte): run = .halted
    default: lower(.commandsValid)
    }
  }

  /// Three or more SYNC1 and a SYNC0 bring the port back to its beginning.
  private func synchronise(_ byte: UInt8) {
    if byte == CS5460A.Command.sync1 {
      successiveSync1 += 1
      return
    }
    if byte == CS5460A.Command.sync0, successiveSync1 >= 3 {
      output = []
      raise(.commandsValid)
    }
    successiveSync1 = 0
  }
}
