public import Logging
import ServiceLifecycle
public import SwellEngine
import SwellModel
public import SwellNodes
public import SwellPostgres
import UnixSignals

/// A worker of one's own: name the handlers, then run it.
///
/// ```swift
/// var worker = SwellWorker(database: PostgresConfiguration())
/// worker.handle("charge_card") { (order: Order, context) in
///   try await payments.charge(order, key: context.idempotencyKey)
/// }
/// try await worker.run()
/// ```
public struct SwellWorker: Sendable {
  public var configuration: WorkerConfiguration
  public var logger: Logger
  /// Databases that sql nodes reach by these names; Swell's own needs none. Say `pooled: true` for one that is
  /// behind a pooler.
  public var connections: [String: PostgresConfiguration] = [:]
  private var kinds: [any NodeKind] = [LogNode(), CELNode()]

  /// - Parameter database: where the runs are; by default what `PG*` say.
  public init(
    database: PostgresConfiguration = PostgresConfiguration(),
    logger: Logger = Logger(label: "swell")
  ) {
    self.configuration = WorkerConfiguration(database: database)
    self.logger = logger
  }

  /// Adds a handler. Its input and output are JSON; a node calls it by `handler: NAME`.
  public mutating func handle<Input: Decodable & Sendable, Output: Encodable & Sendable>(
    _ name: String, concurrencyLimit: Int? = nil,
    _ body: @escaping @Sendable (Input, HandlerContext) async throws -> Output
  ) {
    kinds.append(HandlerNode(name, concurrencyLimit: concurrencyLimit, body))
  }

  /// Adds a node kind.
  public mutating func add(_ kind: any NodeKind) {
    kinds.append(kind)
  }

  /// The worker as a `Service`, for an application's own `ServiceGroup`.
  public func service() -> Worker {
    let sql = SQLNode(
      connections: connections, concurrencyLimit: configuration.nodeConnections)
    return Worker(configuration, kinds: [sql] + kinds, logger: logger)
  }

  /// Works until SIGTERM or SIGINT, and then stops in order.
  ///
  /// Throws: `PostgresError` when the database refuses this worker or has no Swell schema.
  public func run() async throws {
    let group = ServiceGroup(
      services: [service()], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
