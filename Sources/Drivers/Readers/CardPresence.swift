/// Why a card was seen and not reported.
public enum CardRefusal: Hashable, Sendable {
  /// Several cards are in the field: nobody can say which one is meant.
  case severalCards
  /// The UID is another one each time.
  case randomUID
}

/// What is to be told about the field.
public enum CardNotice: Hashable, Sendable {
  case card(CardUID)
  case refused(CardRefusal)
}

/// What an operator can choose about cards.
public struct CardRules: Hashable, Sendable {
  /// Whether a random UID is reported like any other.
  public var acceptsRandomUIDs = false
  /// Looks in a row that must miss a card before it is taken for removed.
  public var missesUntilRemoved = 3
  /// Time in nanoseconds that a card must have been away before it is reported again: at the edge
  /// of the field a card comes and goes, and a second report would end what the first began.
  public var pauseNanoseconds: Int64 = 2_000_000_000

  /// The usual rules.
  public init() {}
}

/// Turns looks at the field into presentations: each is told once.
///
/// A presentation begins with a card in an empty field and ends when several looks in a row have
/// missed it. Until then nothing else is reported: another UID in between is a second card, unless
/// it stays as long as a removal takes. After a refusal the field must be empty first.
public struct CardPresence: Hashable, Sendable {
  /// After trouble (garbled frames, collisions) a UID must be read twice, for so long.
  static let troubleNanoseconds: Int64 = 1_000_000_000
  /// Quick looks in a row that uncertainty may ask for, so that lasting noise costs little.
  static let quickLooks = 5

  /// Whom a presentation belongs to. Cards with random UIDs are one: they are all nobody's.
  private enum Holder: Hashable {
    case card(CardUID)
    case random
    case several

    init(_ uid: CardUID) {
      self = uid.isRandom ? .random : .card(uid)
    }
  }

  private struct Candidate: Hashable {
    var uid: CardUID
    var reads: Int
  }

  private let rules: CardRules
  private let readsNeeded: Int
  private var told: Holder?
  private var candidate: Candidate?
  private var misses = 0
  private var looks = 0
  private var troubledUntil = Int64.min
  private var collidedUntil = Int64.min
  private var last: Holder?
  private var lastSeenNanoseconds: Int64 = 0

  /// An empty field. `readsNeeded`: equal reads that make a UID; 1 where the reading proves it.
  public init(_ rules: CardRules, readsNeeded: Int) {
    self.rules = rules
    self.readsNeeded = readsNeeded
  }

  /// Whether something is there that has been told or is about to be.
  public var isOccupied: Bool { told != nil || candidate != nil }

  /// Whether another look soon would settle what the last one left open.
  public var wantsAnotherLook: Bool { looks > 0 && looks <= Self.quickLooks }

  /// Something on the way from the card was damaged: UIDs must be read twice for a while.
  public mutating func noteTrouble(nowNanoseconds now: Int64) {
    troubledUntil = now + Self.troubleNanoseconds
  }

  /// Takes what a look has found; returns what is to be told.
  public mutating func observe(
    _ sighting: CardSighting, nowNanoseconds now: Int64
  ) -> CardNotice? {
    let notice: CardNotice?
    var isOpen = false
    switch sighting {
    case .empty:
      notice = nil
      miss()
    case .garbled:
      notice = nil
      isOpen = told == nil
      noteTrouble(nowNanoseconds: now)
    case .several:
      notice = collide(now)
      isOpen = told != .several
    case .card(let uid):
      notice = see(uid, now)
      isOpen = told == nil
    }
    looks = isOpen ? looks + 1 : 0
    return notice
  }

  private mutating func miss() {
    misses += 1
    guard misses >= rules.missesUntilRemoved else { return }
    told = nil
    candidate = nil
    misses = 0
  }

  /// One collision may be noise; two within a second are two cards.
  private mutating func collide(_ now: Int64) -> CardNotice? {
    noteTrouble(nowNanoseconds: now)
    misses = 0
    let isSecond = now < collidedUntil
    collidedUntil = now + Self.troubleNanoseconds
    guard isSecond, told != .several else { return nil }
    told = .several
    candidate = nil
    return .refused(.severalCards)
  }

  private mutating func see(_ uid: CardUID, _ now: Int64) -> CardNotice? {
    guard let told else {
      track(uid, now)
      return settle(uid, now)
    }
    if told == .several {
      misses = 0
      return nil
    }
    if told == Holder(uid) {
      lastSeenNanoseconds = now
      misses = 0
      defer { candidate = nil }
      return candidate == nil ? nil : collide(now)
    }
    track(uid, now)
    misses += 1
    guard misses >= rules.missesUntilRemoved else { return nil }
    self.told = nil
    return settle(uid, now)
  }

  private mutating func track(_ uid: CardUID, _ now: Int64) {
    if let known = candidate, Holder(known.uid) == Holder(uid) {
      candidate = Candidate(uid: uid, reads: known.reads + 1)
      return
    }
    if candidate != nil { noteTrouble(nowNanoseconds: now) }
    candidate = Candidate(uid: uid, reads: 1)
  }

  private mutating func settle(_ uid: CardUID, _ now: Int64) -> CardNotice? {
    misses = 0
    let needed = now < troubledUntil ? max(2, readsNeeded) : readsNeeded
    guard let reads = candidate?.reads, reads >= needed else { return nil }
    let holder = Holder(uid)
    let isBackSoon = last == holder && now - lastSeenNanoseconds < rules.pauseNanoseconds
    told = holder
    last = holder
    lastSeenNanoseconds = now
    candidate = nil
    if isBackSoon { return nil }
    return uid.isRandom && !rules.acceptsRandomUIDs ? .refused(.randomUID) : .card(uid)
  }
}
