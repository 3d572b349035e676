import ChargePiES
import Drivers
import Projections
import Testing

extension World {
  /// Lets time pass as the daemon's loop does: sensors, answers, deadlines, commits.
  func pass(milliseconds: Int64) throws {
    let end = moment + milliseconds * 1_000_000
    while moment < end {
      let due =
        [
          mind.station.nextDeadline(), board.dueNanoseconds, mind.commitDueNanoseconds,
          answers.map(\.due).min(),
        ].compactMap(\.self).min() ?? end
      moment = min(end, max(moment + 1_000_000, due))
      for observation in board.take(nowNanoseconds: moment) { try observe(observation) }
      try deliver()
      if let due = mind.station.nextDeadline(), due <= moment {
        try observe(.timeReached(TimeReached { $0.chance = UInt32(random.below(1_000)) }))
        let isSame = mind.station.nextDeadline() == due
        idleDeadlines = isSame ? idleDeadlines + 1 : 0
        if idleDeadlines == 20 { Issue.record("a deadline does not pass: \(mind.station)") }
      }
      try settle()
      try resetWhenDue()
    }
  }

  /// A reset that the central system asked for: an orderly stop, and another process.
  private func resetWhenDue() throws {
    let process = mind.station.process
    guard process.restart != .none, process.restartDueNanoseconds <= moment else { return }
    try observe(.stopping(Stopping { $0.restart = process.restart }))
    try publish()
    try restart()
  }

  /// What is decided is done, where it may be done before its commit.
  func settle() throws {
    for _ in 0..<64 {
      let permitted = Outputs.permitted(
        inMemory: mind.station.outputs, durable: mind.durable.outputs)
      board.reconcile(permitted, nowNanoseconds: moment)
      let found = board.take(nowNanoseconds: moment)
      if found.isEmpty { break }
      for observation in found { try observe(observation) }
    }
    if let due = mind.commitDueNanoseconds, due <= moment { try publish() }
  }

  func connect() throws {
    guard connection == 0, !random.isOnce(in: 4) else { return try lose() }
    connections += 1
    connection = connections
    let number = connection
    try observe(
      .linkOpened(
        LinkOpened {
          $0.upstream = 1
          $0.connection = number
        }))
  }

  func lose() throws {
    let number = connection
    connection = 0
    try observe(
      .linkClosed(
        LinkClosed {
          $0.upstream = 1
          $0.connection = number
          $0.code = 1_006
          $0.chance = UInt32(random.below(1_000))
        }))
  }

  /// A call that was let out: it is answered later, or with an error, or never.
  func take(_ number: UInt64, _ message: MessageSent) throws {
    sent.append((number, message))
    let bytes = try Concealment.bytes(message.frame, names: names)
    guard case .call(let id, let action, _) = try OCPPFrame.parse(bytes) else {
      Issue.record("event \(number) is no call")
      return
    }
    let due = moment + Int64(random.below(3_000)) * 1_000_000
    switch random.below(troubleRate) {
    case 0: return
    case 1: answers.append((due, message.connection, "[4,\"\(id)\",\"InternalError\",\"\",{}]"))
    default: answers.append((due, message.connection, "[3,\"\(id)\",\(reply(action))]"))
    }
  }

  private func reply(_ action: String) -> String {
    let time = Timestamp.text(nanoseconds: wall)
    let status = ["Accepted", "Accepted", "Accepted", "Invalid"][random.below(4)]
    switch action {
    case "BootNotification":
      let word = random.isOnce(in: 5) ? "Pending" : "Accepted"
      return #"{"status":"\#(word)","currentTime":"\#(time)","interval":30}"#
    case "Heartbeat": return #"{"currentTime":"\#(time)"}"#
    case "Authorize": return #"{"idTagInfo":{"status":"\#(status)","parentIdTag":"FAMILY"}}"#
    case "StartTransaction":
      transactions += 1
      return #"{"transactionId":\#(transactions),"idTagInfo":{"status":"\#(status)"}}"#
    default: return "{}"
    }
  }

  private func deliver() throws {
    let due = answers.filter { $0.due <= moment }
    answers.removeAll { $0.due <= moment }
    for answer in due where answer.connection == connection { try receive(answer.text) }
  }

  /// A frame of the central system.
  func receive(_ text: String) throws {
    guard connection != 0, let upstream = mind.station.upstreams.first else { return }
    try observe(
      dialect.read(Array(text.utf8), from: upstream, in: mind.station, names: names))
  }
}
