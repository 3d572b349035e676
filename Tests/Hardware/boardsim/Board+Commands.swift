extension Board {
  private typealias Command = @Sendable (Board, [String]) throws(CommandFailure) -> JSON

  /// What can be asked of the board; README.md explains each.
  private static let commands: [String: Command] = [
    "state": { (board, _) in board.state() },
    "edges": { (board, _) in ["edges": .list(board.edges.map(board.describe))] },
    "display": { (board, _) in board.shown() },
    "lamps": { (board, _) in board.lit() },
    "line": { (board, words) throws(CommandFailure) in try board.moveSwitch(words) },
    "load": { (board, words) throws(CommandFailure) in try board.setLoad(words) },
    "bolt": { (board, words) throws(CommandFailure) in try board.setBolt(words) },
    "heat": { (board, words) throws(CommandFailure) in try board.heat(words) },
    "contacts": { (board, words) throws(CommandFailure) in try board.setContacts(words) },
    "tap": { (board, words) throws(CommandFailure) in try board.setTap(words) },
    "brownout": { (board, words) throws(CommandFailure) in try board.brownOut(words) },
    "missing": { (board, words) throws(CommandFailure) in try board.setMissing(words) },
    "card": { (board, words) throws(CommandFailure) in try board.moveCard(words) },
    "plug": { (board, words) throws(CommandFailure) in try board.setPlugged(words, true) },
    "unplug": { (board, words) throws(CommandFailure) in try board.setPlugged(words, false) },
    "end": { (board, _) in board.end() },
  ]

  /// Does what a line of words says; the answer has the time at which it was done.
  func execute(_ words: [String]) throws(CommandFailure) -> JSON {
    guard let name = words.first, let command = Self.commands[name] else {
      throw CommandFailure(text: "there is no command \"\(words.first ?? "")\"")
    }
    let now = monotonicNanoseconds()
    guard case .object(let members) = try command(self, Array(words.dropFirst())) else {
      return ["at": .number(now)]
    }
    return .object([("at", .number(now))] + members)
  }

  private func end() -> JSON {
    loop.end()
    return [:]
  }

  private func state() -> JSON {
    let levels = lines.indices.map { (lines[$0].name, JSON.flag(pins.level($0))) }
    return [
      "lines": .object(levels), "evses": .list(evses.map { $0.describe() }),
      "spiCollisions": .number(Int64(spi.collisions)),
      "spiMisheard": .number(Int64(spi.misheard + stripBus.misheard)),
      "i2cUnanswered": .number(Int64(i2c.unanswered)),
      "plugged": .list(adapters.filter(\.isPlugged).map { .text($0.name) }),
    ]
  }

  private func shown() -> JSON {
    [
      "rows": .list(display.text.map { .text($0) }), "isLit": .flag(display.isLit),
      "timingViolations": .number(Int64(display.timingViolations)),
      "holdViolations": .number(Int64(display.holdViolations)),
    ]
  }

  private func lit() -> JSON {
    let colours = strip.shown.map { led -> JSON in
      .number(Int64(led.red) << 16 | Int64(led.green) << 8 | Int64(led.blue))
    }
    return [
      "colours": .list(colours), "frames": .number(Int64(strip.frames)),
      "wrongPatterns": .number(Int64(strip.wrongPatterns)),
    ]
  }

  private func describe(_ edge: Edge) -> JSON {
    [
      "at": .number(edge.atNanoseconds), "line": .text(lines[edge.line].name),
      "level": .flag(edge.level),
    ]
  }

  private func moveSwitch(_ words: [String]) throws(CommandFailure) -> JSON {
    guard words.count == 2, let line = lines.firstIndex(where: { $0.name == words[0] }) else {
      throw CommandFailure(text: "line NAME 0|1")
    }
    pins.setExternal(line, words[1] == "1")
    return [:]
  }

  private func setLoad(_ words: [String]) throws(CommandFailure) -> JSON {
    let site = try site(words)
    guard words.count >= 2, let milliamperes = Int64(words[1]) else {
      throw CommandFailure(text: "load EVSE MILLIAMPERES [MILLIVOLTS]")
    }
    let millivolts = words.dropFirst(2).first.flatMap { Int64($0) }
    site.change {
      $0.demandMilliamperes = milliamperes
      if let millivolts { $0.millivolts = millivolts }
    }
    return [:]
  }

  private func setContacts(_ words: [String]) throws(CommandFailure) -> JSON {
    let site = try site(words)
    guard words.count == 2, let contacts = ContactState(rawValue: words[1]) else {
      let states = ContactState.allCases.map(\.rawValue).joined(separator: "|")
      throw CommandFailure(text: "contacts EVSE \(states)")
    }
    site.change { $0.contacts = contacts }
    return [:]
  }

  private func setBolt(_ words: [String]) throws(CommandFailure) -> JSON {
    let evse = try number(words)
    guard words.count == 2, ["follows", "stuck"].contains(words[1]) else {
      throw CommandFailure(text: "bolt EVSE follows|stuck")
    }
    if words[1] == "stuck" { stuckBolts.insert(evse) } else { stuckBolts.remove(evse) }
    followLock(evse)
    return [:]
  }

  private func heat(_ words: [String]) throws(CommandFailure) -> JSON {
    guard let millidegrees = words.first.flatMap({ Int64($0) }) else {
      throw CommandFailure(text: "heat MILLIDEGREES")
    }
    thermometer.millidegrees = millidegrees
    return [:]
  }

  private func setTap(_ words: [String]) throws(CommandFailure) -> JSON {
    let site = try site(words)
    guard words.count == 2, ["load", "mains"].contains(words[1]) else {
      throw CommandFailure(text: "tap EVSE load|mains")
    }
    site.tap(loadSide: words[1] == "load")
    return [:]
  }

  private func setPlugged(_ words: [String], _ isPlugged: Bool) throws(CommandFailure) -> JSON {
    guard let adapter = adapters.first(where: { $0.name == words.first }) else {
      let names = adapters.map(\.name).joined(separator: ", ")
      throw CommandFailure(text: "there is no adapter \"\(words.first ?? "")\" among \(names)")
    }
    guard isPlugged else {
      adapter.unplug(loop)
      return [:]
    }
    do throws(KernelFailure) {
      try adapter.plug(loop)
    } catch {
      throw CommandFailure(text: error.text)
    }
    return [:]
  }

  /// EVSEs are numbered from 1, as everywhere.
  private func site(_ words: [String]) throws(CommandFailure) -> EVSESite {
    evses[try number(words)]
  }

  private func number(_ words: [String]) throws(CommandFailure) -> Int {
    guard let number = words.first.flatMap({ Int($0) }), evses.indices.contains(number - 1) else {
      throw CommandFailure(text: "the first word is the EVSE: 1 or 2")
    }
    return number - 1
  }
}
