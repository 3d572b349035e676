/// The process has started: what it is, what it was configured with, on which boot of the board.
///
/// Everything that later decisions depend on is in here, so that they can be asked for again.
public struct Started: Hashable, Sendable, Listed {
  /// The program's version.
  public var version = ""
  /// The kernel's id of this boot (`/proc/sys/kernel/random/boot_id`), first and last half.
  public var bootIdHigh: UInt64 = 0
  /// See `bootIdHigh`.
  public var bootIdLow: UInt64 = 0
  /// Random bits of this start: message and session ids derive from them.
  public var nonce: UInt64 = 0
  /// Who the station says it is.
  public var identity = Identity()
  /// EVSEs and connectors, in file order, with their flat numbers.
  public var evses: [EVSELayout] = []
  /// Settings from files: initial values, or an operator's wish where they have been edited.
  public var settings: [FileSetting] = []
  /// Behaviour from `settings.json`.
  public var policy = Policy()
  /// SHA-256 of the configuration files.
  public var fingerprint = Bytes()
  /// Every setting's default in this version: it counts where no value is known yet, so that
  /// another version's defaults change no history.
  public var defaults: [FileSetting] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "version", &version)
    visitor.field(2, "boot_id_high", &bootIdHigh)
    visitor.field(3, "boot_id_low", &bootIdLow)
    visitor.field(4, "nonce", &nonce)
    visitor.field(5, "identity", &identity)
    visitor.field(6, "evses", &evses)
    visitor.field(7, "settings", &settings)
    visitor.field(8, "policy", &policy)
    visitor.field(9, "fingerprint", &fingerprint)
    visitor.field(10, "defaults", &defaults)
  }
}

/// Who the station says it is when it registers.
public struct Identity: Hashable, Sendable, Listed {
  /// The identity in the connection's URL.
  public var id = ""
  /// Vendor, at most 20 characters.
  public var vendor = ""
  /// Model, at most 20 characters.
  public var model = ""
  /// Serial number, at most 25 characters.
  public var serial = ""
  /// The OCPP version spoken to the main central system.
  public var ocppVersion = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "vendor", &vendor)
    visitor.field(3, "model", &model)
    visitor.field(4, "serial", &serial)
    visitor.field(5, "ocpp_version", &ocppVersion)
  }
}

/// An EVSE as it is built.
public struct EVSELayout: Hashable, Sendable, Listed {
  /// Its id, from 1 without gaps.
  public var id: UInt32 = 0
  /// Its connectors; one at a time charges.
  public var connectors: [ConnectorLayout] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "connectors", &connectors)
  }
}

/// A connector as it is built.
public struct ConnectorLayout: Hashable, Sendable, Listed {
  /// Its id within the EVSE, from 1 without gaps.
  public var id: UInt32 = 0
  /// Its number across the station (OCPP 1.6 `connectorId`), from 1.
  public var flatNumber: UInt32 = 0
  /// Whether the cable can be locked.
  public var hasLock = false
  /// Whether a sensor tells that a cable is in; without, the card stands for the cable too.
  public var hasPlugSense = false
  /// The most that may be drawn, in milliamperes.
  public var maximumMilliamperes: Int64 = 0
  /// Phases, 1 or 3.
  public var phases: UInt32 = 0
  /// More than this cannot have been real power, in milliwatts (limit, voltage, simulation speed).
  public var plausibleMilliwatts: Int64 = 0
  /// Set in the state for one that the configuration has no more: only its session is finished.
  public var isRemoved = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "flat_number", &flatNumber)
    visitor.field(3, "has_lock", &hasLock)
    visitor.field(4, "has_plug_sense", &hasPlugSense)
    visitor.field(5, "maximum_milliamperes", &maximumMilliamperes)
    visitor.field(6, "phases", &phases)
    visitor.field(7, "plausible_milliwatts", &plausibleMilliwatts)
    visitor.field(8, "is_removed", &isRemoved)
  }
}

/// A setting as a file has it.
public struct FileSetting: Hashable, Sendable, Listed {
  /// Which.
  public var variable = Variable.unspecified
  /// Its canonical value.
  public var value = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "variable", &variable)
    visitor.field(2, "value", &value)
  }
}

/// Behaviour that the operator decides in `settings.json`.
public struct Policy: Hashable, Sendable, Listed {
  /// Whether a session goes on after a power cut when the cable is still in.
  public var resumesAfterPowerLoss = false
  /// The longest session, in seconds; 0 for no limit.
  public var maximumChargingSeconds: Int64 = 0
  /// Below this the car is not charging, in milliwatts.
  public var minimumPowerMilliwatts: Int64 = 0
  /// The first pause before a reconnection, in seconds.
  public var reconnectMinimumSeconds: Int64 = 0
  /// The random part of each pause, in seconds.
  public var reconnectRandomSeconds: Int64 = 0
  /// The longest pause, in seconds, before the random part.
  public var reconnectMaximumSeconds: Int64 = 0
  /// Whether a central system is configured at all.
  public var hasUpstream = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "resumes_after_power_loss", &resumesAfterPowerLoss)
    visitor.field(2, "maximum_charging_seconds", &maximumChargingSeconds)
    visitor.field(3, "minimum_power_milliwatts", &minimumPowerMilliwatts)
    visitor.field(4, "reconnect_minimum_seconds", &reconnectMinimumSeconds)
    visitor.field(5, "reconnect_random_seconds", &reconnectRandomSeconds)
    visitor.field(6, "reconnect_maximum_seconds", &reconnectMaximumSeconds)
    visitor.field(7, "has_upstream", &hasUpstream)
  }
}

/// The process was asked to stop; it restarts itself when `restart` says so.
public struct Stopping: Hashable, Sendable, Listed {
  /// The reset that made it stop; `none` for a signal.
  public var restart = RestartKind.none

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "restart", &restart)
  }
}

/// Every sensor has given its first reading since the start.
public struct BoardReady: Hashable, Sendable, Listed {
  public init() {}
  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {}
}

/// A deadline of the state has come.
public struct TimeReached: Hashable, Sendable, Listed {
  /// 32 random bits: jitter for whatever is scheduled now.
  public var chance: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "chance", &chance)
  }
}

/// What the system's clock says, at start and whenever it was set or its trust changed.
public struct ClockRead: Hashable, Sendable, Listed {
  /// Nanoseconds since 1970 by the system's clock.
  public var wallNanoseconds: Int64 = 0
  /// The kernel's synchronisation status, or a person's word.
  public var quality = ClockQuality.unknown

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "wall_nanoseconds", &wallNanoseconds)
    visitor.field(2, "quality", &quality)
  }
}

/// What the disk has left.
public struct StorageRead: Hashable, Sendable, Listed {
  /// Free bytes for the journal; negative when they cannot be told.
  public var freeBytes: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "free_bytes", &freeBytes)
  }
}
