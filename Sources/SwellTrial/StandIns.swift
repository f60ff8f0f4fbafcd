import SwellModel

/// Makes of what a worker hands to other runs something that a reply can be given for.
enum StandIns {
  static func replacing(_ workflow: Workflow) -> Workflow {
    var workflow = workflow
    workflow.nodes = workflow.nodes.map { node in
      switch node.control {
      case .branch?, .wait?, .approval?: return node
      default:
        guard node.role == .control else { return node }
        var node = node
        node.role = .handler
        node.control = nil
        return node
      }
    }
    return workflow
  }
}
