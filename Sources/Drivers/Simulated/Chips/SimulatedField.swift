/// The air before a reader's antenna, and the cards in it.
///
/// Cards answer at the same time, so what they say lies on top of each other: where two bits differ
/// there is a collision.
public final class SimulatedField {
  /// What arrives at the antenna.
  struct Answer: Hashable {
    var bits: [Bool]
    /// The first bit at which cards differ.
    var collision: Int?
    var hasParityError = false
  }

  /// The cards that are there.
  public private(set) var cards: [SimulatedCard] = []
  /// Chance per answer that a disturbance turns bits of it, in thousandths.
  public var noisePermille = 0
  private(set) var isOn = false
  private var chance: SimulatedChance

  /// Nothing there. The seed decides what is disturbed.
  init(seed: UInt64) {
    chance = SimulatedChance(seed: seed)
  }

  /// Somebody holds a card to the reader.
  public func put(_ card: SimulatedCard) {
    card.powerUp()
    cards.append(card)
  }

  /// Somebody takes all cards away.
  public func clear() { cards = [] }

  /// Somebody takes one card away.
  public func remove(_ card: SimulatedCard) { cards.removeAll { $0 === card } }

  /// The reader switches its antenna.
  func turn(on isOn: Bool) {
    if isOn && !self.isOn { for card in cards { card.powerUp() } }
    self.isOn = isOn
  }

  /// A frame on the air, and what comes back; nil for silence.
  func exchange(_ bits: [Bool]) -> Answer? {
    guard isOn else { return nil }
    let answers = cards.compactMap { $0.answer(bits) }
    guard let longest = answers.map(\.count).max() else { return nil }
    var sum = Answer(bits: Array(repeating: false, count: longest))
    for index in 0..<longest {
      let bits = answers.filter { $0.count > index }.map { $0[index] }
      sum.bits[index] = bits.contains(true)
      if sum.collision == nil, bits.contains(true), bits.contains(false) { sum.collision = index }
    }
    disturb(&sum)
    return sum
  }

  /// One bit breaks the parity of its byte; two bits of the same byte do not.
  private func disturb(_ answer: inout Answer) {
    guard chance.happens(permille: noisePermille) else { return }
    let bit = Int(chance.next() % UInt64(answer.bits.count))
    answer.bits[bit].toggle()
    let other = bit ^ 1
    let isPair = chance.next() % 2 == 0 && other < answer.bits.count
    if isPair { answer.bits[other].toggle() }
    answer.hasParityError = !isPair
  }
}
