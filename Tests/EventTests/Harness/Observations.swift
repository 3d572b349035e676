import ChargePiES

extension Observation {
  static func cable(_ evse: UInt32, _ state: CableState, connector: UInt32 = 1) -> Observation {
    .cableSensed(
      CableSensed {
        $0.evse = evse
        $0.connector = connector
        $0.cable = state
      })
  }

  static func plug(_ evse: UInt32, connector: UInt32 = 1) -> Observation {
    .cable(evse, .connected, connector: connector)
  }

  static func unplug(_ evse: UInt32, connector: UInt32 = 1) -> Observation {
    .cable(evse, .out, connector: connector)
  }

  static func card(_ token: UInt64, at evses: [UInt32] = []) -> Observation {
    .cardRead(
      CardRead {
        $0.token = token
        $0.evses = evses
      })
  }

  static func meter(
    _ evse: UInt32, counter: Int64, power: Int64 = 0, current: Int64 = 0
  ) -> Observation {
    .meterRead(
      MeterRead {
        $0.evse = evse
        $0.counterMilliwattHours = counter
        $0.powerMilliwatts = power
        $0.currentMilliamperes = [current]
        $0.voltageMillivolts = [230_000]
      })
  }

  static func contacts(
    _ evse: UInt32, closed: Bool, deferredUntil: Int64 = 0
  ) -> Observation {
    .contactorSensed(
      ContactorSensed {
        $0.evse = evse
        $0.isClosed = closed
        $0.deferredUntilNanoseconds = deferredUntil
      })
  }

  static func lock(_ evse: UInt32, locked: Bool, failed: Bool = false) -> Observation {
    .lockSensed(
      LockSensed {
        $0.evse = evse
        $0.connector = 1
        $0.isLocked = locked
        $0.hasFailed = failed
      })
  }

  static func fault(
    _ evse: UInt32, _ code: FaultCode, _ word: String = "", active: Bool = true
  ) -> Observation {
    .faultSensed(
      FaultSensed {
        $0.evse = evse
        $0.code = code
        $0.vendorCode = word
        $0.isActive = active
      })
  }

  static func clock(_ wallNanoseconds: Int64, _ quality: ClockQuality) -> Observation {
    .clockRead(
      ClockRead {
        $0.wallNanoseconds = wallNanoseconds
        $0.quality = quality
      })
  }

  static func free(_ bytes: Int64) -> Observation {
    .storageRead(StorageRead { $0.freeBytes = bytes })
  }

  static func wish(_ wish: Wish, session: SessionID = SessionID()) -> Observation {
    .operatorAsked(
      OperatorAsked {
        $0.wish = wish
        $0.upstream = 1
        $0.session = session
      })
  }

  static func linkClosed(_ connection: UInt64, chance: UInt32 = 0) -> Observation {
    .linkClosed(
      LinkClosed {
        $0.upstream = 1
        $0.connection = connection
        $0.chance = chance
      })
  }

  static func linkOpened(_ connection: UInt64) -> Observation {
    .linkOpened(
      LinkOpened {
        $0.upstream = 1
        $0.connection = connection
      })
  }

  static var time: Observation { .timeReached(TimeReached()) }
  static var ready: Observation { .boardReady(BoardReady()) }
  static var stop: Observation { .stopping(Stopping()) }
}

extension Command {
  static func set(_ variable: Variable, _ value: String) -> Command {
    .changeSetting(
      ChangeSetting {
        $0.variable = variable
        $0.value = value
      })
  }

  static func remoteStart(_ token: UInt64, at place: Place?) -> Command {
    .remoteStart(
      RemoteStart {
        $0.token = token
        $0.place = place ?? Place()
        $0.namesPlace = place != nil
      })
  }

  static func remoteStop(_ reference: String) -> Command {
    .remoteStop(RemoteStop { $0.reference = reference })
  }

  static func availability(_ place: Place, operative: Bool) -> Command {
    .changeAvailability(
      ChangeAvailability {
        $0.place = place
        $0.isOperative = operative
      })
  }

  static func reset(_ kind: RestartKind) -> Command { .reset(Reset { $0.kind = kind }) }
  static func unlock(_ evse: UInt32, _ connector: UInt32 = 1) -> Command {
    .unlock(Unlock { $0.place = Place(evse: evse, connector: connector) })
  }
}
