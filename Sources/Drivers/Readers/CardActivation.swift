/// A frame to the cards: whole bytes, but for the last one.
struct RadioFrame: Hashable, Sendable {
  var bytes: [UInt8]
  /// Bits of the last byte that are sent; 0 for all eight.
  var lastBits: UInt8 = 0
}

/// What came back after a frame.
enum RadioAnswer: Hashable, Sendable {
  /// Nobody answered in time.
  case silence
  /// Whole bytes of one card, or of several that say the same.
  case bytes([UInt8])
  /// Cards that said different things at the same time.
  case collision
  /// Something with wrong parity, framing or length.
  case garbled
}

/// What one look at the field found.
public enum CardSighting: Hashable, Sendable {
  /// No card.
  case empty
  /// One card, and this is its UID.
  case card(CardUID)
  /// More than one card.
  case several
  /// Something was there, but what it said did not hold together.
  case garbled
}

/// One look at the field, frame by frame (ISO/IEC 14443-3 §6.4): WUPA, anticollision and SELECT for
/// each cascade level, HLTA.
///
/// A UID comes out of it only when a card has answered a SELECT with all its bits, and that answer
/// had its CRC: a card that is asked for other bits than its own keeps silent. Of several cards
/// none is chosen: the first collision ends the look. Once anything has answered, the look ends
/// with HLTA, which takes cards out of every half-finished state, so that the next WUPA wakes them.
struct CardActivation: Hashable, Sendable {
  /// What to do next.
  enum Step: Hashable, Sendable {
    case send(RadioFrame)
    case finished(CardSighting)
  }

  private enum Stage: Hashable {
    case waking
    case identifying
    case selecting([UInt8])
    case halting(CardSighting)
  }

  private var stage = Stage.waking
  private var wakeUps: Int
  private var level = 0
  private var uid: [UInt8] = []

  /// With two wake-ups a card is found that an interrupted look has left half-way: it answers the
  /// first WUPA with nothing but going back to idle.
  init(wakeUps: Int = 1) {
    self.wakeUps = wakeUps
  }

  /// The frame that a look begins with.
  var first: RadioFrame { RadioFrame(bytes: [ISO14443A.wakeUp], lastBits: 7) }

  /// Takes the answer to the last frame.
  mutating func next(after answer: RadioAnswer) -> Step {
    switch stage {
    case .waking: woken(by: answer)
    case .identifying: identified(by: answer)
    case .selecting(let part): selected(part, by: answer)
    case .halting(let sighting): .finished(sighting)
    }
  }

  private mutating func woken(by answer: RadioAnswer) -> Step {
    switch answer {
    case .silence:
      wakeUps -= 1
      return wakeUps > 0 ? .send(first) : .finished(.empty)
    case .bytes(let answer): return answer.count == 2 ? identify() : halt(.garbled)
    case .collision: return halt(.several)
    case .garbled: return halt(.garbled)
    }
  }

  private mutating func identify() -> Step {
    stage = .identifying
    return .send(RadioFrame(bytes: [ISO14443A.select[level], ISO14443A.nothingKnown]))
  }

  private mutating func identified(by answer: RadioAnswer) -> Step {
    switch answer {
    case .collision: return halt(.several)
    case .silence, .garbled: return halt(.garbled)
    case .bytes(let part):
      guard part.count == 5, ISO14443A.blockCheck(part) == 0 else { return halt(.garbled) }
      stage = .selecting(Array(part[..<4]))
      let frame = [ISO14443A.select[level], ISO14443A.allKnown] + part
      return .send(RadioFrame(bytes: ISO14443A.withCRC(frame)))
    }
  }

  private mutating func selected(_ part: [UInt8], by answer: RadioAnswer) -> Step {
    switch answer {
    case .collision: return halt(.several)
    case .silence, .garbled: return halt(.garbled)
    case .bytes(let answer):
      guard answer.count == 3, ISO14443A.hasValidCRC(answer) else { return halt(.garbled) }
      return advance(part, isComplete: answer[0] & ISO14443A.cascadeBit == 0)
    }
  }

  /// What the level says about itself and what the card says about it must agree.
  private mutating func advance(_ part: [UInt8], isComplete: Bool) -> Step {
    if isComplete {
      guard let uid = CardUID(uid + part) else { return halt(.garbled) }
      return halt(.card(uid))
    }
    guard part[0] == ISO14443A.cascadeTag, level + 1 < ISO14443A.select.count else {
      return halt(.garbled)
    }
    uid += part[1...]
    level += 1
    return identify()
  }

  private mutating func halt(_ sighting: CardSighting) -> Step {
    stage = .halting(sighting)
    return .send(RadioFrame(bytes: ISO14443A.withCRC(ISO14443A.halt)))
  }
}
