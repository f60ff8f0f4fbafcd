public import SwellModel
public import SwellPostgres

/// What may be said of a run when it is enqueued, beside its workflow and input.
public struct EnqueueOptions: Sendable, Hashable {
  /// Instead of the workflow's own queue.
  public var queue: String?
  /// 0 to 9; 9 comes first.
  public var priority: Int
  /// Not before this long from now.
  public var delay: Duration?
  /// The same key and workflow give the first run's id.
  public var idempotencyKey: String?
  /// A JSON object.
  public var tags: Payload?
  /// Instead of the current version.
  public var version: Int?
  /// The caller's own UUIDv7.
  public var runID: PostgresUUID?
  /// A W3C traceparent.
  public var trace: String?

  public init(
    queue: String? = nil, priority: Int = 0, delay: Duration? = nil,
    idempotencyKey: String? = nil, tags: Payload? = nil, version: Int? = nil,
    runID: PostgresUUID? = nil, trace: String? = nil
  ) {
    self.queue = queue
    self.priority = priority
    self.delay = delay
    self.idempotencyKey = idempotencyKey
    self.tags = tags
    self.version = version
    self.runID = runID
    self.trace = trace
  }
}
