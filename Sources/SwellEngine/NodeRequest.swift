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
  /// Of a map, which element of its list this is, counted from 1; else 0.
  public var item: Int
  /// Of a loop, which iteration this is, counted from 1; else 0.
  public var iteration: Int
  public var attempt: Int
  public var wave: Int
  public var input: Payload
  public var worker: PostgresUUID
  /// How long the attempt may take.
  public var timeout: Duration
  /// When its time is over.
  public var deadline: ContinuousClock.Instant
  /// The largest output of a node, in bytes of JSON.
  public var maxOutputBytes: Int
  /// Connections to Swell's own database, as the worker's own user.
  public var database: PostgresPool
  /// The id of the node.
  public var node: String { definition.id }
  /// The same for every attempt of this node in this run: give it to whatever has effects.
  public var idempotencyKey: String { "\(run)/\(node)/\(item)/\(iteration)" }
  var baseLogger: Logger
  var secrets: SecretStore

  /// The text with stars for every secret that a definition has asked for.
  public func redacting(_ text: String) -> String { secrets.redacting(text) }

  /// A logger that carries run, node, attempt and worker.
  public var logger: Logger {
    var logger = baseLogger
    logger[metadataKey: "run"] = "\(run)"
    logger[metadataKey: "workflow"] = "\(workflow)"
    logger[metadataKey: "node"] = "\(node)"
    logger[metadataKey: "attempt"] = "\(attempt)"
    return logger
  }
}
