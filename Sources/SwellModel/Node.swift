/// One unit of work of a workflow.
public struct Node: Sendable, Hashable {
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Reads.
    case source
    /// Is pure.
    case transform
    /// Has effects.
    case sink
    /// Is Swift code by name.
    case handler
  }

  /// When a node with several data edges is ready.
  public enum Join: Sendable, Hashable {
    /// All of them have ended.
    case all
    /// At least one has succeeded.
    case any
    /// At least so many have succeeded.
    case atLeast(Int)
  }

  /// What becomes of a node whose circuit is open.
  public enum WhenOpen: String, Sendable, Hashable, CaseIterable {
    case wait, fail, fallback
  }

  public var id: String
  public var role: Role
  /// What a worker must have to execute it: `exec`, `log`, or `handler:charge_card`.
  public var kind: String
  /// The settings of the kind: one JSON object.
  public var with: Payload?
  /// A literal input; nil takes it from the data edges.
  public var input: Payload?
  /// The data edges: indices of the nodes whose outputs this one reads, in the order written.
  public var needs: [Int]
  public var join: Join
  /// Whether the run goes on when this node has finally failed.
  public var optional: Bool
  public var retry: RetryPolicy?
  public var timeout: Duration?
  /// The node that stands in when this one has finally failed.
  public var fallback: Int?
  public var circuit: String?
  public var whenOpen: WhenOpen

  public init(
    id: String, role: Role, kind: String, with: Payload? = nil, input: Payload? = nil,
    needs: [Int] = [], join: Join = .all, optional: Bool = false, retry: RetryPolicy? = nil,
    timeout: Duration? = nil, fallback: Int? = nil, circuit: String? = nil,
    whenOpen: WhenOpen = .wait
  ) {
    self.id = id
    self.role = role
    self.kind = kind
    self.with = with
    self.input = input
    self.needs = needs
    self.join = join
    self.optional = optional
    self.retry = retry
    self.timeout = timeout
    self.fallback = fallback
    self.circuit = circuit
    self.whenOpen = whenOpen
  }
}
