import Glibc

/// Something that the loop waits for.
protocol EventSource: AnyObject {
  var descriptor: Int32 { get }
  /// There is something to read. False when the source has ended and is to be forgotten.
  func ready() -> Bool
}

/// The one thread of the board: whoever speaks is served, in order, to the end.
///
/// So that no chip model needs a lock, and whatever one system call of the daemon changed (a chip
/// select, say) has changed before its next one is answered.
final class EventLoop {
  private var sources: [any EventSource] = []
  /// One for each source, in the same order.
  private var polls: [pollfd] = []
  private var isEnded = false

  func add(_ source: any EventSource) {
    sources.append(source)
    polls.append(pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0))
  }

  func remove(_ source: any EventSource) {
    guard let index = sources.firstIndex(where: { $0 === source }) else { return }
    sources.remove(at: index)
    polls.remove(at: index)
  }

  func end() { isEnded = true }

  /// How long the loop sleeps at most: where idle time is skipped (`guest/boot.sh`), nobody's time
  /// runs further away than this at once while he waits for a file.
  private static let tickMilliseconds: Int32 = 1

  func run() throws(KernelFailure) {
    while !isEnded {
      guard poll(&polls, nfds_t(polls.count), Self.tickMilliseconds) >= 0 else {
        if errno == EINTR { continue }
        throw KernelFailure(request: "poll", code: errno)
      }
      // One at a time: serving it may add and remove others, and the rest waits for the next poll.
      guard let index = polls.firstIndex(where: { $0.revents != 0 }) else { continue }
      let source = sources[index]
      if !source.ready() { remove(source) }
    }
  }
}
