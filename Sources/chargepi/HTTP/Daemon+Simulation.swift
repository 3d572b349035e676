import ChargePiES
import Drivers
import Link
import Projections

extension Daemon {
  /// Does something to the simulated world, and answers with the position before it.
  func serveSimulation(_ request: HTTPRequest) throws {
    let verb = String(request.path.dropFirst("/v1/sim/".count))
    let position = engine.durable.position
    do {
      try simulate(verb, request.body)
      reply(request.id, accepted(position))
    } catch let refusal as Refusal {
      reply(request.id, .error(refusal.status, refusal.text))
    } catch let error as SimulationError {
      switch error {
      case .unknownPlace:
        reply(request.id, .error(404, "there is no such EVSE or connector"))
      case .impossible(let why): reply(request.id, .error(409, why))
      }
    }
  }

  private func simulate(_ verb: String, _ bytes: [UInt8]) throws {
    switch verb {
    case "plug": try plug(try Body(bytes, known: ["evse", "connector", "ev"]))
    case "unplug": try unplug(try Body(bytes, known: ["evse", "connector", "side"]))
    case "swipe": try swipe(try Body(bytes, known: ["token", "type", "evses"]))
    case "ev":
      let body = try Body(bytes, known: ["evse", "demand"])
      let demand = try body.word("demand", CarDemand.self)
      try simulated().demand(evse: try evse(body), demand, nowNanoseconds: now)
    case "fault": try fault(try Body(bytes, known: ["evse", "kind", "active"]))
    case "link": try link(try Body(bytes, known: ["up"]))
    case "lock":
      let body = try Body(bytes, known: ["evse", "mode"])
      try simulated().setLock(evse: try evse(body), try body.word("mode", LockMode.self))
    case "meter": try meter(try Body(bytes, known: ["evse", "energyWh", "currentA", "voltageV"]))
    case "contactor":
      let body = try Body(bytes, known: ["evse", "mode"])
      let mode = try body.word("mode", ContactorMode.self)
      try simulated().setContactor(evse: try evse(body), mode, nowNanoseconds: now)
    case "bus":
      let known = [
        "bus", "latencyMs", "nackPermille", "flipPermille", "missing", "gone", "brownOut",
      ]
      try bus(try Body(bytes, known: known))
    case "input":
      let body = try Body(bytes, known: ["input", "active"])
      try simulated().setInput(
        try body.text("input", most: 30), isActive: try body.flag("active"))
    case "clock": try clock(try Body(bytes, known: ["wall"]))
    case "storage": try storage(try Body(bytes, known: ["freeBytes"]))
    case "inject": try inject(try Body(bytes, known: ["point", "fail"]))
    default: throw Refusal(status: 404, text: "there is no /v1/sim/\(verb)")
    }
  }

  /// The simulated world; the routes exist with one only.
  private func simulated() throws(Refusal) -> any SimulatedScene {
    guard let world else { throw Refusal(status: 404, text: "nothing is simulated here") }
    return world
  }

  private var now: Int64 { SystemClock.monotonicNanoseconds() }

  /// The EVSE of a body, checked to exist.
  private func evse(_ body: Body) throws(Refusal) -> UInt32 {
    let id = try body.place("evse")
    guard engine.station.evse(id) != nil else {
      throw Refusal(status: 404, text: "there is no EVSE \(id)")
    }
    return id
  }

  private func plug(_ body: Body) throws {
    let car = try body.car("ev", standard: configuration.simulation.car)
    try simulated().plug(
      evse: try evse(body), connector: try body.place("connector", isOptional: true), car: car,
      nowNanoseconds: now)
  }

  private func unplug(_ body: Body) throws {
    let side = try body.optionalText("side", most: 10) ?? "both"
    guard side == "both" || side == "ev" else {
      throw Refusal(status: 400, text: "side: expected \"both\" or \"ev\"")
    }
    try simulated().unplug(
      evse: try evse(body), connector: try body.place("connector", isOptional: true),
      carSideOnly: side == "ev", nowNanoseconds: now)
  }

  private func swipe(_ body: Body) throws {
    let text = try body.text("token", most: 20)
    _ = try body.optionalText("type", most: 20)
    let evses = try body.places("evses")
    if let unknown = evses.first(where: { engine.station.evse($0) == nil }) {
      throw Refusal(status: 404, text: "there is no EVSE \(unknown)")
    }
    guard try !simulated().present(card: text, nowNanoseconds: now) else { return }
    try takeCard(text, evses: evses)
  }

  private func fault(_ body: Body) throws {
    let kind = try body.text("kind", most: 50)
    let isActive = try body.flag("active")
    let id = try evse(body)
    let code = FaultCode(word: kind)
    try observe(
      .faultSensed(
        FaultSensed {
          $0.evse = id
          $0.code = code ?? .otherError
          $0.vendorCode = code == nil ? kind : ""
          $0.isActive = isActive
        }))
  }

  private func link(_ body: Body) throws {
    let isUp = try body.flag("up")
    try observe(
      .operatorAsked(
        OperatorAsked {
          $0.wish = isUp ? .linkUp : .linkDown
          $0.upstream = 1
        }))
  }

  private func meter(_ body: Body) throws {
    let energy = try body.thousandths("energyWh", 0...1_000_000_000_000)
    let current = try body.thousandths("currentA", 0...1_000_000)
    let voltage = try body.thousandths("voltageV", 0...1_000_000)
    try simulated().setMeter(
      evse: try evse(body), counterMilliwattHours: energy, milliamperes: current,
      millivolts: voltage, nowNanoseconds: now)
  }

  /// What goes wrong from now on at a simulated bus, or one chip; what is left out goes right.
  private func bus(_ body: Body) throws {
    var faults = ChipFaults()
    faults.latencyNanoseconds = (try body.number("latencyMs", 0...10_000) ?? 0) * 1_000_000
    faults.nackPermille = Int(try body.number("nackPermille", 0...1_000) ?? 0)
    faults.flipPermille = Int(try body.number("flipPermille", 0...1_000) ?? 0)
    faults.isMissing = try body.optionalFlag("missing") ?? false
    faults.isGone = try body.optionalFlag("gone") ?? false
    let name = try body.text("bus", most: 20)
    let dips = try body.optionalFlag("brownOut") ?? false
    try simulated().setFaults(faults, at: name)
    if dips { try simulated().brownOut(at: name) }
  }

  /// What the system's clock claims: a time that somebody has set, or none that can be trusted.
  private func clock(_ body: Body) throws {
    let text = try body.text("wall", most: 40)
    var reading = ClockRead()
    if text != "unknown" {
      guard let wall = Timestamp.nanoseconds(parsing: text) else {
        throw Refusal(status: 400, text: "wall: expected a time or \"unknown\"")
      }
      reading.wallNanoseconds = wall
      reading.quality = .setByHand
    }
    claimedClock = reading
    try observe(.clockRead(reading))
  }

  private func storage(_ body: Body) throws {
    guard let free = try body.number("freeBytes", 0...Int64.max) else {
      throw Refusal(status: 400, text: "freeBytes: expected a number")
    }
    claimedFreeBytes = free
    try checkStorage()
  }

  /// Failures of operations that this version does not have yet cannot be asked for.
  private func inject(_ body: Body) throws {
    let point = try body.text("point", most: 50)
    _ = try body.flag("fail")
    throw Refusal(status: 409, text: "\(point): this version has no such operation")
  }
}
