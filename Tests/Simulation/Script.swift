/// How the list of a story's disturbances is made from its seed.
enum Script {
  /// People come, charge and go.
  static func visits(
    _ list: inout [Disturbance], _ seed: UInt64, _ character: Character, _ recipe: Story.Recipe,
    _ span: Range<Int64>
  ) {
    var chance = Chance(seed: seed, 1, UInt64(span.lowerBound))
    let count = Int64(recipe.visitsPerTenDays) * (span.upperBound - span.lowerBound) / 864_000_000
    for _ in 0..<count {
      let at = chance.between(span.lowerBound...(span.upperBound - 1))
      let evse = UInt32(1 + chance.below(character.layout.count))
      visit(&list, at, evse, &chance, span.upperBound)
    }
  }

  /// One visit: a car, a card, some time, the end in one of several ways.
  private static func visit(
    _ list: inout [Disturbance], _ at: Int64, _ evse: UInt32, _ chance: inout Chance, _ end: Int64
  ) {
    let card = chance.isOnce(in: 24) ? 20 + Int64(chance.below(8)) : Int64(chance.below(20))
    let need = chance.between(500...9_000)
    let isCardFirst = chance.isOnce(in: 4)
    let pause = chance.between(3_000...25_000)
    // A quarter of an hour on average: short ones are many.
    let minutes = chance.isOnce(in: 8) ? chance.between(30...90) : chance.between(2...16)
    let leaving = at + pause + minutes * 60_000 + chance.between(0...59_999)
    guard leaving + 120_000 < end else { return }
    list.append(Disturbance(at, isCardFirst ? .card : .plug, evse: evse, isCardFirst ? card : need))
    let second = Disturbance(
      at + pause, isCardFirst ? .plug : .card, evse: evse, isCardFirst ? need : card)
    list.append(chance.isOnce(in: 6) && !isCardFirst ? anywhere(second) : second)
    let walk = chance.between(2_000...90_000)
    switch chance.below(8) {
    case 0: list.append(Disturbance(leaving, .pullCarSide, evse: evse))
    case 1: list.append(Disturbance(leaving, .unplug, evse: evse))
    case 2: list.append(Disturbance(leaving, .card, evse: evse, (card + 4) % 24))
    default: list.append(Disturbance(leaving, .card, evse: evse, card))
    }
    list.append(Disturbance(leaving + walk, .unplug, evse: evse))
    if chance.isOnce(in: 12) {
      let moment = chance.between((at + pause)...leaving)
      list.append(Disturbance(moment, .carPauses, evse: evse, chance.between(5...600)))
    }
  }

  private static func anywhere(_ card: Disturbance) -> Disturbance {
    Disturbance(card.at, .cardAnywhere, card.amount)
  }

  /// Everything else that can happen, each kind as often as any other.
  static func troubles(
    _ list: inout [Disturbance], _ seed: UInt64, _ character: Character, _ recipe: Story.Recipe,
    _ span: Range<Int64>
  ) {
    var chance = Chance(seed: seed, 2, UInt64(span.lowerBound))
    let kinds = Disturbance.Kind.allCases.filter { !isOfVisits($0) }
    let count = (Int64(recipe.troublesPerDay) * (span.upperBound - span.lowerBound)) / 86_400_000
    for _ in 0..<count {
      let at = chance.between(span.lowerBound...(span.upperBound - 1))
      let kind = chance.one(of: kinds)
      let evse = UInt32(1 + chance.below(character.layout.count))
      let amount = amount(kind, &chance)
      list.append(Disturbance(at, kind, evse: isOfEVSE(kind) ? evse : 0, amount))
    }
  }

  private static func isOfVisits(_ kind: Disturbance.Kind) -> Bool {
    switch kind {
    case .plug, .card, .cardAnywhere, .unplug, .pullCarSide, .carPauses, .quiet: true
    default: false
    }
  }

  private static func isOfEVSE(_ kind: Disturbance.Kind) -> Bool {
    switch kind {
    case .restless, .contactorWelded, .contactorStuck, .meterSilent, .meterReset, .meterJump,
      .lockFails, .unlockFails, .sensedFault, .overCurrent, .driverTrip, .remoteStart, .unlock,
      .inoperative, .operative:
      true
    default: false
    }
  }

  private static func amount(_ kind: Disturbance.Kind, _ chance: inout Chance) -> Int64 {
    switch kind {
    case .restless, .remoteStart: return Int64(chance.below(28))
    case .meterSilent: return chance.between(3...120)
    case .overCurrent, .lockFails, .unlockFails, .driverTrip: return chance.between(5...900)
    case .contactorWelded, .contactorStuck, .sensedFault, .emergencyStop:
      return chance.between(2...3_600)
    case .powerCut:
      return chance.isOnce(in: 4) ? chance.between(60...20_000) : chance.between(3...60)
    case .kill, .stopAsked: return chance.between(1...20)
    case .stall: return chance.between(50...1_900)
    case .clockStepped, .clockSetByHand:
      return chance.between(-90_000...90_000)
    case .diskFilling, .diskFull: return chance.between(60...7_200)
    case .blackout: return chance.between(1_800...20_000)
    case .halfOpen: return chance.between(5...3_600)
    case .pending, .rejected, .unreachable:
      return chance.isOnce(in: 3) ? chance.between(3_600...14_400) : chance.between(10...900)
    case .slowNetwork, .slowAnswers, .silent, .errors, .lateAnswers, .duplicateAnswers,
      .staleAnswers, .badAnswers, .refusals, .reusedTransactions, .refusesReadings, .wrongTime,
      .operatorDown:
      return chance.between(30...7_200)
    default: return Int64(chance.below(1_000))
    }
  }
}
