/// One EVSE's contactor, and what is known about its meter.
public struct ContactorWiring {
  /// The EVSE's id.
  public var evse: UInt32
  /// The relay of the contactor, requested inactive.
  public var relay: any DigitalOutput
  /// The contactor's auxiliary contact, active while it is closed.
  public var feedback: (any DigitalInput)?
  /// The most that a phase may draw, in milliamperes; 0 for no limit.
  public var maximumMilliamperes: Int64
  /// The same of the connector whose turn it is, where connectors differ.
  public var chosenMilliamperes: (@Sendable () -> Int64)?
  /// Whether a meter watches it; without one, silence is no reason to open.
  public var hasMeter = true
  /// Whether the meter's voltage tap is behind the contacts (the better wiring: a weld shows
  /// without a load).
  public var hasLoadVoltage = false
  /// What the meter shows of nothing, in milliamperes.
  public var noiseMilliamperes: Int64 = 0
  /// Its connectors.
  public var connectors: [ConnectorWiring] = []

  /// A contactor without anything that is optional.
  public init(evse: UInt32, relay: any DigitalOutput, maximumMilliamperes: Int64) {
    self.evse = evse
    self.relay = relay
    self.maximumMilliamperes = maximumMilliamperes
  }
}

/// One connector's inputs, and its lock.
public struct ConnectorWiring {
  /// The connector's id within its EVSE.
  public var connector: UInt32
  /// Active while a cable is in.
  public var plug: (any DigitalInput)?
  /// Active while the connector shall be locked.
  public var lock: (any DigitalOutput)?
  /// Active while the bolt is out.
  public var lockFeedback: (any DigitalInput)?

  /// A connector with nothing wired.
  public init(connector: UInt32) {
    self.connector = connector
  }
}

/// An input that stops charging while it is active.
public struct SafetyWiring {
  /// What it is.
  public var kind: SafetyKind
  /// The EVSE that it stops; 0 for all.
  public var evse: UInt32
  /// Active is danger: a normally closed contact is wired active-low.
  public var input: any DigitalInput

  /// An input of the station or of one EVSE.
  public init(_ kind: SafetyKind, evse: UInt32 = 0, input: any DigitalInput) {
    self.kind = kind
    self.evse = evse
    self.input = input
  }
}

/// All that the contactors' thread is connected to.
public struct StationWiring {
  /// The contactors, in the order of their EVSEs.
  public var contactors: [ContactorWiring]
  /// What stops them.
  public var safety: [SafetyWiring]

  /// A station.
  public init(contactors: [ContactorWiring], safety: [SafetyWiring] = []) {
    self.contactors = contactors
    self.safety = safety
  }

  /// Whether there is an input to look at all the time.
  var hasInputs: Bool {
    !safety.isEmpty
      || contactors.contains { contactor in
        contactor.feedback != nil
          || contactor.connectors.contains { $0.plug != nil || $0.lockFeedback != nil }
      }
  }
}
