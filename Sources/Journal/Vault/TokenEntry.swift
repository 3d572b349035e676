/// An idToken as the vault knows it.
public struct TokenEntry: Hashable, Sendable {
  /// The vault's number for this spelling, 1 and above, never given twice: what the journal holds
  /// instead of the text.
  public var id: UInt64
  /// The token as it was read or received.
  public var text: String
  /// The kind of token (ISO14443, eMAID, …) as the caller numbers them.
  public var type: UInt32
  /// The `id` of the first spelling that is equal without regard to case (A to Z only) and of the
  /// same type.
  ///
  /// Tokens are compared without case (OCPP 1.6 §7.28, OCPP 2.0.1 Appendix): two entries are the
  /// same token exactly if these are equal.
  public var canonical: UInt64
}
