import Testing

@testable import Drivers

@Suite("what a meter is wired to must fit what it measures")
struct WiringScaleTests {
  private static func meter(_ change: (inout ConnectorPlan) -> Void) -> HardwarePlan {
    WiringTests.station { change(&$0.evses[0].connectors[0]) }
  }

  private static func role(_ role: ConnectorRole) -> WiringRole {
    .connector(evse: 1, connector: 1, role)
  }

  @Test("full scale is the data sheet's")
  func fullScale() {
    var meter = MeterPlan(
      place: SPIPlace(bus: 0, chipSelect: 0, hertz: 500_000), shuntMicroohms: 5_000,
      dividerPermille: 2_048_000, name: "1.1")
    #expect(meter.voltageRange == MeterRange(peak: 512_000))
    #expect(meter.voltageRange.rms == 362_038)
    #expect(meter.currentRange == MeterRange(peak: 50_000))
    meter.hasHighGain = true
    #expect(meter.currentRange == MeterRange(peak: 10_000))
    meter.shuntMicroohms = 0
    #expect(meter.currentRange == nil)
    meter.shuntMicroohms = -1
    #expect(meter.currentRange == nil)
  }

  @Test("a divider is refused where a fifth above the mains does not fit, and above 2,000 V")
  func dividers() {
    let table: [(permille: Int64, isFault: Bool)] = [
      (0, true), (52_000, true), (1_333_000, true), (1_561_295, true), (1_561_296, false),
      (1_600_000, false), (2_046_455, false), (8_000_000, false), (8_000_001, true),
      (450_220_000, true),
    ]
    for row in table {
      let plan = Self.meter { $0.meter?.dividerPermille = row.permille }
      let ends = plan.faults.map { [$0.role, $0.other] }
      let expected = row.isFault ? [[Self.role(.divider), .lineVoltage]] : []
      #expect(ends == expected, "\(row)")
      #expect(plan.warnings.isEmpty)
    }
  }

  @Test("the least divider measures a fifth above the mains, whatever the mains is")
  func leastDivider() {
    for volts in [Int64(100), 110, 120, 127, 220, 230, 240, 277, 400] {
      let least = MeterPlan.dividersPermille(forMillivolts: volts * 1_000).lowerBound
      var plan = Self.meter { $0.meter?.dividerPermille = least }
      plan.evses.removeLast()
      plan.lineMillivolts = volts * 1_000
      #expect(plan.faults.isEmpty)
      let range = plan.evses[0].connectors[0].meter?.voltageRange.rms ?? 0
      #expect((volts * 1_200 - 1...volts * 1_200 + 1).contains(range))
    }
  }

  @Test("a shunt is refused where a tenth above the limit does not fit, or is a hundredth of it")
  func shunts() {
    for milliamperes in [Int64(6_000), 10_000, 16_000, 32_000, 63_000] {
      for hasHighGain in [false, true] {
        var meter = MeterPlan(
          place: SPIPlace(bus: 0, chipSelect: 1, hertz: 1), shuntMicroohms: 1, dividerPermille: 1,
          name: "")
        meter.hasHighGain = hasHighGain
        let range = meter.shuntsMicroohms(forMilliamperes: milliamperes)
        let (least, most) = (range.lowerBound, range.upperBound)
        let table: [(shunt: Int64, isFault: Bool, isWarning: Bool)] = [
          (-most, true, false), (0, true, false), (least - 1, true, false), (least, false, false),
          (most * 7 / 8, false, false), (most * 9 / 10, false, true), (most, false, true),
          (most + 1, true, true),
        ]
        for row in table {
          let plan = Self.meter {
            $0.maximumMilliamperes = milliamperes
            $0.meter?.shuntMicroohms = row.shunt
            $0.meter?.hasHighGain = hasHighGain
          }
          let ends = plan.faults.map { [$0.role, $0.other] }
          let expected = row.isFault ? [[Self.role(.shunt), Self.role(.maximumCurrent)]] : []
          #expect(ends == expected, "\(row), \(range)")
          let warned = plan.warnings.map(\.role)
          let warnings = row.isWarning ? [Self.role(.shunt)] : []
          #expect(warned == warnings, "\(row), \(range)")
        }
        meter.shuntMicroohms = most
        let rms = meter.currentRange?.rms ?? 0
        #expect((milliamperes * 11 / 10 - 1...milliamperes * 112 / 100).contains(rms))
        meter.shuntMicroohms = least
        #expect(meter.currentRange?.peak ?? 0 <= 1_000_000)
      }
    }
  }

  @Test("a current that no shunt can bring into range is refused, whatever the shunt")
  func beyond() {
    for shunt in [Int64(1), 100, 250, 1_000] {
      let plan = Self.meter {
        $0.maximumMilliamperes = 1_000_000
        $0.meter?.shuntMicroohms = shunt
      }
      #expect(plan.faults.map(\.role) == [Self.role(.shunt)])
    }
  }

  @Test("a relay whose pin is pulled to its closed level is warned of, on the header only")
  func pulls() {
    for pin in [0, 4, 5, 6, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23] {
      for isActiveLow in [false, true] {
        var plan = Self.meter { $0.relay = RelayPlan(pin: pin, isActiveLow: isActiveLow) }
        let remark = WiringRemark.pullCloses(pin: pin, isActiveLow: isActiveLow)
        let isWarned = plan.warnings.contains(WiringWarning(Self.role(.relay), remark))
        #expect(isWarned == ((pin <= 8) != isActiveLow))
        plan.gpioChip = "cp2112_gpio"
        #expect(plan.warnings.isEmpty)
      }
    }
  }

  @Test("pins with another life are warned of")
  func otherLives() {
    let remarks: [Int: WiringRemark] = [
      0: .identificationPin(0), 1: .identificationPin(1), 14: .serialPin(14), 15: .serialPin(15),
      7: .secondSelectPin(7),
    ]
    for pin in 0...27 where ![2, 3, 8, 9, 10, 11, 13, 22, 24, 25, 26, 27].contains(pin) {
      let plan = Self.meter {
        $0.plugSense = InputPlan(pin: pin, isActiveLow: true)
      }
      let expected = remarks[pin].map { [WiringWarning(Self.role(.plugSense), $0)] } ?? []
      #expect(plan.warnings == expected)
    }
    let sensor = TemperaturePlan(kind: .w1Slave, path: "/sys/x", limitMillidegrees: nil)
    var plan = Self.meter { $0.plugSense = InputPlan(pin: 4, isActiveLow: true) }
    plan.temperatures = [sensor]
    #expect(plan.warnings == [WiringWarning(Self.role(.plugSense), .oneWirePin(4))])
    plan = WiringTests.station { $0.lamps = WiringTests.strip(1) }
    #expect(plan.warnings == [WiringWarning(.lamps(.bus), .auxiliaryBus(1))])
  }
}
