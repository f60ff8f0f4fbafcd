import Foundation
public import SwellModel
public import SwellPostgres
public import SwellStore

/// Enqueues and steers runs for applications that have no PostgreSQL driver of their own at
/// hand. Those that have one call the same SQL functions, in their own transaction.
public final class SwellClient: Sendable {
  private let pool: PostgresPool
  private static let limit = Duration.seconds(30)

  public init(
    _ configuration: PostgresConfiguration = PostgresConfiguration(), connections: Int = 4
  )
    throws
  {
    pool = PostgresPool(
      configuration: configuration, reactor: try Reactor.shared(), size: connections,
      waitLimit: .seconds(30))
  }

  /// Puts a run of a workflow into the queue and returns its id.
  ///
  /// Throws: `PostgresError` with `sqlState` `SW001` (unknown workflow) to `SW007`.
  public func enqueue(
    _ workflow: String, input: some Encodable, options: EnqueueOptions = EnqueueOptions()
  ) async throws -> PostgresUUID {
    let bytes = Array(try JSONEncoder().encode(input))
    return try await enqueue(workflow, payload: Payload(bytes: bytes), options: options)
  }

  public func enqueue(
    _ workflow: String, payload: Payload, options: EnqueueOptions = EnqueueOptions()
  ) async throws -> PostgresUUID {
    try await pool.withConnection { connection in
      try await EnqueueCall.enqueue(
        workflow, payload, options, over: connection, within: Self.limit)
    }
  }

  /// Asks for the end of a run.
  public func cancel(_ run: PostgresUUID, reason: String? = nil) async throws {
    try await pool.withConnection { connection in
      try await OperatorCall.cancel(run, reason: reason, over: connection, within: Self.limit)
    }
  }

  /// Makes a failed or cancelled run live again.
  public func retry(_ run: PostgresUUID, reason: String? = nil) async throws {
    try await pool.withConnection { connection in
      try await OperatorCall.retry(run, reason: reason, over: connection, within: Self.limit)
    }
  }

  /// Stores a definition; the same content is the same version.
  @discardableResult
  public func apply(_ definition: WorkflowDefinition) async throws -> ApplyCall.Reply {
    try await pool.withConnection { connection in
      try await ApplyCall.apply(definition, over: connection, within: Self.limit)
    }
  }

  public func close() async {
    await pool.close()
  }
}
