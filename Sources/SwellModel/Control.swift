/// What a control node does. The engine executes it itself, as a part of planning.
public indirect enum Control: Sendable, Hashable {
  /// Takes the first arm whose condition is true.
  case branch([Arm])
  case wait(Wait)
  case approval(Approval)
  /// A run of another workflow.
  case call(Call)

  /// One way out of a branch.
  public struct Arm: Sendable, Hashable {
    /// An expression in `${{ }}`; nil is always true.
    public var when: String?
    public var then: [Int]

    public init(when: String?, then: [Int]) {
      self.when = when
      self.then = then
    }
  }

  /// Waits for a time or for a signal.
  public enum Wait: Sendable, Hashable {
    /// Text such as `1h`, or an expression that gives such a text or a duration.
    case duration(String)
    /// An expression that gives a timestamp or its text.
    case until(String)
    /// The name of a signal, and how long it may take.
    case signal(String, timeout: Duration?)
  }

  /// Waits for a person to say yes or no.
  public struct Approval: Sendable, Hashable {
    /// What is asked; may be a template.
    public var title: String
    /// How long the answer may take.
    public var timeout: Duration?

    public init(title: String, timeout: Duration?) {
      self.title = title
      self.timeout = timeout
    }
  }

  /// Enqueues a run of another workflow, and waits for its end.
  public struct Call: Sendable, Hashable {
    public var workflow: String
    /// Nil is the one that is current when the run is enqueued.
    public var version: Int?
    /// Nil is the workflow's own.
    public var queue: String?
    /// Whether the node has succeeded as soon as the run is enqueued, which then goes its own way.
    public var isDetached: Bool

    public init(
      workflow: String, version: Int? = nil, queue: String? = nil, isDetached: Bool = false
    ) {
      self.workflow = workflow
      self.version = version
      self.queue = queue
      self.isDetached = isDetached
    }
  }
}
