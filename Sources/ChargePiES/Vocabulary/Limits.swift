/// Every bound of the station, with its source.
public enum Limits {
  // The first seven are read by `apply`: another value would make another state of every journal
  // that was ever written. They are frozen, and golden journals reach each of them. A bound that
  // has to change becomes a field of `Started`, whose absence means what stands here
  // (Tests/Golden/README.md).

  /// Remembered authorizations; the one that was renewed longest ago goes first. Frozen: see above.
  public static let cacheEntries = 1_000
  /// Statuses that wait per connector; while offline only the newest of each is kept. Frozen: see
  /// above.
  public static let pendingStatusesPerConnector = 8
  /// Samples that one receipt carries; beyond, every second one is thinned out. Frozen: see above.
  public static let samplesPerSession = 120
  /// Boots whose clocks are remembered for messages that are still to be sent. Frozen: see above.
  public static let rememberedBoots = 64
  /// Faults that are told apart per EVSE. Frozen: see above.
  public static let faultsPerEVSE = 16
  /// Calls whose ids are remembered, to tell a repeated one. Frozen: see above.
  public static let rememberedCalls = 32
  /// Identifications that wait for an answer. Frozen: see above.
  public static let pendingAuthorizations = 16

  /// Events between two checkpoints, so that a start stays short (Decisions: start-up).
  public static let eventsBetweenCheckpoints: UInt64 = 50_000
  /// Messages that may be parked; beyond, the queue waits instead (nothing is dropped).
  public static let parkedMessages = 10_000
  /// Attempts to bring rules to rest in one turn; more is a bug.
  public static let roundsPerTurn = 64

  /// A clock that is off by less is left alone, in nanoseconds.
  public static let clockThresholdNanoseconds: Int64 = 2 * nanosecondsPerSecond
  /// A board's oscillator drifts by less than one part in so many (200 parts per million).
  public static let clockDriftDivisor: Int64 = 5_000
  /// How old the central system's word on the time may become where nobody else tells it: a quartz
  /// drifts some seconds a day (OCPP 1.6 §4.6 advises a heartbeat every 24 hours).
  public static let askedTimeNanoseconds: Int64 = 86_400 * nanosecondsPerSecond
  /// How long a phase may draw a tenth more than the limit, and how long a quarter more.
  public static let overCurrentNanoseconds: Int64 = 10 * nanosecondsPerSecond
  /// See `overCurrentNanoseconds`.
  public static let farOverCurrentNanoseconds: Int64 = 2 * nanosecondsPerSecond
  /// How long a connector rests after an over-current before it may be used again.
  public static let overCurrentRestNanoseconds: Int64 = 30 * nanosecondsPerSecond
  /// How long a closed contactor may go without a reading (HARDWARE: silent meter).
  public static let silentMeterNanoseconds: Int64 = 5 * nanosecondsPerSecond
  /// How long a contactor may take to follow its command.
  public static let contactorNanoseconds: Int64 = nanosecondsPerSecond
  /// How long a car may stay below the smallest power before an outlet's session ends.
  public static let belowMinimumPowerNanoseconds: Int64 = 30 * nanosecondsPerSecond
  /// How long a car may take to draw before it counts as having suspended.
  public static let firstDrawNanoseconds: Int64 = 3 * nanosecondsPerSecond
  /// How long a lock may take to move.
  public static let lockNanoseconds: Int64 = 5 * nanosecondsPerSecond
  /// How long an orderly reset waits for its messages to be delivered.
  public static let softResetNanoseconds: Int64 = 15 * nanosecondsPerSecond
  /// How long an immediate reset waits for them.
  public static let hardResetNanoseconds: Int64 = 2 * nanosecondsPerSecond
  /// Calls in a row without an answer before the connection is given up as half open.
  public static let unansweredCalls: UInt32 = 2
  /// Wall times before 2020 and after 2200 are nobody's word: nanoseconds since 1970.
  public static let wallNanoseconds: ClosedRange<Int64> =
    1_577_836_800_000_000_000...7_258_118_400_000_000_000
  /// The longest pause between attempts of a message, in seconds.
  public static let longestRetrySeconds: Int64 = 86_400
  /// Pause before registering again when the central system names none, in seconds.
  public static let registrationRetrySeconds: Int64 = 30
  /// A session needs this much disk to be finished and told; below twice that none begins.
  public static let sessionReserveBytes: Int64 = 32 * 1024 * 1024
  /// Energy that a power cut may cost, in milliwatt-hours (Decisions: what may wait for the next
  /// commit).
  public static let ridingMilliwattHours: Int64 = 10_000
  /// Charging that a power cut may cost where that is more energy, in nanoseconds: ten seconds,
  /// less the pause to the next reading.
  public static let ridingNanoseconds: Int64 = 8_500_000_000
  /// How long the reading waits that brings the energy to its bound: a sample that is due with it
  /// shares its commit. Less than the pause to the next reading.
  public static let ridingEnergyNanoseconds: Int64 = 500_000_000
  /// How long acknowledgements may wait, in nanoseconds: what they say is asked again at a start.
  public static let ridingAnswerNanoseconds: Int64 = 30 * nanosecondsPerSecond
  /// How long a new status may wait for the frame that tells it, in nanoseconds.
  public static let ridingStatusNanoseconds: Int64 = nanosecondsPerSecond
  /// Readings may wait this long when no energy flows.
  public static let idleRidingNanoseconds: Int64 = 60 * nanosecondsPerSecond
  /// Records that may wait for the next commit.
  public static let ridingRecords = 1_000
  /// The longest frame that is accepted, in bytes.
  public static let frameBytes = 1_048_576
}
