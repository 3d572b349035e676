/// The versions of OCPP that differ on the wire.
public enum OCPPVersion: String, Hashable, Sendable, CaseIterable {
  case v16 = "1.6"
  case v201 = "2.0.1"
}
