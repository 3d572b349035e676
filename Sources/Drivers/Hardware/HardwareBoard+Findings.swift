import ChargePiES

// What the threads have found, in the station's words.
extension HardwareBoard {
  func note(_ finding: BoardFinding, _ now: Int64) {
    switch finding {
    case .sampled(let meters): noteSample(meters, now)
    case .meter(let evse, let connector, let state): noteMeter(evse, connector, state)
    case .guarded(let report): note(report)
    case .card(let uid, let reader):
      let plan = plan.readers[reader]
      if self.plan.lamps?.indicatesCard == true { parts.strip?.flash() }
      cards.append(CardFound(text: uid.text(isReversed: plan.reversesUID), evses: plan.evses))
    case .refused(let refusal, let reader): note(refusal, reader, now)
    case .reader(let index, let state): note(state, index)
    case .accessory(let accessory, let failure):
      tell(
        0, .accessoryFailure, accessory.rawValue, failure ?? "", isActive: failure != nil)
    case .temperature(let index, let reading): noteTemperature(index, reading)
    }
  }

  /// Tells a fault of an EVSE (0 for the station) that appeared or went.
  func tell(
    _ evse: UInt32, _ code: FaultCode, _ word: String, _ info: String, isActive: Bool = true
  ) {
    let fault = ToldFault(evse: evse, code: code, word: word)
    if isActive {
      activeFaults.insert(fault)
    } else {
      guard activeFaults.remove(fault) != nil else { return }
    }
    found.append(
      .faultSensed(
        FaultSensed {
          $0.evse = evse
          $0.code = code
          $0.vendorCode = word
          $0.info = String(info.prefix(50))
          $0.isActive = isActive
        }))
  }

  /// What tells one fault from another.
  struct ToldFault: Hashable {
    var evse: UInt32
    var code: FaultCode
    var word: String
  }

  // MARK: Meters

  private func noteSample(_ meters: EVSEMeters, _ now: Int64) {
    guard let index = plan.evses.firstIndex(where: { $0.id == meters.evse }) else { return }
    // A meter that comes to life later begins at zero: the sum never goes back.
    let known = meters.samples.compactMap { $0 }
    guard let first = known.first else { return }
    let milliwatts = known.map(\.powerMilliwatts).reduce(0, +)
    guard isWorthTelling(index, milliwatts, now) else { return }
    told[index].wasTold = true
    told[index].milliwatts = milliwatts
    told[index].tellingNanoseconds = now
    // The connector that carries current has the values that people want to see.
    let shown = known.max { $0.currentMilliamperes < $1.currentMilliamperes } ?? first
    found.append(
      .meterRead(
        MeterRead {
          $0.evse = meters.evse
          $0.counterMilliwattHours = known.map(\.importMilliwattHours).reduce(0, +)
          $0.powerMilliwatts = milliwatts
          $0.currentMilliamperes = PhaseValues([shown.currentMilliamperes])
          $0.voltageMillivolts = PhaseValues([shown.voltageMillivolts])
          $0.temperatureMillidegrees = temperatures.first?.millidegrees
          $0.quality = UInt32(known.reduce(MeterQuality()) { $0.union($1.quality) }.rawValue)
        }))
  }

  /// While a contactor is closed every cycle counts; otherwise only what has changed.
  private func isWorthTelling(_ index: Int, _ milliwatts: Int64, _ now: Int64) -> Bool {
    let last = told[index]
    return !last.wasTold || last.isClosed
      || now - last.openedNanoseconds < Self.afterOpeningNanoseconds
      || abs(milliwatts - last.milliwatts) >= Self.idleMilliwatts
      || milliwatts >= Self.idleMilliwatts
      || now - last.tellingNanoseconds >= Self.idleReadingNanoseconds
  }

  private func noteMeter(_ evse: UInt32, _ connector: UInt32, _ state: MeterState) {
    let word = "PowerMeter\(connector)"
    switch state {
    case .starting: break
    case .measuring:
      tell(evse, .powerMeterFailure, word, "", isActive: false)
    case .failed(let reason):
      // What to check is for the log of who mends it; here is room for what is wrong.
      let what = String(reason.description.prefix { $0 != ":" })
      tell(evse, .powerMeterFailure, word, what)
    }
  }

  private func noteTemperature(_ index: Int, _ reading: TemperatureReading) {
    let word = "Temperature\(index + 1)"
    switch reading {
    case .failure(let error):
      temperatures[index].millidegrees = nil
      tell(0, .accessoryFailure, word, "\(error)")
    case .success(let value):
      if temperatures[index].millidegrees == nil {
        tell(0, .accessoryFailure, word, "", isActive: false)
      }
      temperatures[index].millidegrees = value
      guard let limit = plan.temperatures[index].limitMillidegrees else { return }
      // Five degrees between too hot and cool again.
      let isHigh = value > (temperatures[index].isHigh ? limit - 5_000 : limit)
      guard isHigh != temperatures[index].isHigh else { return }
      temperatures[index].isHigh = isHigh
      tell(0, .highTemperature, word, "\(value / 1_000) °C", isActive: isHigh)
    }
  }

  // MARK: Readers

  private func note(_ state: ReaderState, _ index: Int) {
    let word = "Reader\(index + 1)"
    switch state.condition {
    case .starting: break
    case .working: tell(0, .readerFailure, word, "", isActive: false)
    case .failed(let reason): tell(0, .readerFailure, word, "\(reason)")
    }
  }

  /// Two cards at once, or one that changes its number: told as a passing trouble of the reader,
  /// so that it can be found in the journal, and seldom: who plays with cards at a reader shall
  /// neither fill the journal nor keep the central system busy.
  private func note(_ refusal: CardRefusal, _ reader: Int, _ now: Int64) {
    guard now >= refusalDueNanoseconds[reader] else { return }
    refusalDueNanoseconds[reader] = now + Self.refusalNanoseconds
    let word = "Card\(reader + 1)"
    tell(0, .readerFailure, word, "\(refusal)")
    tell(0, .readerFailure, word, "", isActive: false)
  }
}
