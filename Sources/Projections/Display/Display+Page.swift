import ChargePiES

/// A display's size in characters.
public struct DisplaySize: Hashable, Sendable {
  /// Characters in a line, at least 16: what the texts are made for.
  public let columns: Int
  /// Lines, at least two: what an EVSE has.
  public let rows: Int

  /// A size; a smaller one than there are texts for is cut by the display.
  public init(columns: Int, rows: Int) {
    self.columns = max(16, columns)
    self.rows = max(2, rows)
  }

  /// Two lines of 16.
  public static let columns16Rows2 = DisplaySize(columns: 16, rows: 2)
  /// Four lines of 20.
  public static let columns20Rows4 = DisplaySize(columns: 20, rows: 4)
}

/// What a display shows at a moment.
public struct DisplayPage: Hashable, Sendable {
  /// As many as the display has; each fits.
  public var lines: [String]
  /// When the lines change though the state does not, nanoseconds of this boot; nil for never.
  public var changesAtNanoseconds: Int64?
}

extension Display {
  /// How long each page is shown when there are several.
  static let pageNanoseconds: Int64 = 4 * nanosecondsPerSecond
  /// How long power is shown before time, and time before power.
  static let numberNanoseconds: Int64 = 2 * nanosecondsPerSecond
  /// How long an EVSE that asks somebody for something is shown alone.
  static let askingNanoseconds: Int64 = 60 * nanosecondsPerSecond
  /// At the end of the first line while the central system is not reached.
  static let offlineMark: Character = "!"

  /// What people read: a function of the state, the card that was shown last, and time.
  ///
  /// An EVSE has two lines. Where several do not fit they take turns; one at which somebody is
  /// asked for a card or a cable is shown alone for its first minute. A single one on four lines
  /// has its numbers side by side.
  public static func page(
    _ station: Station, card: RecentCard = RecentCard(), in catalogue: Catalogue,
    size: DisplaySize, nowNanoseconds now: Int64
  ) -> DisplayPage {
    let evses = station.evses.filter { $0.session != nil || !$0.isRemoved }
    guard station.process.isReady, !evses.isEmpty else {
      return notice("ChargePi", catalogue.details.starting, station, size)
    }
    if let refusal = card.refusal(nowNanoseconds: now) {
      let reason = catalogue.details.refusal(refusal.status)
      var page = notice(catalogue.titles.refused, reason, station, size)
      page.changesAtNanoseconds = refusal.untilNanoseconds
      return page
    }
    if station.authorizations.contains(where: { $0.session.isNone }) {
      return notice(catalogue.details.checkingCard, catalogue.details.wait, station, size)
    }
    return panels(station, evses, catalogue, size, now)
  }

  /// What stands on the display while nobody is there to change it: nobody shall wait before a
  /// station that has stopped.
  public static func farewell(in catalogue: Catalogue) -> [String] {
    ["ChargePi", catalogue.details.outOfService]
  }

  private static func panels(
    _ station: Station, _ evses: [EVSE], _ catalogue: Catalogue, _ size: DisplaySize, _ now: Int64
  ) -> DisplayPage {
    let all = evses.map { (evse: $0, situation: station.situation($0, nowNanoseconds: now)) }
    let asking = all.filter { $0.situation.asks && askedUntil($0.evse, station) > now }
    let chosen = asking.isEmpty ? all : asking
    let perPage = size.rows / 2
    let pages = (chosen.count + perPage - 1) / perPage
    let first = Int(now / pageNanoseconds % Int64(pages)) * perPage
    let shown = chosen[first..<min(first + perPage, chosen.count)].map {
      (id: $0.evse.id, panel: Panel($0.situation, catalogue))
    }
    var lines: [String] = []
    if all.count == 1 && size.rows > 2 {
      lines = tall(shown[0].id, shown[0].panel, station.isCutOff, catalogue, size)
    } else {
      lines = shown.flatMap { low($0.id, $0.panel, catalogue, size, now) }
    }
    let turns = pages > 1 ? [(now / pageNanoseconds + 1) * pageNanoseconds] : []
    let numbers =
      shown.contains { $0.panel.charge != nil }
      ? [(now / numberNanoseconds + 1) * numberNanoseconds] : []
    return finished(
      lines, station, size,
      changes: (turns + numbers + asking.map { askedUntil($0.evse, station) }).min())
  }

  /// Whoever came before this boot of the board asks no more.
  private static func askedUntil(_ evse: EVSE, _ station: Station) -> Int64 {
    guard let began = evse.session?.beganAt, began.boot == station.now.boot else { return 0 }
    return began.monotonicNanoseconds + askingNanoseconds
  }

  /// Two lines about no EVSE.
  private static func notice(
    _ title: String, _ detail: String, _ station: Station, _ size: DisplaySize
  ) -> DisplayPage {
    finished([title, detail], station, size, changes: nil)
  }

  /// As many lines as the display has, the offline mark in the first.
  private static func finished(
    _ lines: [String], _ station: Station, _ size: DisplaySize, changes: Int64?
  ) -> DisplayPage {
    var lines = lines.map { String($0.prefix(size.columns)) }
    lines += [String](repeating: "", count: max(0, size.rows - lines.count))
    if station.isCutOff {
      lines[0] = spread(lines[0], String(offlineMark), size.columns)
    }
    return DisplayPage(lines: lines, changesAtNanoseconds: changes)
  }
}

// An EVSE's lines.
extension Display {
  /// Two lines: energy stays, power and time take turns.
  private static func low(
    _ id: UInt32, _ panel: Panel, _ catalogue: Catalogue, _ size: DisplaySize, _ now: Int64
  ) -> [String] {
    let title = titled(panel.title, id, size)
    guard let charge = panel.charge else { return [title, panel.detail] }
    let isTime = now / numberNanoseconds % 2 != 0
    let number = isTime ? charge.time : charge.power(catalogue)
    // The same room for both, so that energy does not change its decimals in between.
    let room = size.columns - 1 - max(charge.time.count, charge.power(catalogue).count)
    return [title, spread(charge.energy(catalogue, columns: room), number, size.columns)]
  }

  /// Four lines for the only EVSE.
  private static func tall(
    _ id: UInt32, _ panel: Panel, _ isCutOff: Bool, _ catalogue: Catalogue, _ size: DisplaySize
  ) -> [String] {
    let title = titled(panel.title, id, size)
    let offline = isCutOff ? catalogue.details.offline : ""
    guard let charge = panel.charge else { return [title, panel.detail, "", offline] }
    let power = charge.power(catalogue)
    let energy = charge.energy(catalogue, columns: size.columns - 1 - power.count)
    return [title, spread(energy, power, size.columns), charge.time, offline]
  }

  /// The title and the number; a long number shortens the title, with room for the offline mark.
  private static func titled(_ title: String, _ id: UInt32, _ size: DisplaySize) -> String {
    let number = " \(id)"
    return title.prefix(max(0, size.columns - 2 - number.count)) + number
  }

  /// One text at the left, one at the right.
  private static func spread(_ left: String, _ right: String, _ columns: Int) -> String {
    let start = left.prefix(max(0, columns - 1 - right.count))
    return start + String(repeating: " ", count: max(1, columns - start.count - right.count))
      + right
  }
}

extension Station {
  /// Whether there is a central system, and it is not reached.
  fileprivate var isCutOff: Bool { policy.hasUpstream && !isOnline }
}

extension EVSE {
  /// Whether the configuration has it no more.
  fileprivate var isRemoved: Bool { connectors.allSatisfy(\.layout.isRemoved) }
}
