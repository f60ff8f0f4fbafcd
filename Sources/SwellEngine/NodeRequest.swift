public import Logging
public import SwellCore
public import SwellModel
public import SwellPostgres

/// What a node kind is given to execute one attempt.
public struct NodeRequest: Sendable {
  public var run: PostgresUUID
  public var workflow: String
  /// What the definition says of the node.
  public let definition: NodeReference
  /// The settings of its kind, with their expressions evaluated.
  public var with: Payload?
  /// The run that the definition's node belongs to: the parent, where an item is a run of its own.
  let origin: PostgresUUID
  /// Of a map, which element of its list this is, counted from 1; else 0.
  public var item: Int
  /// Of a loop, which iteration this is, counted from 1; else 0.
  public var iteration: Int
  public var attempt: Int
  public var wave: Int
  public var input: Payload
  public var worker: PostgresUUID { host.worker }
  /// How long the attempt may take.
  public var timeout: Duration
  /// When its time is over.
  public var deadline: ContinuousClock.Instant { handle.deadline ?? .now + timeout }
  /// The largest output of a node, in bytes of JSON.
  public var maxOutputBytes: Int { host.maxOutputBytes }
  /// The id of the node.
  public var node: String { definition.id }
  /// Connections to Swell's own database, as the worker's own user.
  public var database: PostgresPool { host.room.database }
  /// The same for every attempt of this node in this run: give it to whatever has effects.
  /// An item has the same one whether it is a run of its own or not.
  public var idempotencyKey: String { "\(origin)/\(node)/\(item)/\(iteration)" }
  let handle: AttemptHandle
  let host: AttemptHost
  var secrets: SecretStore { host.secrets }

  /// Executes `body` in a transaction of Swell's own database that also stores the success of this node:
  /// both are one commit, or neither happens. At most once in an attempt.
  ///
  /// The run is locked meanwhile, so that nothing else of it is stored: keep it short. Whoever has lost
  /// the run to another worker gets no further than to its beginning.
  ///
  /// - Parameter body: returns the output of the node. It must not end the transaction.
  /// - Returns: that output, once it is stored. What the attempt does afterwards counts for nothing.
  /// - Throws: what `body` throws, and `PostgresError`; then there is no effect.
  public func transaction(
    _ body: (PostgresTransaction) async throws -> Payload
  ) async throws -> Payload {
    try await attemptTransaction.run(self, body)
  }

  var attemptTransaction: AttemptTransaction {
    handle.transaction {
      AttemptTransaction(
        ticket: TransactionTicket(run: run, handle: handle, attempt: attempt), in: host.room)
    }
  }

  /// The text with stars for every secret that a definition has asked for.
  public func redacting(_ text: String) -> String { secrets.redacting(text) }

  /// A logger that carries run, node, attempt and worker.
  public var logger: Logger {
    var logger = host.logger
    logger[metadataKey: "run"] = "\(run)"
    logger[metadataKey: "workflow"] = "\(workflow)"
    logger[metadataKey: "node"] = "\(node)"
    logger[metadataKey: "attempt"] = "\(attempt)"
    return logger
  }
}
