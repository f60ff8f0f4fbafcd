import CEL

/// What the expressions of a node with `spread` read of its run: it goes along with each item.
struct ItemReads: Sendable {
  var nodes: [String]
  var readsInput: Bool

  init(_ expressions: NodeExpressions?) {
    var nodes: [String] = []
    var readsInput = false
    for template in [expressions?.with, expressions?.input] {
      guard let template else { continue }
      for name in template.references(of: "nodes").names where !nodes.contains(name) {
        nodes.append(name)
      }
      let input = template.references(of: "input")
      if !input.fields.isEmpty || !input.problems.isEmpty { readsInput = true }
    }
    self.nodes = nodes
    self.readsInput = readsInput
  }
}
