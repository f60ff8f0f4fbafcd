import SwellCore
import SwellModel

/// A worker and its tables for one run, without either: turns as a recorder does, one step at
/// a time.
struct TestRun {
  let workflow: CompiledWorkflow
  var input = Payload(json: "{\"in\":1}")
  var state: RunState
  var store = StoredRun()
  var now = Moment(microseconds: 0)
  var deadline: Moment?
  var changes = Changes()
  /// The changes of every record, in order.
  var recorded: [Changes] = []
  var board = CircuitBoard()
  var policy = WorkerPolicy()
  var random = 0.0
  var lacking: Set<String> = []
  /// Attempts that were started and have not ended.
  var inFlight: [Execution] = []
  var started: [Execution] = []
  var givenBack: (due: Moment?, kinds: [String])?
  var end: RunEnd?
  /// Nothing was in flight, nothing to store, and the core said to go on.
  var isStuck = false

  init(_ workflow: Workflow, deadline: Moment? = nil) {
    self.workflow = CompiledWorkflow(workflow, version: 1)
    self.deadline = deadline
    state = RunState(self.workflow, input: input, deadline: deadline)
  }

  /// A run that is turned once.
  static func begun(_ workflow: Workflow, deadline: Moment? = nil) -> TestRun {
    var run = TestRun(workflow, deadline: deadline)
    run.turn()
    return run
  }

  /// Goes on until an attempt has to end, time to pass, or the run is given back or ends.
  mutating func turn() {
    for _ in 0..<1000 {
      guard decide() else { return }
      start()
      if isAhead { store.refusals.append("what is started is ahead of what is stored") }
      if changes.isEmpty, !inFlight.isEmpty, !state.hasNews { return }
    }
    isStuck = true
  }

  /// Advances and records. Returns whether the run stays with the worker.
  mutating func decide() -> Bool {
    state.advance(now: now, changes: &changes)
    let lacking = lacking
    let transition = state.next(
      now: now, changes: &changes, canExecute: { !lacking.contains($0.kind) })
    store.record(changes, wave: state.wave)
    if store.crashes > 0, !state.owesAfterCrash {
      store.crashes = 0
      store.losses = []
    }
    recorded.append(changes)
    changes = Changes()
    if isAhead { store.refusals.append("the state is ahead of what is stored") }
    switch transition {
    case .goOn: return true
    case .giveBack(let due, let kinds): givenBack = (due, kinds)
    case .end(let end): self.end = end
    }
    return false
  }

  /// Whether the state takes something for stored that is not.
  var isAhead: Bool {
    state.isAhead(beside: changes) { unit in
      store.rows[unit.node].map { ($0.state.rawValue, $0.attempt) }
    }
  }

  mutating func start() {
    let lacking = lacking
    let random = random
    let executions = state.plan(
      now: now, circuits: board, policy: policy, changes: &changes,
      canExecute: { !lacking.contains($0.kind) }, random: { random })
    inFlight += executions
    started += executions
  }

  mutating func settle(_ node: Int, _ result: AttemptResult) {
    guard let place = inFlight.firstIndex(where: { $0.node == node }) else { return }
    inFlight.remove(at: place)
    now = now.advanced(byMicroseconds: 1)
    state.settle(
      node, result, started: now.advanced(byMicroseconds: -1), now: now, policy: policy,
      random: { random }, changes: &changes)
  }

  /// The attempts of some nodes end together.
  mutating func end(_ results: (String, AttemptResult)...) {
    for (id, result) in results { if let node = workflow.index(of: id) { settle(node, result) } }
    turn()
  }

  mutating func succeed(_ ids: String...) {
    for id in ids {
      if let node = workflow.index(of: id) { settle(node, .success(Payload(json: "\"\(id)\""))) }
    }
    turn()
  }

  mutating func fail(_ id: String, _ kind: ErrorKind = .validation, retryAfter: Duration? = nil) {
    end((id, .failure(NodeError(kind, id, retryAfter: retryAfter))))
  }

  /// The run is claimed from what is stored; what was in flight is lost.
  mutating func claim(at moment: Moment? = nil) {
    reload(at: moment)
    turn()
  }

  mutating func reload(at moment: Moment? = nil) {
    if let moment { now = max(now, moment) }
    inFlight = []
    changes = Changes()
    givenBack = nil
    state = store.load(workflow, input: input, deadline: deadline)
  }

  /// A worker dies over the run, and another one claims it.
  mutating func crash(_ worker: String = "w") {
    store.crashes += 1
    store.losses.append(.init(worker: worker, wave: state.wave))
    claim()
  }

  mutating func cancel(by person: String = "ann") {
    let request = RunState.CancelRequest(by: person, reason: nil)
    if store.cancel == nil { store.cancel = request }
    state.requestCancel(request)
    turn()
  }

  mutating func pass(to moment: Moment) {
    now = max(now, moment)
    turn()
  }

  var flying: [String] { inFlight.map { workflow.workflow.nodes[$0.node].id }.sorted() }

  func status(_ id: String) -> NodeProgress.Status? {
    workflow.index(of: id).map { state.nodes[$0].status }
  }

  func row(_ id: String) -> Changes.NodeRow? {
    workflow.index(of: id).flatMap { store.rows[$0] }
  }

  /// The input of the last attempt of a node.
  func input(_ id: String) -> JSONValue? {
    started.last { workflow.workflow.nodes[$0.node].id == id }
      .flatMap { try? JSONValue.parse($0.input) }
  }

  var error: JSONValue? { end?.error.flatMap { try? JSONValue.parse($0) } }
}
