extension Board {
  /// What can be asked of the board; README.md explains each.
  func execute(_ words: [String]) throws(CommandFailure) -> JSON {
    let arguments = Array(words.dropFirst())
    switch words.first {
    case "state": return state()
    case "edges": return ["edges": .list(edges.map(describe))]
    case "line": return try moveSwitch(arguments)
    case "load": return try setLoad(arguments)
    case "contacts": return try setContacts(arguments)
    case "plug", "unplug": return try setPlugged(arguments, words.first == "plug")
    case "end":
      loop.end()
      return ["ok": true]
    default: throw CommandFailure(text: "there is no command \"\(words.first ?? "")\"")
    }
  }

  private func state() -> JSON {
    let levels = Self.lines.indices.map { (Self.lines[$0].name, JSON.flag(pins.level($0))) }
    let evses = loads.indices.map { index -> JSON in
      [
        "coil": .flag(loads[index].isCoilOn), "closed": .flag(loads[index].isClosed),
        "milliwattSeconds": .number(loads[index].milliwattSeconds),
      ]
    }
    return [
      "now": .number(monotonicNanoseconds()), "lines": .object(levels), "evses": .list(evses),
      "spiCollisions": .number(Int64(spi.collisions)), "spiMisheard": .number(Int64(spi.misheard)),
      "i2cUnanswered": .number(Int64(i2c.unanswered)),
      "plugged": .list(adapters.filter(\.isPlugged).map { .text($0.name) }),
    ]
  }

  private func describe(_ edge: Edge) -> JSON {
    [
      "at": .number(edge.atNanoseconds), "line": .text(Self.lines[edge.line].name),
      "level": .flag(edge.level),
    ]
  }

  private func moveSwitch(_ words: [String]) throws(CommandFailure) -> JSON {
    guard words.count == 2, let line = Self.lines.firstIndex(where: { $0.name == words[0] }) else {
      throw CommandFailure(text: "line NAME 0|1")
    }
    pins.setExternal(line, words[1] == "1")
    return ["ok": true]
  }

  private func setLoad(_ words: [String]) throws(CommandFailure) -> JSON {
    let index = try evse(words)
    guard words.count >= 2, let milliamperes = Int64(words[1]) else {
      throw CommandFailure(text: "load EVSE MILLIAMPERES [MILLIVOLTS]")
    }
    loads[index].demandMilliamperes = milliamperes
    if words.count > 2, let millivolts = Int64(words[2]) { loads[index].millivolts = millivolts }
    return ["ok": true]
  }

  private func setContacts(_ words: [String]) throws(CommandFailure) -> JSON {
    let index = try evse(words)
    guard words.count == 2, let contacts = ContactState(rawValue: words[1]) else {
      let states = ContactState.allCases.map(\.rawValue).joined(separator: "|")
      throw CommandFailure(text: "contacts EVSE \(states)")
    }
    loads[index].contacts = contacts
    return ["ok": true]
  }

  private func setPlugged(_ words: [String], _ isPlugged: Bool) throws(CommandFailure) -> JSON {
    guard let adapter = adapters.first(where: { $0.name == words.first }) else {
      let names = adapters.map(\.name).joined(separator: ", ")
      throw CommandFailure(text: "there is no adapter \"\(words.first ?? "")\" among \(names)")
    }
    guard isPlugged else {
      adapter.unplug(loop)
      return ["ok": true]
    }
    do throws(KernelFailure) {
      try adapter.plug(loop)
    } catch {
      throw CommandFailure(text: error.text)
    }
    return ["ok": true]
  }

  /// EVSEs are numbered from 1, as everywhere.
  private func evse(_ words: [String]) throws(CommandFailure) -> Int {
    guard let number = words.first.flatMap({ Int($0) }), loads.indices.contains(number - 1) else {
      throw CommandFailure(text: "the first word is the EVSE: 1 or 2")
    }
    return number - 1
  }
}
