import ChargePiES
import Link
import Projections

/// A request that waits for events.
struct WaitingRequest {
  let id: RequestID
  /// Events after this number are wanted.
  let since: UInt64
  /// When it is answered empty, nanoseconds since boot.
  let dueNanoseconds: Int64
}

extension Daemon {
  /// Answers a request, or lets it wait.
  func serve(_ request: HTTPRequest) throws {
    guard isFromHere(request) else {
      return reply(request.id, .error(403, "this API answers to its own host only"))
    }
    let path = request.path
    switch (request.method, path) {
    case ("GET", "/v1/health"): reply(request.id, health())
    case ("GET", "/v1/state"): reply(request.id, try state())
    case ("GET", "/v1/events"): try serveEvents(request)
    case ("GET", "/v1/parked"): reply(request.id, parked())
    case ("POST", _) where path.hasPrefix("/v1/parked/"): try serveParked(request)
    case ("POST", _) where path.hasPrefix("/v1/evses/"): serveReset(request)
    case ("POST", _) where path.hasPrefix("/v1/sim/"): try serveSimulation(request)
    case (_, "/v1/health"), (_, "/v1/state"), (_, "/v1/events"), (_, "/v1/parked"):
      reply(request.id, .error(405, "this is read with GET"))
    default: reply(request.id, .error(404, "there is nothing at \(path)"))
    }
  }

  /// A page of another origin must not reach this API through the browser of somebody here: names
  /// that resolve to loopback are refused (DNS rebinding), as are foreign origins.
  private func isFromHere(_ request: HTTPRequest) -> Bool {
    if request.isLocalSocket { return true }
    if let origin = request.origin, origin != "null", !origin.hasSuffix("://\(request.host ?? "")")
    {
      return false
    }
    guard let host = request.host else { return true }
    let name =
      host.hasPrefix("[")
      ? host[...(host.firstIndex(of: "]") ?? host.startIndex)]
      : host.prefix { $0 != ":" }
    let isAddress = name.allSatisfy {
      $0.isHexDigit || $0 == "." || $0 == ":" || $0 == "[" || $0 == "]"
    }
    return isAddress || name.lowercased() == "localhost"
      || name.lowercased() == arguments.httpHost.lowercased()
  }

  func reply(_ id: RequestID, _ answer: Answer) {
    loop.respond(
      id, status: answer.status, contentType: "application/json", body: answer.body)
  }

  private func health() -> Answer {
    .json(200) {
      $0.beginObject()
      $0.member("version", programVersion)
      $0.member("seq", Int64(engine.durable.position))
      $0.member("csmsReachable", engine.durable.authority?.connection ?? 0 != 0)
      $0.name("loop")
      $0.beginObject()
      $0.member("turns", Int64(pace.turns))
      $0.member("slowTurns", Int64(pace.slowTurns))
      $0.member("longestUs", pace.longestNanoseconds / 1_000)
      $0.endObject()
      $0.endObject()
    }
  }

  private func serveEvents(_ request: HTTPRequest) throws {
    var since: UInt64 = 0
    var wait: Int64 = 0
    for item in request.query {
      switch item.name {
      case "since":
        guard let number = UInt64(item.value) else {
          return reply(request.id, .error(400, "since: expected a number"))
        }
        since = number
      case "wait":
        guard let seconds = Int64(item.value), (0...30).contains(seconds) else {
          return reply(request.id, .error(400, "wait: expected 0 to 30 seconds"))
        }
        wait = seconds
      default: return reply(request.id, .error(400, "\(item.name): unknown parameter"))
      }
    }
    if engine.durable.position > since || wait == 0 {
      reply(
        request.id, try EventsDocument(store.writer, since: since).answer(engine.durable.position))
    } else {
      let due = SystemClock.monotonicNanoseconds() + wait * nanosecondsPerSecond
      waiting.append(WaitingRequest(id: request.id, since: since, dueNanoseconds: due))
    }
  }

  /// Answers requests whose events have come, or whose time is up.
  func answerWaiting() {
    let now = SystemClock.monotonicNanoseconds()
    let position = engine.durable.position
    let ready = waiting.filter { $0.since < position || $0.dueNanoseconds <= now }
    guard !ready.isEmpty else { return }
    waiting.removeAll { $0.since < position || $0.dueNanoseconds <= now }
    for request in ready {
      do {
        let document = EventsDocument(store.writer, since: request.since)
        reply(request.id, try document.answer(position))
      } catch {
        reply(request.id, .error(500, "\(error)"))
      }
    }
  }

  private func parked() -> Answer {
    .json(200) { writer in
      writer.beginArray()
      for group in engine.durable.authority?.parked ?? [] {
        writer.beginObject()
        writer.member("session", group.session.description)
        writer.member("messages", group.messages.count)
        writer.member("error", group.error)
        writer.endObject()
      }
      writer.endArray()
    }
  }

  /// `POST /v1/parked/SESSION/retry` and `/release`.
  private func serveParked(_ request: HTTPRequest) throws {
    let parts = request.path.split(separator: "/").dropFirst(2)
    guard parts.count == 2, let name = parts.first, let verb = parts.last,
      verb == "retry" || verb == "release"
    else { return reply(request.id, .error(404, "/v1/parked/SESSION/retry or /release")) }
    let groups = engine.station.authority?.parked ?? []
    guard let group = groups.first(where: { $0.session.description == name }) else {
      return reply(request.id, .error(404, "nothing of session \(name) is parked"))
    }
    let position = engine.durable.position
    try observe(
      .operatorAsked(
        OperatorAsked {
          $0.wish = verb == "retry" ? .retryParked : .releaseParked
          $0.upstream = 1
          $0.session = group.session
        }))
    reply(request.id, accepted(position))
  }

  /// `POST /v1/evses/N/reset`: somebody has looked after the contactor.
  private func serveReset(_ request: HTTPRequest) {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
    guard parts.count == 2, let name = parts.first, parts.last == "reset" else {
      return reply(request.id, .error(404, "/v1/evses/N/reset"))
    }
    guard let id = UInt32(name), engine.station.evse(id) != nil else {
      return reply(request.id, .error(404, "there is no EVSE \(name)"))
    }
    board.resetContactor(evse: id)
    reply(request.id, accepted(engine.durable.position))
  }

  /// What every accepted wish gets: the journal's position before it.
  ///
  /// The durable one. Events that still wait for their commit may be lost, and others get their
  /// numbers: who reads on from there would miss those.
  func accepted(_ position: UInt64) -> Answer {
    .json(202) {
      $0.beginObject()
      $0.member("seq", Int64(position))
      $0.endObject()
    }
  }
}
