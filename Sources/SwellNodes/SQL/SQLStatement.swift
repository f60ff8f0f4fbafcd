import SwellCore
import SwellEngine
import SwellModel
import SwellPostgres

/// One statement on its way: parsed, given its parameters, executed, and its rows turned into JSON.
struct SQLStatement: Sendable {
  var settings: SQLSettings
  var request: NodeRequest
  var types: SQLTypeBook

  /// How much longer than the server this worker waits, and how long a session may stand idle in the middle:
  /// so long a worker that was stopped keeps what its statement has locked.
  private static let patience = Duration.seconds(10)

  /// What is left of the attempt's time.
  private var left: Duration { max(.milliseconds(1), request.deadline - .now) }
  private var limit: Duration { left + Self.patience }

  /// Executes it in a transaction of its own.
  func execute(on connection: PostgresConnection) async throws -> Payload {
    let (transaction, _) = try await PostgresTransaction.begin(
      on: connection, isReadOnly: request.definition.node.role == .source,
      limits: PostgresTransaction.Limits(statement: left, idle: Self.patience), within: limit)
    do {
      let output = try await execute(in: transaction)
      try check(output)
      try await transaction.commit(within: limit)
      return output
    } catch {
      await transaction.rollback(within: .seconds(2))
      throw error
    }
  }

  /// Executes it in a transaction that somebody else begins and ends.
  func execute(in transaction: PostgresTransaction) async throws -> Payload {
    var asInput: [UInt32] = []
    if case .input? = settings.executions.first { asInput = [SQLShape.jsonb] }
    let description = try await transaction.parse(
      settings.query, types: asInput, within: limit)
    let shapes = try await types.shapes(
      of: description.parameterTypes + description.columnTypes, in: transaction, within: limit)
    let writer = SQLParameterWriter(shapes: Array(shapes.prefix(description.parameterTypes.count)))
    let reader = try SQLRowReader(
      description, shapes: Array(shapes.suffix(description.columnTypes.count)),
      result: settings.result)
    let sets = try settings.executions.enumerated().map { index, values in
      try writer.parameters(values, execution: settings.isRepeated ? index : nil)
    }
    let results = try await transaction.execute(
      description, sets,
      // A value of bytes is half as long again in text; a cell more is cut off by the check of the output.
      limit: RowLimit(rows: settings.maxRows, bytes: 2 * request.maxOutputBytes), within: limit)
    return try reader.output(results, maxBytes: request.maxOutputBytes)
  }

  /// Looks at the output while the statement can still be undone.
  func check(_ output: Payload) throws {
    do {
      try PayloadScan.check(output, limits: .init(maxBytes: request.maxOutputBytes))
    } catch {
      throw SQLSettings.error(
        error.errorKind, "the rows cannot be stored: \(error)",
        error.code == .tooLarge ? "output_too_large" : "output_refused")
    }
  }
}
