/// Why a node attempt failed, with everything that helps whoever reads it at 3 a.m.
///
/// Stored whole as jsonb and read back whole. A handler throws one to classify its own
/// failures; anything else that it throws becomes an `execution` error.
public struct NodeError: Error, Sendable, Hashable {
  public var kind: ErrorKind
  public var message: String
  /// A stable code of the failure, such as `exit_1` or `http_503`.
  public var code: String?
  public var context: Context
  /// What led to this error, the nearest first.
  public var causes: [Cause]
  /// When the other side wants to be asked again; wins over the policy's delay.
  public var retryAfter: Duration?

  public init(
    _ kind: ErrorKind, _ message: String, code: String? = nil, context: Context = Context(),
    causes: [Cause] = [], retryAfter: Duration? = nil
  ) {
    self.kind = kind
    self.message = message
    self.code = code
    self.context = context
    self.causes = causes
    self.retryAfter = retryAfter
  }

  /// Where it happened. The engine fills in node, attempt, wave and worker.
  public struct Context: Sendable, Hashable {
    public var node: String?
    /// What was being done, such as `decode input` or `exec wc`.
    public var operation: String?
    public var attempt: Int?
    public var wave: Int?
    public var worker: String?
    public var stackTrace: [String]
    public var metadata: [String: String]

    public init(
      node: String? = nil, operation: String? = nil, attempt: Int? = nil, wave: Int? = nil,
      worker: String? = nil, stackTrace: [String] = [], metadata: [String: String] = [:]
    ) {
      self.node = node
      self.operation = operation
      self.attempt = attempt
      self.wave = wave
      self.worker = worker
      self.stackTrace = stackTrace
      self.metadata = metadata
    }
  }

  /// One link of the cause chain.
  public struct Cause: Sendable, Hashable {
    public var type: String
    public var message: String

    public init(type: String, message: String) {
      self.type = type
      self.message = message
    }
  }
}

extension NodeError: CustomStringConvertible {
  public var description: String {
    var text = kind.rawValue
    if let code { text += " (\(code))" }
    if let node = context.node { text += " in \(node)" }
    return text + ": " + message
  }
}
