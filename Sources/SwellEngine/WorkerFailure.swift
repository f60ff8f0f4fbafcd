/// Why a worker stopped without being asked to.
public struct WorkerFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// The port of `/livez`, `/readyz` and `/metrics` cannot be opened, or broke.
    case healthPort = "health_port"
    /// Too many handlers ignored their cancellation, and each keeps a part of the process.
    case leakedSlots = "leaked_slots"
  }

  public var code: Code
  public var message: String

  init(code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(message) [\(code.rawValue)]" }
}
