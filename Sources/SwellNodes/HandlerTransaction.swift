import SwellModel
public import SwellPostgres

/// A transaction of Swell's own database, in the hands of a handler. Swell begins and ends it.
public struct HandlerTransaction: Sendable {
  private let transaction: PostgresTransaction
  private let deadline: ContinuousClock.Instant

  init(_ transaction: PostgresTransaction, deadline: ContinuousClock.Instant) {
    self.transaction = transaction
    self.deadline = deadline
  }

  /// Executes one statement.
  ///
  /// - Throws: `PostgresError`, after which the transaction cannot succeed any more; `NodeError` for a
  ///   statement that would end it, or leave something behind in a session that others use afterwards: `SET` without
  ///   `LOCAL`, `LISTEN`, `PREPARE` and the like.
  public func query(
    _ statement: Statement, _ parameters: Parameters = Parameters()
  ) async throws -> Rows {
    try check(statement)
    return try await transaction.query(statement, parameters, within: limit)
  }

  /// Executes all calls in one round trip.
  ///
  /// - Throws: as `query` does.
  public func pipeline(_ calls: [Call]) async throws -> [Rows] {
    for call in calls { try check(call.statement) }
    return try await transaction.pipeline(calls, within: limit)
  }

  /// The server's own limit is the attempt's time; this is for a server that does not answer.
  private var limit: Duration { max(.zero, deadline - .now) + .seconds(10) }

  private func check(_ statement: Statement) throws {
    do throws(SQLTextProblem) {
      if let refusal = try SQLText(statement.sql).refusalInTransaction { throw refusal }
    } catch {
      throw NodeError(
        .definition, "in \(statement.name): \(error)", code: error.code,
        context: NodeError.Context(operation: "transaction"))
    }
  }
}
