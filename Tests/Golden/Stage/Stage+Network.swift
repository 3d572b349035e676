import ChargePiES
import Projections

/// What becomes visible, and what the central system makes of it.
extension Stage {
  /// Makes everything so far durable, and then visible.
  func commit() throws {
    for event in try mind.commit() {
      guard case .decision(let decision) = event.body else { continue }
      if case .messageSent(let message) = decision { try hear(message) }
      if case .connectionStarted = decision { connect() }
      if case .connectionDropped = decision {
        connection = 0
        arrivals = []
      }
    }
  }

  private func connect() {
    connections += 1
    connection = connections
    arrive(central.isReachable ? .opened : .closed(0))
  }

  func arrive(_ what: Arrival.What, over line: UInt64? = nil) {
    let due = moment + central.delayNanoseconds
    arrivals.append(Arrival(due: due, connection: line ?? connection, what: what))
  }

  private func hear(_ message: MessageSent) throws {
    let bytes = try Concealment.bytes(message.frame, names: VaultBook(vault: vault))
    let (id, reply) = try central.reply(to: bytes, wallNanoseconds: wall)
    switch reply {
    case .result(let payload): arrive(.frame("[3,\"\(id)\",\(payload)]"))
    case .error(let code, let text): arrive(.frame("[4,\"\(id)\",\"\(code)\",\"\(text)\",{}]"))
    case .silence: break
    case .loss: arrive(.closed(1_006))
    }
  }

  func take(_ arrival: Arrival) throws {
    guard arrival.connection == connection, connection != 0 else { return }
    let number = arrival.connection
    switch arrival.what {
    case .opened:
      try see(
        .linkOpened(
          LinkOpened {
            $0.upstream = 1
            $0.connection = number
          }))
    case .closed(let code): try lose(code: code)
    case .frame(let text):
      guard let upstream = mind.station.upstreams.first else { return }
      try see(
        dialect.read(
          Array(text.utf8), from: upstream, in: mind.station, names: VaultBook(vault: vault)))
    }
  }

  /// The connection is lost, or an attempt failed.
  func lose(code: UInt32 = 1_006) throws {
    let number = connection
    connection = 0
    arrivals = []
    let chance = draw()
    try see(
      .linkClosed(
        LinkClosed {
          $0.upstream = 1
          $0.connection = number
          $0.code = code
          $0.reason = code == 0 ? "connection refused" : ""
          $0.chance = chance
        }))
  }

  /// A frame of the central system, as it stands; it arrives at once.
  func frame(_ text: String) throws {
    precondition(mind.station.authority?.connection != 0, "nobody is connected")
    try take(Arrival(due: moment, connection: connection, what: .frame(text)))
    try settle()
  }

  /// A call of the central system.
  func call(_ action: String, _ payload: String) throws {
    calls += 1
    try frame("[2,\"call-\(calls)\",\"\(action)\",\(payload)]")
  }
}
