import SwellModel
import SwellPostgres

extension NodeError {
  /// What an error of a database means for the node that asked it.
  ///
  /// - Parameter deadline: when the attempt's time was over: what the server gave up then timed out.
  init(_ error: PostgresError, deadline: ContinuousClock.Instant) {
    var metadata: [String: String] = [:]
    metadata["sqlstate"] = error.sqlState
    metadata["constraint"] = error.constraint
    metadata["detail"] = error.detail
    metadata["hint"] = error.hint
    if error.outcomeUnknown { metadata["committed"] = "unknown" }
    let isLate = ContinuousClock.now > deadline - .milliseconds(100)
    let (kind, code) = Self.classify(error, isLate: isLate)
    let message =
      error.outcomeUnknown
      ? "the connection was lost, and nobody knows whether the statement took effect: \(error.message)"
      : error.message
    self.init(
      kind, message, code: code, context: Context(operation: "sql", metadata: metadata))
  }

  private static func classify(_ error: PostgresError, isLate: Bool) -> (ErrorKind, String) {
    switch error.code {
    case .configuration: (.other, "connection_invalid")
    case .authentication: (.other, "authentication")
    case .connect: (.transport, "connect_failed")
    case .lost, .closed: (.transport, "connection_lost")
    case .deadline: (.timeout, "database_timeout")
    case .poolExhausted: (.transport, "pool_exhausted")
    case .tooManyRows: (.tooLarge, "too_many_rows")
    case .tooLarge: (.tooLarge, "output_too_large")
    case .encoding: (.serialization, "parameter_refused")
    case .decoding: (.serialization, "unreadable_answer")
    case .server:
      error.sqlState.map {
        (error.hasLostPlan ? .execution : kind(of: $0, isLate: isLate), "sqlstate_\($0)")
      }
        ?? (.execution, "database_error")
    }
  }

  /// What the SQLSTATE says: whether the same statement may succeed another time.
  private static func kind(of state: String, isLate: Bool) -> ErrorKind {
    switch state {
    case "57014": return isLate ? .timeout : .execution
    case "57P01", "57P02", "57P03", "57P05", "25P03", "25006", "HV00N": return .transport
    case "42501": return .validation
    case "55P03", "55006": return .execution
    default: break
    }
    switch state.prefix(2) {
    case "08": return .transport
    // Conflicts with others, and what the server lacks just now or broke over.
    case "40", "53", "57", "58", "XX": return .execution
    case "2D", "25": return .definition
    case "54": return .tooLarge
    // What the data or the statement are: constraints, types, names, rights, a function's own RAISE.
    default: return .validation
    }
  }
}
