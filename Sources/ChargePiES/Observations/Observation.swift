/// What the world told the station. The first event of every turn is one.
///
/// Numbers are the record's Protocol Buffers fields: never reused.
public enum Observation: Hashable, Sendable {
  indirect case started(Started)
  case stopping(Stopping)
  case clockRead(ClockRead)
  case timeReached(TimeReached)
  case boardReady(BoardReady)
  case cableSensed(CableSensed)
  case cardRead(CardRead)
  case meterRead(MeterRead)
  case contactorSensed(ContactorSensed)
  case lockSensed(LockSensed)
  case faultSensed(FaultSensed)
  case storageRead(StorageRead)
  case tripReported(TripReported)
  case linkOpened(LinkOpened)
  case linkClosed(LinkClosed)
  case callReceived(CallReceived)
  case frameRefused(FrameRefused)
  case answerReceived(AnswerReceived)
  case operatorAsked(OperatorAsked)
}

extension Observation: Choice {
  public static func list<V: FieldVisitor>(_ visitor: inout V, _ choice: inout Observation?) {
    list1(&visitor, &choice)
    list2(&visitor, &choice)
  }

  @inline(__always)
  private static func list1<V: FieldVisitor>(
    _ visitor: inout V, _ choice: inout Observation?
  ) {
    visitor.option(16, "started", &choice, Observation.started) {
      if case .started(let payload) = $0 { payload } else { nil }
    }
    visitor.option(17, "stopping", &choice, Observation.stopping) {
      if case .stopping(let payload) = $0 { payload } else { nil }
    }
    visitor.option(18, "clock_read", &choice, Observation.clockRead) {
      if case .clockRead(let payload) = $0 { payload } else { nil }
    }
    visitor.option(19, "time_reached", &choice, Observation.timeReached) {
      if case .timeReached(let payload) = $0 { payload } else { nil }
    }
    visitor.option(20, "board_ready", &choice, Observation.boardReady) {
      if case .boardReady(let payload) = $0 { payload } else { nil }
    }
    visitor.option(21, "cable_sensed", &choice, Observation.cableSensed) {
      if case .cableSensed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(22, "card_read", &choice, Observation.cardRead) {
      if case .cardRead(let payload) = $0 { payload } else { nil }
    }
    visitor.option(23, "meter_read", &choice, Observation.meterRead) {
      if case .meterRead(let payload) = $0 { payload } else { nil }
    }
    visitor.option(25, "contactor_sensed", &choice, Observation.contactorSensed) {
      if case .contactorSensed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(26, "lock_sensed", &choice, Observation.lockSensed) {
      if case .lockSensed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(27, "fault_sensed", &choice, Observation.faultSensed) {
      if case .faultSensed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(28, "storage_read", &choice, Observation.storageRead) {
      if case .storageRead(let payload) = $0 { payload } else { nil }
    }
  }

  @inline(__always)
  private static func list2<V: FieldVisitor>(
    _ visitor: inout V, _ choice: inout Observation?
  ) {
    visitor.option(29, "trip_reported", &choice, Observation.tripReported) {
      if case .tripReported(let payload) = $0 { payload } else { nil }
    }
    visitor.option(30, "link_opened", &choice, Observation.linkOpened) {
      if case .linkOpened(let payload) = $0 { payload } else { nil }
    }
    visitor.option(31, "link_closed", &choice, Observation.linkClosed) {
      if case .linkClosed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(32, "call_received", &choice, Observation.callReceived) {
      if case .callReceived(let payload) = $0 { payload } else { nil }
    }
    visitor.option(33, "frame_refused", &choice, Observation.frameRefused) {
      if case .frameRefused(let payload) = $0 { payload } else { nil }
    }
    visitor.option(34, "answer_received", &choice, Observation.answerReceived) {
      if case .answerReceived(let payload) = $0 { payload } else { nil }
    }
    visitor.option(35, "operator_asked", &choice, Observation.operatorAsked) {
      if case .operatorAsked(let payload) = $0 { payload } else { nil }
    }
  }
}
