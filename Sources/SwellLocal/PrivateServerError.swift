/// Why there is no private server, and what would help.
public struct PrivateServerError: Error, Sendable, Hashable {
  public var code: Code
  /// One or two sentences for a person, with the remedy where there is one.
  public var message: String
  /// The last lines that the failing program printed.
  public var detail: String?

  public init(_ code: Code, _ message: String, detail: String? = nil) {
    self.code = code
    self.message = message
    self.detail = detail
  }

  public enum Code: String, Sendable, Hashable {
    /// No folder holds `postgres`, `initdb` and `pg_ctl`.
    case programsMissing
    /// The programs are older than version 15.
    case programsTooOld
    /// The cluster was made by a version whose programs are not installed.
    case versionMismatch
    /// A folder cannot be made, read, or handed to the server's user.
    case directory
    /// A setting has a name that is none.
    case setting
    /// Another process has been starting or stopping this server for too long.
    case locked
    /// `initdb` failed.
    case initialization
    /// The server did not come up.
    case start
    /// The server did not go down.
    case stop
    /// The database could not be created.
    case database
  }
}

extension PrivateServerError: CustomStringConvertible {
  public var description: String {
    guard let detail, !detail.isEmpty else { return message }
    return message + "\n" + detail
  }
}
