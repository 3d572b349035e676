import ChargePiES

/// What became of the card that was shown last.
///
/// The state keeps only what counts; that a card was refused a moment ago is of no consequence but
/// for the person who holds it. So it is gathered from the events as they become durable, beside
/// the state, and a restart begins without.
public struct RecentCard: Hashable, Sendable {
  /// How long a refusal is shown.
  static let refusalNanoseconds: Int64 = 4 * nanosecondsPerSecond

  private var status = AuthorizationStatus.accepted
  private var settledNanoseconds: Int64 = 0

  /// No card was shown yet.
  public init() {}

  /// Takes note of an event.
  public mutating func apply(_ event: Event) {
    switch event.body {
    case .observation(.cardRead): status = .accepted
    case .decision(.authorizationSettled(let settled)):
      status = settled.status
      settledNanoseconds = event.stamp.monotonicNanoseconds
    // Every other event says nothing of a card.
    case .observation, .decision, .checkpoint: break
    }
  }

  /// Why the last card was refused, and until when that is shown; nil when nothing is to show.
  func refusal(nowNanoseconds: Int64) -> (status: AuthorizationStatus, untilNanoseconds: Int64)? {
    let end = settledNanoseconds + Self.refusalNanoseconds
    return status == .accepted || nowNanoseconds >= end ? nil : (status, end)
  }
}
