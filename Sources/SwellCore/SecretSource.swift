public import SwellModel

/// Where `${{ secrets.NAME }}` comes from. What it gives is never stored.
public protocol SecretSource: Sendable {
  /// - Throws: `SecretProblem` when it cannot be had.
  func secret(_ name: String) throws(SecretProblem) -> String?

  /// The error without any secret that was given.
  func redacting(_ error: NodeError) -> NodeError

  /// The text without any secret that was given.
  func redacting(_ text: String) -> String
}

extension SecretSource {
  public func redacting(_ error: NodeError) -> NodeError { error }
  public func redacting(_ text: String) -> String { text }
}

/// Why a secret cannot be had.
public struct SecretProblem: Error, Sendable, Hashable {
  public var message: String

  public init(_ message: String) {
    self.message = message
  }
}

/// No secrets at all.
public struct NoSecrets: SecretSource {
  public init() {}

  public func secret(_ name: String) throws(SecretProblem) -> String? { nil }
}

/// In what is stored, secrets are three stars.
struct HiddenSecrets: SecretSource {
  func secret(_ name: String) throws(SecretProblem) -> String? { "***" }
}
