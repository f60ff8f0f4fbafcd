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
    /// Decides, waits or repeats; the engine itself executes it.
    case control

    /// The roles that a kind can have; the others are no kinds.
    static let ofKinds: [Role] = [.source, .transform, .sink]
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
  /// What a worker must have to execute it: `exec`, `log`, or `handler:charge_card`. Of a control
  /// node its name, such as `branch`.
  public var kind: String
  /// What a control node does.
  public var control: Control?
  /// The settings of the kind: one JSON object, whose strings may be templates.
  public var with: Payload?
  /// An input of its own, whose strings may be templates; nil takes it from the data edges.
  public var input: Payload?
  /// Skipped unless this expression in `${{ }}` is true.
  public var when: String?
  /// How it repeats itself; nil is once.
  public var repetition: Repetition?
  /// The data edges: indices of the nodes whose outputs this one reads. First those that were
  /// written in `needs`, then those that only its expressions read.
  public var needs: [Int]
  /// How many of `needs`, at the end, are only read by its expressions.
  public var readOnlyNeeds: Int
  /// The control edges that are taken when it has succeeded: they lead to nodes that run only then.
  public var then: [Int]
  /// The control edges that are taken when it said no: an approval that was rejected or expired, a
  /// wait for a signal that did not come.
  public var otherwise: [Int]
  public var join: Join
  /// Whether the run goes on when this node has finally failed.
  public var optional: Bool
  public var retry: RetryPolicy?
  public var timeout: Duration?
  /// The node that stands in when this one has finally failed.
  public var fallback: Int?
  /// The circuit as it is written; nil is that of its kind, and `none` is none at all.
  public var circuit: String?
  public var whenOpen: WhenOpen

  public init(
    id: String, role: Role, kind: String, control: Control? = nil, with: Payload? = nil,
    input: Payload? = nil, when: String? = nil, repetition: Repetition? = nil,
    needs: [Int] = [], readOnlyNeeds: Int = 0, then: [Int] = [], otherwise: [Int] = [],
    join: Join = .all, optional: Bool = false, retry: RetryPolicy? = nil,
    timeout: Duration? = nil, fallback: Int? = nil, circuit: String? = nil,
    whenOpen: WhenOpen = .wait
  ) {
    self.id = id
    self.role = role
    self.kind = kind
    self.control = control
    self.with = with
    self.input = input
    self.when = when
    self.repetition = repetition
    self.needs = needs
    self.readOnlyNeeds = readOnlyNeeds
    self.then = then
    self.otherwise = otherwise
    self.join = join
    self.optional = optional
    self.retry = retry
    self.timeout = timeout
    self.fallback = fallback
    self.circuit = circuit
    self.whenOpen = whenOpen
  }

  /// The kind that a worker must have; nil when any worker will do.
  public var requiredKind: String? { role == .control ? nil : kind }

  /// Whether its items are runs of their own.
  public var isSpread: Bool {
    if case .map(let map) = repetition { map.isSpread } else { false }
  }

  /// Whether it is a run of another workflow.
  public var isCall: Bool {
    if case .call = control { true } else { false }
  }

  /// The data edges that were written in `needs`.
  public var declaredNeeds: ArraySlice<Int> { needs.dropLast(readOnlyNeeds) }

  /// All nodes that its control edges lead to, whichever are taken.
  public var controlTargets: [Int] {
    guard case .branch(let arms) = control else { return then + otherwise }
    return arms.flatMap(\.then)
  }
}
