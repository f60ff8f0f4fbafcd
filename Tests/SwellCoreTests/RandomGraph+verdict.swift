import SwellCore
import SwellModel

extension RandomGraph {
  /// What the design says becomes of a run, worked out from the whole graph at once and without
  /// the core: nodes that nothing stops have exactly one end.
  struct Verdict {
    var states: [StoredNode.State?]
    /// Ordinary nodes whose failure nothing handles.
    var broken: Set<Int> = []
    /// Whether the node has an output, its own or its fallback's.
    var hasOutput: [Bool]
  }

  func verdict() -> Verdict {
    let nodes = workflow.nodes
    let fallbacks = Set(nodes.compactMap(\.fallback))
    var verdict = Verdict(
      states: nodes.map { _ in nil }, hasOutput: nodes.map { _ in false })
    var isDone = nodes.map { _ in false }
    /// Returns whether the chain that begins here ended broken.
    func execute(_ index: Int) -> Bool {
      let succeeds = endsWell(index, isFallback: fallbacks.contains(index))
      verdict.states[index] = succeeds ? .succeeded : .failed
      verdict.hasOutput[index] = succeeds
      if succeeds { return false }
      var isBroken = true
      if let fallback = nodes[index].fallback {
        isBroken = execute(fallback)
        verdict.hasOutput[index] = verdict.hasOutput[fallback]
      }
      return isBroken && !nodes[index].optional
    }
    var left = nodes.indices.filter { !fallbacks.contains($0) }
    while !left.isEmpty {
      let ready = left.filter { nodes[$0].needs.allSatisfy { isDone[$0] } }
      if ready.isEmpty { break }
      for index in ready {
        isDone[index] = true
        let present = nodes[index].needs.count { verdict.hasOutput[$0] }
        let wanted =
          switch nodes[index].join {
          case .all, .any: 1
          case .atLeast(let count): count
          }
        if nodes[index].needs.isEmpty || present >= wanted {
          if execute(index), !workflow.onError.contains(index) { verdict.broken.insert(index) }
        } else {
          verdict.states[index] = .skipped
        }
      }
      left.removeAll { isDone[$0] }
    }
    return verdict
  }

  private func endsWell(_ index: Int, isFallback: Bool) -> Bool {
    let node = workflow.nodes[index]
    let behaviour = behaviours[index]
    if node.circuit != nil, node.whenOpen != .wait, behaviour.isOpenForever { return false }
    return behaviour.final == nil
      && behaviour.failures <= policy(of: index, isFallback: isFallback).maxRetries
  }
}
