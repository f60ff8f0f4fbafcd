/// A named, immutable graph of nodes, ready to be planned.
///
/// Nodes refer to each other by their index in `nodes`, which is stable for a version.
/// `WorkflowDefinition.parse` makes one from text and reports every problem.
public struct Workflow: Sendable, Hashable {
  public var name: String
  public var queue: String
  /// How long a run may take from its creation.
  public var deadline: Duration?
  /// How many nodes of one run may be in flight at a time.
  public var concurrency: Int
  /// The workflow's own default; nil leaves it to the worker.
  public var retry: RetryPolicy?
  /// The workflow's own default per attempt; nil leaves it to the worker.
  public var timeout: Duration?
  /// What the input of a run must fit; the database checks it.
  public var inputSchema: JSONSchema?
  /// What the output of a run must fit.
  public var outputSchema: JSONSchema?
  public var nodes: [Node]
  /// The nodes that run after an unhandled failure.
  public var onError: [Int]

  public init(
    name: String, queue: String = "default", deadline: Duration? = nil, concurrency: Int = 100,
    retry: RetryPolicy? = nil, timeout: Duration? = nil, inputSchema: JSONSchema? = nil,
    outputSchema: JSONSchema? = nil, nodes: [Node], onError: [Int] = []
  ) {
    self.name = name
    self.queue = queue
    self.deadline = deadline
    self.concurrency = concurrency
    self.retry = retry
    self.timeout = timeout
    self.inputSchema = inputSchema
    self.outputSchema = outputSchema
    self.nodes = nodes
    self.onError = onError
  }
}
