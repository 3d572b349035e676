/// What a central system asks of the station, in the station's language.
public enum Command: Hashable, Sendable {
  case changeAvailability(ChangeAvailability)
  case changeSetting(ChangeSetting)
  case clearCache(ClearCache)
  case reportSettings(ReportSettings)
  case remoteStart(RemoteStart)
  case remoteStop(RemoteStop)
  case reset(Reset)
  case unlock(Unlock)
  case transferData(TransferData)
}

extension Command: Choice {
  public static func list<V: FieldVisitor>(_ visitor: inout V, _ choice: inout Command?) {
    visitor.option(16, "change_availability", &choice, Command.changeAvailability) {
      if case .changeAvailability(let payload) = $0 { payload } else { nil }
    }
    visitor.option(17, "change_setting", &choice, Command.changeSetting) {
      if case .changeSetting(let payload) = $0 { payload } else { nil }
    }
    visitor.option(18, "clear_cache", &choice, Command.clearCache) {
      if case .clearCache(let payload) = $0 { payload } else { nil }
    }
    visitor.option(19, "report_settings", &choice, Command.reportSettings) {
      if case .reportSettings(let payload) = $0 { payload } else { nil }
    }
    visitor.option(20, "remote_start", &choice, Command.remoteStart) {
      if case .remoteStart(let payload) = $0 { payload } else { nil }
    }
    visitor.option(21, "remote_stop", &choice, Command.remoteStop) {
      if case .remoteStop(let payload) = $0 { payload } else { nil }
    }
    visitor.option(22, "reset", &choice, Command.reset) {
      if case .reset(let payload) = $0 { payload } else { nil }
    }
    visitor.option(23, "unlock", &choice, Command.unlock) {
      if case .unlock(let payload) = $0 { payload } else { nil }
    }
    visitor.option(24, "transfer_data", &choice, Command.transferData) {
      if case .transferData(let payload) = $0 { payload } else { nil }
    }
  }
}

/// Make a place operative or inoperative.
public struct ChangeAvailability: Hashable, Sendable, Listed {
  public var place = Place()
  public var isOperative = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "place", &place)
    visitor.field(2, "is_operative", &isOperative)
  }
}

/// Change a setting.
public struct ChangeSetting: Hashable, Sendable, Listed {
  /// Which; `unspecified` when the dialect's key is not one of ours.
  public var variable = Variable.unspecified
  /// The wanted value, as it came (for a secret or an identification: its vault number).
  public var value = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "variable", &variable)
    visitor.field(2, "value", &value)
  }
}

/// Forget every cached authorization.
public struct ClearCache: Hashable, Sendable, Listed {
  public init() {}
  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {}
}

/// Tell settings.
public struct ReportSettings: Hashable, Sendable, Listed {
  /// The dialect's names of the wanted ones; empty for all.
  public var keys: [String] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "keys", &keys)
  }
}

/// Start a session for an identification.
public struct RemoteStart: Hashable, Sendable, Listed {
  /// Where; the station chooses when it names no EVSE.
  public var place = Place()
  /// Whether a place was named at all (naming the station itself is refused).
  public var namesPlace = false
  /// The identification's vault id.
  public var token: UInt64 = 0
  /// True when the request carries something that this station must refuse (a profile of another
  /// purpose, for instance).
  public var isUnacceptable = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "place", &place)
    visitor.field(2, "names_place", &namesPlace)
    visitor.field(3, "token", &token)
    visitor.field(4, "is_unacceptable", &isUnacceptable)
  }
}

/// End a session.
public struct RemoteStop: Hashable, Sendable, Listed {
  /// The central system's own name of it.
  public var reference = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "reference", &reference)
  }
}

/// Restart the station.
public struct Reset: Hashable, Sendable, Listed {
  public var kind = RestartKind.none

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "kind", &kind)
  }
}

/// Unlock a connector.
public struct Unlock: Hashable, Sendable, Listed {
  public var place = Place()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "place", &place)
  }
}

/// Vendor-specific data; this station has no vendor extension, and says so.
public struct TransferData: Hashable, Sendable, Listed {
  public var vendor = ""
  public var message = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "vendor", &vendor)
    visitor.field(2, "message", &message)
  }
}
