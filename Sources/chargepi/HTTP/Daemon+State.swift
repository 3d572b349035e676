import ChargePiES
import Projections

extension Daemon {
  /// How old the readings in an answer may be.
  private static let readingsAgeNanoseconds: Int64 = 3 * nanosecondsPerSecond

  /// The station now, as the journal has it (CONTRACT §3). Secrets never appear in it.
  ///
  /// Somebody looks, so what waits for the next commit is committed first; readings alone only when
  /// they are a few seconds old, so that looking does not wear the disk.
  func state() throws -> Answer {
    let age = SystemClock.monotonicNanoseconds() - committedNanoseconds
    if engine.hasMoreThanReadings || age > Self.readingsAgeNanoseconds { try commit() }
    let station = engine.durable
    var writer = JSONWriter(capacityBytes: 2_048)
    writer.beginObject()
    writer.member("seq", Int64(station.position))
    writer.name("upstreams")
    writer.beginArray()
    for upstream in station.upstreams { write(upstream, station, &writer) }
    writer.endArray()
    writer.name("evses")
    writer.beginArray()
    for evse in station.evses { try write(evse, station, &writer) }
    writer.endArray()
    writer.member("display", Display.lines(station))
    writer.member("lamps", Lamps.colours(station))
    writer.endObject()
    return Answer(status: 200, body: writer.bytes + [UInt8(ascii: "\n")])
  }

  private func write(_ upstream: Upstream, _ station: Station, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", upstream.id == 1 ? "main" : "\(upstream.id)")
    writer.member("version", station.identity.ocppVersion)
    writer.member("online", upstream.connection != 0)
    writer.member("registration", upstream.registration.word)
    writer.member("securityProfile", station.integer(.securityProfile))
    writer.name("queued")
    writer.beginObject()
    writer.member("transaction", Int64(upstream.transactions.count))
    writer.member("other", upstream.statuses.count + upstream.authorizations.count)
    writer.member("parked", upstream.parkedCount)
    writer.endObject()
    writer.endObject()
  }

  private func write(_ evse: EVSE, _ station: Station, _ writer: inout JSONWriter) throws {
    let whole = evse.sessionConnector ?? evse.connectors.first
    let isOperative = !station.isInoperative && evse.connectors.contains { !$0.isInoperative }
    writer.beginObject()
    writer.member("id", Int64(evse.id))
    writer.member("state", whole.map { station.status(evse, $0).word } ?? "Unavailable")
    writer.member("availability", isOperative ? "Operative" : "Inoperative")
    writer.name("fault")
    if let fault = (evse.faults + station.faults).first {
      write(fault, &writer)
    } else {
      writer.null()
    }
    writer.name("reservation")
    writer.null()
    writer.name("limitA")
    writer.decimal(station.limitMilliamperes(evse) / 100, scale: 1)
    writer.name("energyWh")
    writer.decimal(evse.meter.reading.registerMilliwattHours, scale: 3)
    writer.name("powerW")
    writer.decimal(evse.meter.reading.powerMilliwatts, scale: 3)
    writer.member("contactor", evse.isClosed ? "closed" : "open")
    writer.name("connectors")
    writer.beginArray()
    for connector in evse.connectors {
      writer.beginObject()
      writer.member("id", Int64(connector.layout.id))
      writer.member("status", station.status(evse, connector).word)
      writer.member("cable", connector.cable != .out)
      writer.member("locked", connector.isLocked)
      writer.endObject()
    }
    writer.endArray()
    writer.name("session")
    // What has not come to charging yet is no session for others: there is nothing to bill.
    if let session = evse.session, session.isPermitted {
      try write(session, evse, station, &writer)
    } else {
      writer.null()
    }
    writer.endObject()
  }

  private func write(_ fault: Fault, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", fault.code.word)
    writer.member("vendorCode", fault.vendorCode)
    writer.member("info", fault.info)
    writer.endObject()
  }

  private func write(
    _ session: Session, _ evse: EVSE, _ station: Station, _ writer: inout JSONWriter
  ) throws {
    let reference = station.authority?.references.first { $0.session == session.id }?.reference
    let began = station.wallTime(of: session.permittedAt)
    let start = session.startRegisterMilliwattHours
    writer.beginObject()
    writer.member("id", session.id.description)
    writer.name("transactionId")
    if let reference, let number = Int64(reference) {
      writer.integer(number)
    } else {
      writer.null()
    }
    writer.name("token")
    let token = session.token == 0 ? nil : try names.text(session.token)
    if let token { writer.string(token) } else { writer.null() }
    writer.name("startedAt")
    if let began {
      writer.string(Timestamp.text(nanoseconds: began.nanoseconds, precision: .seconds))
    } else {
      writer.null()
    }
    writer.name("energyWh")
    writer.decimal(evse.meter.reading.registerMilliwattHours - start, scale: 3)
    writer.endObject()
  }
}
