import SwellModel

/// Makes of what a worker hands to other runs something that a reply can be given for.
enum StandIns {
  static func replacing(_ workflow: Workflow) -> Workflow {
    var workflow = workflow
    workflow.nodes = workflow.nodes.map { node in
      var node = node
      if case .map(var map) = node.repetition, map.isSpread {
        // Where an item is executed makes no difference to what comes of it.
        map.isSpread = false
        node.repetition = .map(map)
      }
      guard case .call(let call) = node.control else { return node }
      node.role = .handler
      node.kind = "call " + call.workflow
      node.control = nil
      // The nodes of a run have had their retries, and it may take as long as it likes.
      node.retry = node.retry ?? RetryPolicy.none
      node.timeout = node.timeout ?? .seconds(100 * 365 * 86_400)
      return node
    }
    return workflow
  }
}
