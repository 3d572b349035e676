import ChargePiES

/// What the log says of an event: one line, for what a person would want to know.
enum EventLine {
  static func text(_ event: Event) -> (level: LogLevel, text: String)? {
    switch event.body {
    case .observation(let observation): return text(observation, event.number)
    case .decision(let decision): return text(decision, event.number)
    case .checkpoint: return (.debug, "\(event.number) checkpoint")
    }
  }

  private static func text(
    _ observation: Observation, _ number: UInt64
  ) -> (level: LogLevel, text: String)? {
    switch observation {
    case .linkOpened(let event): return (.notice, "\(number) connected (\(event.connection))")
    case .linkClosed(let event):
      return (.warning, "\(number) not connected: \(event.reason) (code \(event.code))")
    case .frameRefused(let event):
      return (.warning, "\(number) frame refused: \(event.reason) \(event.messageId)")
    case .cardRead(let event): return (.info, "\(number) card read: token \(event.token)")
    case .cableSensed(let event):
      return (.info, "\(number) cable \(event.cable) at \(event.evse).\(event.connector)")
    case .callReceived(let event): return (.info, "\(number) call \(event.messageId)")
    default: return nil
    }
  }

  private static func text(
    _ decision: Decision, _ number: UInt64
  ) -> (level: LogLevel, text: String)? {
    switch decision {
    case .sessionBegan(let event):
      return (.info, "\(number) session \(event.session) began at \(event.evse).\(event.connector)")
    case .transferPermitted(let event):
      return (.notice, "\(number) session \(event.session) may charge")
    case .sessionEnded(let event):
      let energy = event.reading.registerMilliwattHours - event.startRegisterMilliwattHours
      let text = event.wasPermitted ? ", \(energy) mWh" : ""
      return (.notice, "\(number) session \(event.session) ended: \(event.reason)\(text)")
    case .statusChanged(let event):
      return (.info, "\(number) \(event.evse).\(event.connector) \(event.status) \(event.code)")
    case .faultRaised(let event):
      return (.error, "\(number) fault at \(event.evse): \(event.code) \(event.info)")
    case .faultCleared(let event):
      return (.notice, "\(number) fault gone at \(event.evse): \(event.code)")
    case .messageSent(let event):
      let again = event.resends > 0 ? " (resend \(event.resends))" : ""
      return (.info, "\(number) sent \(event.kind) \(event.messageId)\(again)")
    case .messageFailed(let event):
      let error = event.error.isEmpty ? "no answer" : event.error
      return (.warning, "\(number) \(event.kind) for event \(event.source) failed: \(error)")
    case .registrationChanged(let event):
      return (.notice, "\(number) registration \(event.registration)")
    case .alertRaised(let event): return (.error, "\(number) \(event.text)")
    case .connectionDropped(let event):
      return (.warning, "\(number) connection given up: \(event.reason)")
    default: return nil
    }
  }
}
