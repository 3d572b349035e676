/// One value for each phase, three at most, without memory of its own: readings are most of a
/// journal, and an array in each would be most of the time that replay takes.
public struct PhaseValues: Hashable, Sendable, RandomAccessCollection {
  private var first: Int64 = 0
  private var second: Int64 = 0
  private var third: Int64 = 0
  /// How many phases there are, 0 to 3.
  public private(set) var endIndex = 0

  /// No phases.
  public init() {}

  /// The values of the phases in order; a fourth and more are a bug of the caller and left out.
  public init(_ values: some Sequence<Int64>) {
    for value in values { append(value) }
  }

  /// The first phase's place.
  public var startIndex: Int { 0 }

  /// The value of a phase, counted from 0.
  public subscript(position: Int) -> Int64 {
    precondition(position >= 0 && position < endIndex, "there is no such phase")
    return position == 0 ? first : position == 1 ? second : third
  }

  /// Adds the next phase.
  public mutating func append(_ value: Int64) {
    switch endIndex {
    case 0: first = value
    case 1: second = value
    case 2: third = value
    default: return
    }
    endIndex += 1
  }
}

extension PhaseValues: ExpressibleByArrayLiteral {
  public init(arrayLiteral values: Int64...) { self.init(values) }
}

extension PhaseValues: FieldValue {
  /// A repeated signed number.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.phases(field, &self)
  }
}
