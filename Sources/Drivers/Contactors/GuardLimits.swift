/// The times and thresholds of the contactors' guard. Times are nanoseconds.
public struct GuardLimits: Hashable, Sendable {
  /// How long a contactor stays open at least, also after a start: contacts and the charger in the
  /// car want their rest.
  public var minimumOpenNanoseconds: Int64 = 10_000_000_000
  /// Closures within any minute, at most.
  public var closuresPerMinute = 6
  /// How often inputs are looked at while one is wired or a contactor is closed.
  public var activePeriodNanoseconds: Int64 = 20_000_000
  /// How often the guard looks around otherwise: commands wake it, and meters are slower.
  public var idlePeriodNanoseconds: Int64 = 500_000_000
  /// How long a safety input must be active to count: two looks, so that a spike does not trip.
  public var safetyActiveNanoseconds: Int64 = 20_000_000
  /// How long an input must keep a level to be believed, in every other case.
  public var settledNanoseconds: Int64 = 100_000_000
  /// How long a closed contactor may go without a cycle of its meter; nil where it may.
  public var silentMeterNanoseconds: Int64? = 5_000_000_000
  /// How long a phase may draw more than 110 % of the limit.
  public var overCurrentNanoseconds: Int64 = 10_000_000_000
  /// How long a phase may draw more than 125 % of the limit.
  public var farOverCurrentNanoseconds: Int64 = 2_000_000_000
  /// How long an EVSE rests after an over-current, or after contacts that fell open.
  public var restNanoseconds: Int64 = 30_000_000_000
  /// How long the loop may give no sign of life while a contactor is closed.
  public var lifeNanoseconds: Int64 = 2_000_000_000
  /// How long it may be quiet before it is asked for one.
  public var quietNanoseconds: Int64 = 500_000_000
  /// How long a feedback contact may disagree with its relay.
  public var feedbackNanoseconds: Int64 = 200_000_000
  /// Cycles of the meter that do not count after the relay has switched: they began before.
  public var ignoredCycles: UInt64 = 2
  /// Cycles in a row that prove a welded contact, or one that does not close.
  public var provingCycles = 3
  /// The voltage behind the contacts above which they are closed, in millivolts.
  public var liveMillivolts: Int64 = 50_000
  /// The current that proves a welded contact, in milliamperes, unless the meter is noisier.
  public var weldedMilliamperes: Int64 = 250
  /// The power that proves a welded contact, in milliwatts.
  public var weldedMilliwatts: Int64 = 50_000
  /// How long a lock may travel.
  public var lockTravelNanoseconds: Int64 = 1_000_000_000

  /// The usual values.
  public init() {}
}
