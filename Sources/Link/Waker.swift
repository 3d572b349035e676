import CWebSockets
import Synchronization

/// Ends the current or the next wait of a service loop, from any thread.
///
/// Not for signal handlers: it takes a lock, which is what makes it safe after `shutdown`.
public final class Waker: Sendable {
  /// The context's address, 0 once it is destroyed. Kept as a number because a pointer cannot be
  /// sent; `lws_cancel_service` is documented to be callable from any thread while the context
  /// lives, and the lock keeps it alive during the call.
  private let contextAddress = Mutex<UInt>(0)

  init() {}

  /// Makes `runOnce` return; never blocks for long, does nothing after `shutdown`.
  public func wake() {
    contextAddress.withLock { address in
      if let context = OpaquePointer(bitPattern: address) { lws_cancel_service(context) }
    }
  }

  func attach(_ context: OpaquePointer) {
    contextAddress.withLock { $0 = UInt(bitPattern: context) }
  }

  /// Returns once no thread is inside `wake`, and none will touch the context again.
  func detach() {
    contextAddress.withLock { $0 = 0 }
  }
}
