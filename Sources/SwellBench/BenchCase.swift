import SwellModel

/// What `swell bench` measures.
public enum BenchCase: String, Sendable, CaseIterable {
  case jobs
  case chain5 = "chain_5"
  case graph131 = "graph_1_3_1"
  case enqueue1 = "enqueue_1"
  case enqueue8 = "enqueue_8"
  case enqueueMany = "enqueue_many"

  /// The waves of the workflow, as the ids of their nodes; nil for cases that only enqueue.
  var waves: [[String]]? {
    switch self {
    case .jobs: [["a"]]
    case .chain5: [["a"], ["b"], ["c"], ["d"], ["e"]]
    case .graph131: [["a"], ["b", "c", "d"], ["e"]]
    case .enqueue1, .enqueue8, .enqueueMany: nil
    }
  }

  /// The definition: every node needs all of the wave before.
  var definition: String {
    var nodes: [String] = []
    var before: [String] = []
    for wave in waves ?? [["a"]] {
      for id in wave {
        let needs = before.isEmpty ? "" : ", needs: [\(before.joined(separator: ", "))]"
        nodes.append("  \(id): {handler: noop\(needs)}")
      }
      before = wave
    }
    return "workflow: bench\nnodes:\n" + nodes.joined(separator: "\n") + "\n"
  }
}
