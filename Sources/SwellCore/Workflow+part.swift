public import SwellModel

extension Workflow {
  /// What a run executes that is one item of a map with `spread`: the node alone, once. What is
  /// decided for the whole map, such as its fallback, stays with the parent.
  public func part(of index: Int) -> Workflow {
    var node = nodes[index]
    node.repetition = nil
    node.when = nil
    node.needs = []
    node.readOnlyNeeds = 0
    node.then = []
    node.otherwise = []
    node.join = .all
    node.optional = false
    node.fallback = nil
    var part = self
    part.name = name + "/" + node.id
    part.deadline = nil
    part.inputSchema = nil
    part.outputSchema = nil
    part.nodes = [node]
    part.onError = []
    return part
  }
}
