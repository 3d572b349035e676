/// A rule that did not hold, and when.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule, as a sentence about what was found.
  package let text: String
  /// When, nanoseconds of the simulated life.
  package let atNanoseconds: Int64

  /// A violation found at a moment.
  package init(_ text: String, at nanoseconds: Int64) {
    self.text = text
    atNanoseconds = nanoseconds
  }

  package var description: String { "\(Story.time(atNanoseconds)): \(text)" }
}
