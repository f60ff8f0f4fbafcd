/// What `swell bench` measures.
public enum BenchCase: String, Sendable, CaseIterable {
  case jobs
  case chain5 = "chain_5"
  case graph131 = "graph_1_3_1"
  case fanOut = "fan_out_1000"
  case layered = "layered_20x10"
  case spread = "spread_10000"
  case enqueue1 = "enqueue_1"
  case enqueue8 = "enqueue_8"
  case enqueue32 = "enqueue_32"
  case enqueueMany = "enqueue_many"
  case pickUp = "pick_up"
  case retry = "retry_100ms"
  case claimDue = "claim_due"
  case claimFuture = "claim_future"
  case claimPaused = "claim_paused"
  case claimForeign = "claim_foreign"
  case idle = "idle_worker"
  case memory = "memory_10000"
  case snapshot = "held_snapshot"
  case heldSpread = "held_spread"
  case expressions

  /// What the case tells, in a few words.
  public var summary: String {
    switch self {
    case .jobs: "runs of one node"
    case .chain5: "five nodes, one after the other"
    case .graph131: "five nodes in three waves"
    case .fanOut: "one node, a thousand, one"
    case .layered: "twenty waves of ten nodes, each with three needs"
    case .spread: "a map of 10,000 items, each a run of its own"
    case .enqueue1, .enqueue8, .enqueue32: "single enqueues by so many clients"
    case .enqueueMany: "enqueue_many by the thousand"
    case .pickUp: "from enqueue to handler, with an idle worker"
    case .retry: "how late a retry after 100 ms starts"
    case .claimDue: "a claim of 100, with so many due rows behind"
    case .claimFuture: "a claim of 100, with future rows at higher priority"
    case .claimPaused: "a claim of 100, with paused rows at higher priority"
    case .claimForeign: "a claim of 100, with rows of foreign kinds at higher priority"
    case .idle: "statements of a worker that has nothing to do"
    case .memory: "a worker's memory with 10,000 nodes in flight"
    case .expressions: "a condition, and templates over a document of a kilobyte"
    case .heldSpread: "maps of 10,000 items as runs while somebody holds a snapshot"
    case .snapshot: "1,000 runs/s while somebody holds a snapshot"
    }
  }

  /// The graph of a case that measures throughput.
  var workload: Workload? {
    switch self {
    case .jobs: Workload(layers: [["a"]])
    case .chain5: Workload(layers: [["a"], ["b"], ["c"], ["d"], ["e"]])
    case .graph131: Workload(layers: [["a"], ["b", "c", "d"], ["e"]])
    case .fanOut: Workload(layers: [["a"], (0..<1000).map { "n\($0)" }, ["z"]])
    case .layered:
      Workload(layers: (0..<20).map { layer in (0..<10).map { "n\(layer)_\($0)" } }, needs: 3)
    default: nil
    }
  }

  /// How many clients enqueue side by side, for the cases that do only that.
  var clients: Int? {
    switch self {
    case .enqueue1, .enqueueMany: 1
    case .enqueue8: 8
    case .enqueue32: 32
    default: nil
    }
  }
}
