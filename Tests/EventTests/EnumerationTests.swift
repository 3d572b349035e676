import Testing

@testable import ChargePiES

/// A record of one enumeration.
private struct Holder<E: Enumeration>: Listed {
  var value = E()
  var list: [E] = []
  var maybe: E?

  mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "value", &value)
    visitor.field(2, "list", &list)
    visitor.field(3, "maybe", &maybe)
  }
}

@Suite("Enumerations of the journal")
struct EnumerationTests {
  private func check<E: Enumeration>(_ type: E.Type) throws {
    #expect(E().rawValue == 0, "\(type) begins with a case for nothing")
    let numbers = E.allCases.map(\.rawValue)
    #expect(Set(numbers).count == numbers.count)
    for element in E.allCases {
      var holder = Holder<E>()
      (holder.value, holder.list, holder.maybe) = (element, [element, E()], element)
      let copy = try RecordDecoder.decode(Holder<E>.self, from: RecordEncoder.encode(holder))
      #expect(copy.value == element && copy.list == [element, E()] && copy.maybe == element)
    }
    // 4711 is nobody's number.
    let bytes: [UInt8] = [0x08, 0xE7, 0x24, 0x10, 0xE7, 0x24, 0x18, 0xE7, 0x24]
    let stranger = try RecordDecoder.decode(Holder<E>.self, from: bytes)
    #expect(stranger.value == E() && stranger.list == [E()] && stranger.maybe == E())
  }

  @Test("every case reads back, and a number that is not known reads as the zero case")
  func all() throws {
    try check(AuthorizationSource.self)
    try check(AuthorizationStatus.self)
    try check(CableState.self)
    try check(ClockQuality.self)
    try check(ConnectorStatus.self)
    try check(EndReason.self)
    try check(FaultCode.self)
    try check(Flow.self)
    try check(GapCause.self)
    try check(MessageClass.self)
    try check(MessageRole.self)
    try check(Outcome.self)
    try check(Registration.self)
    try check(RestartKind.self)
    try check(SampleContext.self)
    try check(Variable.self)
    try check(Wish.self)
  }
}
