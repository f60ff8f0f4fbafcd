import SwellCore
import SwellEngine
import SwellModel

/// What a sql node says of itself. The definition was checked; what is wrong here came out of its expressions.
struct SQLSettings: Sendable {
  var query: String
  /// The parameters of each execution.
  var executions: [Values]
  /// Whether each of `rows` is one execution.
  var isRepeated = false
  var result: SQLKind.Result = .rows
  var maxRows = SQLSettings.defaultMaxRows

  /// The values of `$1`, `$2`, …
  enum Values: Sendable {
    case list([JSONValue])
    /// The node's input, as it is.
    case input(Payload)
  }

  static let defaultMaxRows = 10_000
  /// How many executions one node may ask for.
  static let mostExecutions = 10_000

  init(_ request: NodeRequest) throws {
    let written = try request.definition.with.map { try JSONValue.parse($0) }
    // As it is written, never as an expression gave it: no value becomes SQL.
    guard let query = written?["query"]?.string, !query.contains("${{") else {
      throw Self.error(
        .definition, "query must be fixed text; give values in 'parameters'", "expression_in_query")
    }
    self.query = query
    if Self.isExactlyOnce(request) {
      guard request.definition.node.role == .sink, written?["connection"] == nil else {
        throw Self.error(
          .definition, "only a sink in Swell's own database can be exactlyOnce",
          "exactly_once_connection")
      }
    }
    do throws(SQLTextProblem) {
      if let refusal = try SQLText(query).refusal { throw refusal }
    } catch {
      throw Self.error(.definition, "\(error)", error.code)
    }
    let with = try request.with.map { try JSONValue.parse($0) } ?? written
    if let rows = with?["rows"] {
      executions = try Self.list(rows, "rows").map { .list($0.array ?? [$0]) }
      isRepeated = true
      guard executions.count <= Self.mostExecutions else {
        throw Self.error(
          .tooLarge,
          "\(executions.count) rows, the limit is \(Self.mostExecutions); give the list as one parameter, for jsonb_to_recordset or unnest",
          "too_many_executions")
      }
    } else if let parameters = with?["parameters"] {
      executions = [.list(try Self.list(parameters, "parameters"))]
    } else {
      executions = [.input(request.input)]
    }
    if let text = with?["result"]?.string {
      guard let result = SQLKind.Result(rawValue: text) else {
        throw Self.error(
          .validation, "result is '\(text.prefix(60))', and must be rows, row, value or count",
          "invalid_result")
      }
      self.result = result
    }
    if let value = with?["maxRows"] {
      guard let rows = value.canonical.int, (1...SQLKind.mostRows).contains(rows) else {
        throw Self.error(
          .validation, "maxRows must be a whole number from 1 to \(SQLKind.mostRows)",
          "invalid_max_rows")
      }
      maxRows = Int(rows)
    }
    if isRepeated, result == .row || result == .value {
      throw Self.error(.validation, "with 'rows', result is rows or count", "invalid_result")
    }
  }

  /// The name of the database that a node is for; nil is Swell's own.
  static func connection(of request: NodeRequest) throws -> String? {
    try request.definition.with.map { try JSONValue.parse($0) }?["connection"]?.string
  }

  static func isExactlyOnce(_ request: NodeRequest) -> Bool {
    let written = request.definition.with.flatMap { try? JSONValue.parse($0) }
    return written?["exactlyOnce"]?.bool ?? false
  }

  private static func list(_ value: JSONValue, _ name: String) throws -> [JSONValue] {
    guard let list = value.array else {
      throw error(.validation, "\(name) did not come to a list", "\(name)_not_list")
    }
    return list
  }

  static func error(_ kind: ErrorKind, _ message: String, _ code: String) -> NodeError {
    NodeError(kind, message, code: code, context: NodeError.Context(operation: "sql"))
  }
}
