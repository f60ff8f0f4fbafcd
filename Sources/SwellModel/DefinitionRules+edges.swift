extension DefinitionRules {
  /// Looks up where control edges lead, and whether they may lead there.
  mutating func resolveControlEdges() {
    then = []
    otherwise = []
    arms = []
    for (index, draft) in drafts.enumerated() {
      then.append(targets(draft.then, from: index))
      otherwise.append(targets(draft.otherwise, from: index))
      arms.append(draft.arms.map { targets($0.then, from: index) })
      if let place = draft.otherwisePlace, !draft.node.asksQuestion,
        draft.node.kind != "branch" || draft.node.role != .control
      {
        report.add(
          "otherwise_without_question",
          "otherwise is for nodes that can say no: an approval, or a wait for a signal with a timeout; "
            + "a failure has 'fallback', 'optional' and 'onError'",
          path: draft.path + ".otherwise", at: place)
      }
    }
  }

  private mutating func targets(_ references: [NodeDraft.Reference], from index: Int) -> [Int] {
    var targets: [Int] = []
    for reference in references {
      guard let target = lookUp(reference, from: drafts[index], self: "self_edge") else { continue }
      func add(_ code: String, _ message: String) {
        report.add(code, message, path: reference.path, at: reference.place)
      }
      if let stoodInFor = primary[index] {
        add(
          "edge_from_fallback",
          "'\(drafts[index].id)' is a fallback; lead on from '\(drafts[stoodInFor].id)', "
            + "which it stands in for")
      } else if primary[target] != nil {
        add(
          "edge_to_fallback", "'\(reference.id)' is a fallback and runs only in place of its node")
      } else if handlers.contains(index) != handlers.contains(target) {
        add(
          "edge_to_on_error",
          handlers.contains(target)
            ? "'\(reference.id)' is in onError and runs only after a failure"
            : "'\(drafts[index].id)' is in onError and can only lead to nodes that are")
      } else {
        targets.append(target)
      }
    }
    return targets
  }
}

extension Node {
  /// Whether it can come to an end that says no.
  var asksQuestion: Bool {
    switch control {
    case .approval: true
    case .wait(.signal(_, let timeout)): timeout != nil
    default: false
    }
  }
}
