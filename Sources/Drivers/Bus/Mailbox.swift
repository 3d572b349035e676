import Synchronization

/// What makes two samples the same quantity, so that the newer one replaces the older.
public struct SampleKey: Hashable, Sendable {
  /// The quantity: whoever makes the mailbox numbers them.
  public var kind: UInt32
  /// The EVSE, the sensor: whatever it is of.
  public var place: UInt32

  /// One quantity of one place.
  public init(kind: UInt32, place: UInt32) {
    self.kind = kind
    self.place = place
  }
}

/// Carries findings from bus threads to the loop, in order, bounded, without ever blocking.
///
/// What happens when the loop does not come: a *sample* (something with a key) replaces the older
/// one with its key, at the end of the queue; when the box is full, the oldest sample goes. All
/// else is a state change and is never dropped: when nothing but state changes fill the box, a new
/// one is refused, and its poster keeps it and posts again.
public final class Mailbox<Item: Sendable>: Sendable {
  private struct Content {
    var items: [(key: SampleKey?, item: Item)] = []
    var hasWoken = false
    var droppedSamples: UInt64 = 0
  }

  private let content = Mutex(Content())
  private let capacity: Int
  private let sampleKey: @Sendable (Item) -> SampleKey?
  private let wake: @Sendable () -> Void

  /// An empty box.
  ///
  /// - Parameters:
  ///   - capacity: how many items it holds, at least 1.
  ///   - sampleKey: nil for state changes.
  ///   - wake: called on the poster's thread when the first item comes since the last `take`.
  public init(
    capacity: Int, sampleKey: @escaping @Sendable (Item) -> SampleKey? = { _ in nil },
    wake: @escaping @Sendable () -> Void
  ) {
    self.capacity = max(1, capacity)
    self.sampleKey = sampleKey
    self.wake = wake
  }

  /// Puts something in; false when it was refused, which happens to state changes in a full box
  /// (post it again later) and to a sample among nothing but state changes (the next one will do).
  @discardableResult
  public func post(_ item: Item) -> Bool {
    let key = sampleKey(item)
    let (isIn, wakes) = content.withLock { content in
      if let key, let older = content.items.firstIndex(where: { $0.key == key }) {
        content.items.remove(at: older)
      }
      guard Self.makeRoom(&content, capacity) else {
        if key != nil { content.droppedSamples += 1 }
        return (false, false)
      }
      content.items.append((key, item))
      defer { content.hasWoken = true }
      return (true, !content.hasWoken)
    }
    if wakes { wake() }
    return isIn
  }

  private static func makeRoom(_ content: inout Content, _ capacity: Int) -> Bool {
    if content.items.count < capacity { return true }
    guard let oldest = content.items.firstIndex(where: { $0.key != nil }) else { return false }
    content.items.remove(at: oldest)
    content.droppedSamples += 1
    return true
  }

  /// Everything that is in, oldest first; the box is empty then.
  public func take() -> [Item] {
    content.withLock { content in
      defer {
        content.items.removeAll(keepingCapacity: true)
        content.hasWoken = false
      }
      return content.items.map(\.item)
    }
  }

  /// Samples that had to go because the box was full; replaced ones are not among them.
  public var droppedSamples: UInt64 { content.withLock { $0.droppedSamples } }
}
