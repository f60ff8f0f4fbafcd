/// What a control node does. The engine executes it itself, as a part of planning.
public indirect enum Control: Sendable, Hashable {
  /// Takes the first arm whose condition is true.
  case branch([Arm])
  case wait(Wait)
  case approval(Approval)

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
}
