import Glibc

/// Says when a snapshot has been in use for a second, after which it would keep a live journal from
/// using its old pages again.
@usableFromInline
struct SnapshotAge {
  private static let limitNanoseconds: Int64 = 1_000_000_000
  private let start: Int64

  @usableFromInline
  init() {
    start = Self.now()
  }

  @usableFromInline
  var isOver: Bool { Self.now() - start >= Self.limitNanoseconds }

  // The coarse clock costs no system call; it is exact to some milliseconds, which is enough here.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
