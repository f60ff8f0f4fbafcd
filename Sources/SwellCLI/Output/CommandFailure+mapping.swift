import ArgumentParser
import Foundation
import ServiceLifecycle
import Swell
import SwellLocal
import SwellModel
import SwellPostgres
import SwellStore

extension CommandFailure {
  /// nil for errors of the argument parser, which has words of its own.
  init?(describing error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as PostgresError: self.init(error)
    case let problems as DefinitionProblems:
      self.init(.data, "invalid_definition", problems.description)
    case let error as MigrationError:
      self.init(.unavailable, error.code, Self.withoutCode(error.description))
    case let error as WorkerFailure: self.init(error)
    case let error as PrivateServerError:
      self.init(.unavailable, "private_server", error.message, remedy: error.detail)
    case is CancellationError: self.init(.timedOut, "interrupted", "interrupted")
    case is ValidationError, is CleanExit: return nil
    default:
      // The parser's own errors are not public types.
      guard !String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") else { return nil }
      self.init(
        .software, "unexpected", "\(error)",
        remedy: "This is a fault of Swell; please report it with this line.")
    }
  }

  private init(_ error: WorkerFailure) {
    switch error.code {
    case .healthPort:
      self.init(
        .unavailable, error.code.rawValue, error.message,
        remedy: "Choose a free port with --health-port.")
    case .leakedSlots:
      self.init(
        .software, error.code.rawValue, error.message,
        remedy: "The log names the handlers. Let the supervisor start the worker anew.")
    }
  }

  init(_ error: PostgresError) {
    let message = Self.withoutCode(error.message)
    let code = Self.code(in: error.message)
    switch error.code {
    case .configuration:
      // A refusal of the schema check carries a code; a connection string does not.
      guard let code else {
        self.init(
          .usage, "bad_connection_string", "the connection string is not understood: \(message)",
          remedy: "Write postgresql://user@host:5432/database.")
        return
      }
      self.init(.unavailable, code, message)
    case .connect, .lost, .poolExhausted:
      self.init(
        error.sqlState == "28000" ? .notAllowed : .unavailable,
        error.sqlState ?? "database_unreachable",
        "the database cannot be reached: \(message)",
        remedy: error.hint ?? "Check that it runs, and --database, DATABASE_URL or PG*.")
    case .deadline:
      self.init(
        .unavailable, "database_timeout", "the database did not answer in time: \(message)",
        remedy: "Check that it runs, and what holds locks in pg_stat_activity.")
    case .authentication:
      self.init(
        .notAllowed, error.sqlState ?? "authentication",
        "the database refuses this user: \(message)",
        remedy: error.hint ?? "Check user and password in the URL, PGPASSWORD or ~/.pgpass.")
    case .encoding: self.init(.data, "encoding", message)
    case .server: self.init(server: error)
    case .decoding, .closed, .tooManyRows, .tooLarge:
      self.init(.software, error.code.rawValue, message)
    }
  }

  private init(server error: PostgresError) {
    let state = error.sqlState ?? "?????"
    let exit: Exit
    var remedy = error.hint ?? error.detail
    switch state {
    case "SW001", "SW002", "SW003", "SW004", "SW005", "SW007": exit = .data
    case "SW006", "42501", "28P01", "28000":
      exit = .notAllowed
      remedy = remedy ?? Self.grant(for: error.message)
    case "3F000", "42P01", "42883", "42703":
      exit = .unavailable
      remedy = "The database has no Swell schema, or an older one: run swell migrate up."
    case "25006":
      exit = .unavailable
      remedy =
        "The server is a read-only standby: connect to the primary, for example with "
        + "target_session_attrs=read-write."
    case "3D000", "53300": exit = .unavailable
    case _ where state.hasPrefix("57P") || state.hasPrefix("08"): exit = .unavailable
    case _ where state.hasPrefix("22"): exit = .data
    case "57014", "55P03", "40P01": exit = .timedOut
    default: exit = .software
    }
    self.init(exit, state, error.message, remedy: remedy)
  }

  /// The role that may do what was refused, by the name in the words of PostgreSQL.
  private static func grant(for message: String) -> String {
    let role =
      if message.contains("function enqueue") {
        "swell_enqueuer"
      } else if message.contains("function apply_definition") || message.contains("function cancel")
        || message.contains("function retry")
      {
        "swell_operator"
      } else if message.contains("permission denied for view") || message.contains("for schema") {
        "swell_reader"
      } else { String?.none }
    return role.map { "As the owner of the schema: GRANT \($0) TO this user." }
      ?? "Do it as the owner of the schema."
  }

  /// The stable code at the end of a message, as in `… [no_schema]`.
  private static func code(in message: String) -> String? {
    guard message.hasSuffix("]"), let start = message.lastIndex(of: "[") else { return nil }
    return String(message[message.index(after: start)...].dropLast())
  }

  private static func withoutCode(_ message: String) -> String {
    guard code(in: message) != nil, let start = message.lastIndex(of: "[") else { return message }
    return message[..<start].trimmingCharacters(in: .whitespaces)
  }
}
