import Synchronization

/// One computation cycle of a meter, as far as the contactors' guard wants to know.
public struct MeterCycle: Hashable, Sendable {
  /// When it was read (the device clock's nanoseconds).
  public var atNanoseconds: Int64
  /// The RMS current of the phase that draws most, in milliamperes.
  public var milliamperes: Int64
  /// Active power of all phases, in milliwatts.
  public var milliwatts: Int64
  /// The highest RMS voltage of a phase, in millivolts.
  public var millivolts: Int64

  /// A cycle's values.
  public init(atNanoseconds: Int64, milliamperes: Int64, milliwatts: Int64, millivolts: Int64) {
    self.atNanoseconds = atNanoseconds
    self.milliamperes = milliamperes
    self.milliwatts = milliwatts
    self.millivolts = millivolts
  }
}

/// Where the meters' threads leave their last cycles for the contactors' thread: no reading that
/// protects a contactor goes through the loop.
public final class MeterWatch: Sendable {
  /// A cycle, with its number, by which the reader tells a new one.
  struct Entry: Hashable, Sendable {
    var number: UInt64
    var cycle: MeterCycle
  }

  private let entries = Mutex<[UInt32: Entry]>([:])

  /// No meter has been read yet.
  public init() {}

  /// A meter has finished a cycle; every one is told, also of a contactor that is open.
  public func note(evse: UInt32, _ cycle: MeterCycle) {
    entries.withLock { entries in
      entries[evse] = Entry(number: (entries[evse]?.number ?? 0) + 1, cycle: cycle)
    }
  }

  func last(_ evse: UInt32) -> Entry? { entries.withLock { $0[evse] } }
}
