public import SwellModel

/// What a worker knows of one run that it holds: a value, changed only by the verbs
/// `plan`, `settle` and `advance`.
public struct RunState: Sendable {
  public let workflow: CompiledWorkflow
  public let input: Payload
  /// Nil for a run without expressions.
  public let facts: RunFacts?
  /// The nodes of the workflow, then the units that maps and loops have made of them.
  public internal(set) var nodes: [NodeProgress]
  /// How many child runs the record may still enqueue, and with how many bytes of input.
  var childrenLeft = 0
  var childBytesLeft = 0
  /// The input and the outputs that are kept, in bytes.
  public internal(set) var bytes: Int
  /// What most runs have nothing of.
  var rare = Rare.none
  /// Whether somebody asked for its end, and whether what it would give does not fit: `isEnding` is asked often.
  var isCancelled = false
  var isMisfit = false
  let documents: DocumentCache
  let clock: Clock
  /// The highest wave that was made ready.
  public internal(set) var wave: Int
  /// How often in a row a worker died while it held this run.
  public internal(set) var crashes: Int
  public internal(set) var deadline: Moment?
  public internal(set) var isPastDeadline = false
  /// The ordinary node whose failure nothing handled, the first one to fail.
  public internal(set) var failedNode: Int?
  /// How many ordinary nodes have not come to an end, their fallbacks included.
  var unresolved: Int
  public internal(set) var runningCount = 0
  /// The nodes that are to be executed next, in the order in which they became ready.
  public internal(set) var due: [Int] = []
  /// Until when all that anybody has said to it has come here. Nothing that was said in time is too late because it has
  /// not come yet.
  public var heard = Moment(microseconds: .max)
  /// How many nodes wait for a moment.
  var sleepingCount = 0
  /// Nodes whose end has not yet been looked at by `advance`.
  var changed: [Int] = []
  /// Whether a node has ended and what it makes ready was not looked for yet.
  public var hasNews: Bool { !changed.isEmpty }
  var handlersStarted = false
  var isFirstLook = true

  /// The most that a run may keep, in bytes of its input and of the outputs of its nodes: whoever takes it up has to
  /// read all of it in one call.
  public static let mostBytes = 128 << 20

  /// Somebody asked for the end of the run.
  public struct CancelRequest: Sendable, Hashable {
    public var by: String
    public var reason: String?

    public init(by: String, reason: String?) {
      self.by = by
      self.reason = reason
    }
  }

  /// A worker that died while it held the run.
  public struct WorkerLoss: Sendable, Hashable {
    public var worker: String
    public var wave: Int

    public init(worker: String, wave: Int) {
      self.worker = worker
      self.wave = wave
    }
  }

  /// A run that nobody has claimed before: all nodes idle, the first wave due.
  public init(
    _ workflow: CompiledWorkflow, input: Payload, deadline: Moment?, facts: RunFacts? = nil,
    clock: Clock = .unknown
  ) {
    self.init(
      workflow, input: input, deadline: deadline, wave: 0, crashes: 0, losses: [], cancel: nil,
      stored: [], facts: facts, clock: clock)
  }

  /// What is executed at an index: a node of the workflow, or a part of one.
  public func unit(_ index: Int) -> Unit {
    let count = workflow.workflow.nodes.count
    return index < count ? Unit(node: index) : units[index - count]
  }

  /// The definition that holds at an index.
  public func definition(_ index: Int) -> NodeReference {
    let count = workflow.references.count
    return workflow.references[index < count ? index : units[index - count].node]
  }

  /// Whether the run is on its way to its end: nothing ordinary is started any more.
  public var isEnding: Bool {
    isCancelled || isPastDeadline || failedNode != nil || isMisfit
  }

  /// Whether nodes that were due when a worker died have still no outcome.
  public var owesAfterCrash: Bool { !owed.isEmpty }

  func isOrdinary(_ index: Int) -> Bool {
    !workflow.isFallback[index] && !workflow.isErrorHandler[index]
  }
}
