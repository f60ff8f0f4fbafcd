import Foundation
import SwellEngine
public import SwellModel
import SwellPostgres

extension HandlerContext {
  /// Does something in Swell's own database exactly once: what `body` does there and the success of this
  /// node are one commit. Either both are there, or neither is.
  ///
  /// ```swift
  /// worker.handle("charge") { (order: Order, context) in
  ///   let rate = try await rates.fetch(order.currency)     // outside: the run is not locked yet
  ///   return try await context.transaction { sql in
  ///     _ = try await sql.query(debit, parameters(order, rate))
  ///     return Receipt(order: order.id)
  ///   }
  /// }
  /// ```
  ///
  /// Make it the last thing: once it has returned, the node has succeeded with its output, whatever the
  /// handler does or throws after it. When it throws there is no effect, and the attempt may fail and be
  /// tried again, or return something else. While it is open nothing else of the run is stored: keep it
  /// short. Whoever has lost the run to another worker does not get into it. At most once in an attempt.
  ///
  /// - Parameter body: returns the output of the handler. Its effects elsewhere (another database, HTTP)
  ///   are no part of the commit.
  /// - Throws: what `body` throws; `NodeError`.
  public func transaction<Output: Encodable & Sendable>(
    _ body: (HandlerTransaction) async throws -> Output
  ) async throws -> Output {
    guard output == Output.self else { throw mismatch(Output.self) }
    var returned: Output?
    _ = try await stored { transaction in
      let value = try await body(transaction)
      returned = value
      do {
        return Payload(bytes: Array(try JSONEncoder().encode(value)))
      } catch {
        throw NodeError(
          .marshaling, "the output \(Output.self) cannot be written as JSON: \(error)",
          code: "output_mismatch", context: NodeError.Context(operation: "encode output"))
      }
    }
    guard let returned else { throw CancellationError() }
    return returned
  }

  /// The same for a handler that gives JSON as bytes.
  public func transaction(
    _ body: (HandlerTransaction) async throws -> Payload
  ) async throws -> Payload {
    guard output == Payload.self else { throw mismatch(Payload.self) }
    return try await stored(body)
  }

  private func stored(
    _ body: (HandlerTransaction) async throws -> Payload
  ) async throws -> Payload {
    do {
      return try await request.transaction { transaction in
        try await body(HandlerTransaction(transaction, deadline: request.deadline))
      }
    } catch let error as PostgresError {
      if Task.isCancelled { throw CancellationError() }
      throw NodeError(error, deadline: request.deadline)
    }
  }

  /// The output of the transaction is that of the node, so it is what the handler returns.
  private func mismatch(_ type: Any.Type) -> NodeError {
    NodeError(
      .definition,
      "the transaction returns \(type), and the handler \(output): let it return the handler's output",
      code: "transaction_output", context: NodeError.Context(operation: "transaction"))
  }
}
