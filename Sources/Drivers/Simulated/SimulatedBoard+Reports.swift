import ChargePiES

extension SimulatedBoard {
  func reportCable(_ index: Int, _ position: Int) {
    let evse = evses[index]
    found.append(
      .cableSensed(
        CableSensed {
          $0.evse = evse.layout.id
          $0.connector = evse.layout.connectors[position].id
          $0.cable = evse.cables[position]
        }))
  }

  func reportContactor(_ index: Int) {
    let isClosed = evses[index].isClosed
    guard evses[index].reportedClosed != isClosed else { return }
    evses[index].reportedClosed = isClosed
    found.append(
      .contactorSensed(
        ContactorSensed {
          $0.evse = evses[index].layout.id
          $0.isClosed = isClosed
        }))
  }

  func reportMeter(_ index: Int, _ now: Int64, isUrgent: Bool = false) {
    let evse = evses[index]
    let meter = evse.meter
    evses[index].meter.readDueNanoseconds = now + SimulatedMeter.interval
    found.append(
      .meterRead(
        MeterRead {
          $0.evse = evse.layout.id
          $0.counterMilliwattHours = meter.counterMilliwattHours
          $0.powerMilliwatts = meter.powerMilliwatts
          $0.currentMilliamperes = PhaseValues(
            repeatElement(meter.milliamperes, count: Int(meter.phases)))
          $0.voltageMillivolts = PhaseValues(
            repeatElement(meter.voltageMillivolts, count: Int(meter.phases)))
          if let active = evse.active {
            $0.stateOfChargePermille = evse.cars[active]?.chargePermille
          }
          $0.isUrgent = isUrgent
        }))
  }
}
