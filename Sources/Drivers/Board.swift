import ChargePiES

/// The hardware of a station, as the loop sees it.
///
/// Called on the loop's thread; an implementation with blocking buses has threads of its own, and
/// only hands over what they have found.
public protocol Board: AnyObject {
  /// Begins, and returns the first reading of every sensor.
  func start(_ station: Station, nowNanoseconds: Int64) -> [Observation]
  /// Moves contactors and locks to where they shall be.
  func reconcile(_ outputs: Outputs, nowNanoseconds: Int64)
  /// What the sensors have found since the last call.
  func take(nowNanoseconds: Int64) -> [Observation]
  /// Fresh readings of the meters through which energy flows, where the meter gives them at once.
  func readMeters(nowNanoseconds: Int64) -> [Observation]
  /// When `take` will have something, nanoseconds since boot; nil when nothing is planned.
  var dueNanoseconds: Int64? { get }
}
