/// What the station made of an observation: past tense, in its own language.
///
/// Decisions are recorded, so that replay only ever applies them: history cannot change when the
/// rules do. Numbers are the record's Protocol Buffers fields: never reused.
public enum Decision: Hashable, Sendable {
  case settingChanged(SettingChanged)
  case clockCorrected(ClockCorrected)
  case statusChanged(StatusChanged)
  case sessionBegan(SessionBegan)
  case sessionAuthorized(SessionAuthorized)
  case transferPermitted(TransferPermitted)
  case flowChanged(FlowChanged)
  case sessionDeauthorized(SessionDeauthorized)
  indirect case sessionEnded(SessionEnded)
  case sampleTaken(SampleTaken)
  case contactorCommanded(ContactorCommanded)
  case lockCommanded(LockCommanded)
  case authorizationRequested(AuthorizationRequested)
  case authorizationSettled(AuthorizationSettled)
  case cacheChanged(CacheChanged)
  case availabilityChanged(AvailabilityChanged)
  case faultRaised(FaultRaised)
  case faultCleared(FaultCleared)
  case meterGap(MeterGap)
  case connectionPlanned(ConnectionPlanned)
  case connectionStarted(ConnectionStarted)
  case connectionDropped(ConnectionDropped)
  case registrationChanged(RegistrationChanged)
  case callAnswered(CallAnswered)
  case answerSent(AnswerSent)
  case messageQueued(MessageQueued)
  case messageSent(MessageSent)
  case messageSettled(MessageSettled)
  case messageFailed(MessageFailed)
  case messageParked(MessageParked)
  case groupUnparked(GroupUnparked)
  case restartRequested(RestartRequested)
  case alertRaised(AlertRaised)
  case sessionResumed(SessionResumed)
  case unlockRequested(UnlockRequested)
}

extension Decision: Choice {
  public static func list<V: FieldVisitor>(_ visitor: inout V, _ choice: inout Decision?) {
    list1(&visitor, &choice)
    list2(&visitor, &choice)
    list3(&visitor, &choice)
  }

