import ChargePiES

/// What one EVSE has to show, in words.
struct Panel: Hashable {
  /// What it is about, without the EVSE's number.
  var title: String
  /// What to do, or why.
  var detail = ""
  /// The numbers of a session; then there is no detail.
  var charge: Charge?

  init(_ situation: Situation, _ catalogue: Catalogue) {
    let titles = catalogue.titles
    let details = catalogue.details
    switch situation {
    case .available(let needsCard):
      title = titles.available
      detail = needsCard ? details.showCard : details.plugIn
    case .cardPlease: (title, detail) = (titles.connected, details.showCard)
    case .checkingCard: (title, detail) = (titles.connected, details.checkingCard)
    case .plugPlease: (title, detail) = (titles.accepted, details.plugIn)
    case .carPlease: (title, detail) = (titles.connected, details.connectCar)
    case .gettingReady: (title, detail) = (titles.connected, details.wait)
    case .charging(let numbers): (title, charge) = (titles.charging, numbers)
    case .pausedByCar(let numbers): (title, charge) = (titles.pausedByCar, numbers)
    case .pausedByStation(let numbers): (title, charge) = (titles.pausedByStation, numbers)
    case .refused(let numbers): (title, charge) = (titles.refused, numbers)
    case .finishing: (title, detail) = (titles.finishing, details.unplug)
    case .faulted(let fault): (title, detail) = (titles.faulted, catalogue.faults.text(fault))
    case .unavailable: (title, detail) = (titles.unavailable, details.outOfService)
    case .reserved: (title, detail) = (titles.reserved, details.forAnotherCard)
    }
  }
}

extension Charge {
  /// Energy, with as many decimals as there is room for.
  func energy(_ catalogue: Catalogue, columns: Int) -> String {
    let texts = [2, 1, 0].map { scale -> String in
      let unit: Int64 = scale == 2 ? 10_000 : scale == 1 ? 100_000 : 1_000_000
      return Display.decimal(
        milliwattHours / unit, scale: scale, separator: catalogue.decimalSeparator) + " kWh"
    }
    return texts.first { $0.count <= columns } ?? texts[2]
  }

  /// Power, rounded to 100 W.
  func power(_ catalogue: Catalogue) -> String {
    let hundreds = (milliwatts + 50_000) / 100_000
    return Display.decimal(hundreds, scale: 1, separator: catalogue.decimalSeparator) + " kW"
  }

  /// Time: minutes, then hours and minutes, then hours.
  var time: String {
    let minutes = seconds / 60
    if minutes < 100 { return "\(minutes) min" }
    if minutes >= 6_000 { return "\(minutes / 60) h" }
    let rest = minutes % 60
    return "\(minutes / 60):\(rest < 10 ? "0" : "")\(rest) h"
  }
}
