public import Logging
import SwellCore
import SwellEngine
import SwellModel
public import SwellPostgres

/// What a handler knows of the attempt that it is.
public struct HandlerContext: Sendable {
  let request: NodeRequest
  /// What the handler returns, and so its transaction.
  let output: Any.Type

  init(_ request: NodeRequest, output: Any.Type) {
    self.request = request
    self.output = output
  }

  public var run: PostgresUUID { request.run }
  public var workflow: String { request.workflow }
  public var node: String { request.node }
  /// Which item of its `map` this is, counted from 1; 0 if the node has none.
  public var item: Int { request.item }
  /// Which iteration of its `loop` this is, counted from 1; 0 if the node has none.
  public var iteration: Int { request.iteration }
  /// Which attempt this is, counted from 1.
  public var attempt: Int { request.attempt }
  public var wave: Int { request.wave }
  public var worker: PostgresUUID { request.worker }
  /// The same for every attempt of this node in this run. Effects happen at least once: give
  /// this to whatever has them, so that they count once. In Swell's own database they can be one
  /// commit with the success, see `transaction`.
  public var idempotencyKey: String { request.idempotencyKey }
  /// How long the attempt may take before its task is cancelled.
  public var timeout: Duration { request.timeout }
  /// When its task is cancelled: give what is left of it to the calls that the handler makes.
  public var deadline: ContinuousClock.Instant { request.deadline }
  /// Whether the attempt is asked to stop: its time is over, the run ends, or the worker stops.
  public var isCancelled: Bool { Task.isCancelled }
  /// The text with `***` for every secret that a definition has asked for: for logs of one's own.
  public func redacting(_ text: String) -> String { request.redacting(text) }
  /// Carries run, node, attempt and worker.
  public var logger: Logger { request.logger }
}