  @inline(__always)
  private static func list1<V: FieldVisitor>(
    _ visitor: inout V, _ choice: inout Decision?
  ) {
    visitor.option(64, "setting_changed", &choice, Decision.settingChanged) {
      if case .settingChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(65, "clock_corrected", &choice, Decision.clockCorrected) {
      if case .clockCorrected(let payload) = $0 { payload } else { nil }
    }
    visitor.option(66, "status_changed", &choice, Decision.statusChanged) {
      if case .statusChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(67, "session_began", &choice, Decision.sessionBegan) {
      if case .sessionBegan(let payload) = $0 { payload } else { nil }
    }
    visitor.option(68, "session_authorized", &choice, Decision.sessionAuthorized) {
      if case .sessionAuthorized(let payload) = $0 { payload } else { nil }
    }
    visitor.option(69, "transfer_permitted", &choice, Decision.transferPermitted) {
      if case .transferPermitted(let payload) = $0 { payload } else { nil }
    }
    visitor.option(70, "flow_changed", &choice, Decision.flowChanged) {
      if case .flowChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(71, "session_deauthorized", &choice, Decision.sessionDeauthorized) {
      if case .sessionDeauthorized(let payload) = $0 { payload } else { nil }
    }
    visitor.option(72, "session_ended", &choice, Decision.sessionEnded) {
      if case .sessionEnded(let payload) = $0 { payload } else { nil }
    }
    visitor.option(73, "sample_taken", &choice, Decision.sampleTaken) {
      if case .sampleTaken(let payload) = $0 { payload } else { nil }
    }
    visitor.option(74, "contactor_commanded", &choice, Decision.contactorCommanded) {
      if case .contactorCommanded(let payload) = $0 { payload } else { nil }
    }
    visitor.option(75, "lock_commanded", &choice, Decision.lockCommanded) {
      if case .lockCommanded(let payload) = $0 { payload } else { nil }
    }
  }

  @inline(__always)
  private static func list2<V: FieldVisitor>(
    _ visitor: inout V, _ choice: inout Decision?
  ) {
    visitor.option(76, "authorization_requested", &choice, Decision.authorizationRequested) {
      if case .authorizationRequested(let payload) = $0 { payload } else { nil }
    }
    visitor.option(77, "authorization_settled", &choice, Decision.authorizationSettled) {
      if case .authorizationSettled(let payload) = $0 { payload } else { nil }
    }
    visitor.option(78, "cache_changed", &choice, Decision.cacheChanged) {
      if case .cacheChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(79, "availability_changed", &choice, Decision.availabilityChanged) {
      if case .availabilityChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(80, "fault_raised", &choice, Decision.faultRaised) {
      if case .faultRaised(let payload) = $0 { payload } else { nil }
    }
    visitor.option(81, "fault_cleared", &choice, Decision.faultCleared) {
      if case .faultCleared(let payload) = $0 { payload } else { nil }
    }
    visitor.option(82, "meter_gap", &choice, Decision.meterGap) {
      if case .meterGap(let payload) = $0 { payload } else { nil }
    }
    visitor.option(83, "connection_planned", &choice, Decision.connectionPlanned) {
      if case .connectionPlanned(let payload) = $0 { payload } else { nil }
    }
    visitor.option(84, "connection_started", &choice, Decision.connectionStarted) {
      if case .connectionStarted(let payload) = $0 { payload } else { nil }
    }
    visitor.option(85, "connection_dropped", &choice, Decision.connectionDropped) {
      if case .connectionDropped(let payload) = $0 { payload } else { nil }
    }
    visitor.option(86, "registration_changed", &choice, Decision.registrationChanged) {
      if case .registrationChanged(let payload) = $0 { payload } else { nil }
    }
    visitor.option(87, "call_answered", &choice, Decision.callAnswered) {
      if case .callAnswered(let payload) = $0 { payload } else { nil }
    }
  }

  @inline(__always)
  private static func list3<V: FieldVisitor>(
    _ visitor: inout V, _ choice: inout Decision?
  ) {
    visitor.option(88, "answer_sent", &choice, Decision.answerSent) {
      if case .answerSent(let payload) = $0 { payload } else { nil }
    }
    visitor.option(89, "message_queued", &choice, Decision.messageQueued) {
      if case .messageQueued(let payload) = $0 { payload } else { nil }
    }
    visitor.option(90, "message_sent", &choice, Decision.messageSent) {
      if case .messageSent(let payload) = $0 { payload } else { nil }
    }
    visitor.option(91, "message_settled", &choice, Decision.messageSettled) {
      if case .messageSettled(let payload) = $0 { payload } else { nil }
    }
    visitor.option(92, "message_failed", &choice, Decision.messageFailed) {
      if case .messageFailed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(93, "message_parked", &choice, Decision.messageParked) {
      if case .messageParked(let payload) = $0 { payload } else { nil }
    }
    visitor.option(94, "group_unparked", &choice, Decision.groupUnparked) {
      if case .groupUnparked(let payload) = $0 { payload } else { nil }
    }
    visitor.option(95, "restart_requested", &choice, Decision.restartRequested) {
      if case .restartRequested(let payload) = $0 { payload } else { nil }
    }
    visitor.option(96, "alert_raised", &choice, Decision.alertRaised) {
      if case .alertRaised(let payload) = $0 { payload } else { nil }
    }
    visitor.option(97, "session_resumed", &choice, Decision.sessionResumed) {
      if case .sessionResumed(let payload) = $0 { payload } else { nil }
    }
    visitor.option(98, "unlock_requested", &choice, Decision.unlockRequested) {
      if case .unlockRequested(let payload) = $0 { payload } else { nil }
    }
  }
}
