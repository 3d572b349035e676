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
  private var isEnded = false

  func add(_ source: any EventSource) { sources.append(source) }

  func remove(_ source: any EventSource) { sources.removeAll { $0 === source } }

  func end() { isEnded = true }

  func run() throws(KernelFailure) {
    while !isEnded {
      let waiting = sources
      var polls = waiting.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      guard poll(&polls, nfds_t(polls.count), -1) >= 0 else {
        if errno == EINTR { continue }
        throw KernelFailure(request: "poll", code: errno)
      }
      for (source, poll) in zip(waiting, polls) where poll.revents != 0 {
        // An earlier one may have removed it.
        guard sources.contains(where: { $0 === source }) else { continue }
        if !source.ready() { remove(source) }
      }
    }
  }
}
