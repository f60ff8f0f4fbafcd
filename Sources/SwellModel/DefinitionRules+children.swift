extension DefinitionRules {
  /// What cannot be made of runs of their own.
  mutating func checkChildren() {
    for (index, draft) in drafts.enumerated() {
      if let place = draft.spreadPlace, primary[index] != nil || handlers.contains(index) {
        report.add(
          "spread_not_allowed",
          "'\(draft.id)' is \(handlers.contains(index) ? "in onError" : "a fallback"), whose items cannot be runs of their own; leave out 'spread', or 'call' a workflow",
          path: draft.path + ".map.spread", at: place)
      }
      guard let place = draft.detachPlace else { continue }
      for (key, isSet) in [
        ("timeout", draft.node.timeout != nil), ("retry", draft.node.retry != nil),
        ("fallback", draft.fallback != nil),
      ] where isSet {
        report.add(
          "detached_key",
          "'\(key)' means nothing for a call with 'detach': nobody waits for how it ends",
          path: draft.path + ".call.detach", at: place)
      }
    }
  }
}
