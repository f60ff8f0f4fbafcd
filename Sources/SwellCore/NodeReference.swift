public import SwellModel

/// A node of a compiled workflow, referred to rather than copied: a copy of all that a node says costs as
/// much as deciding what becomes of it.
public final class NodeReference: Sendable {
  public let node: Node
  /// The kind that a worker must have; nil when any worker will do.
  public let requiredKind: String?
  /// Where its control edges lead, whichever are taken.
  let controlTargets: [Int]
  let isControl: Bool
  let hasCondition: Bool
  let isCall: Bool
  let isSpread: Bool

  init(_ node: Node) {
    self.node = node
    requiredKind = node.requiredKind
    controlTargets = node.controlTargets
    isControl = node.role == .control
    hasCondition = node.when != nil
    isCall = node.isCall
    isSpread = node.isSpread
  }

  public var id: String { node.id }
  public var kind: String { node.kind }
  /// The settings of its kind as they are written.
  public var with: Payload? { node.with }
  public var timeout: Duration? { node.timeout }
  var control: Control? { node.control }
  var repetition: Repetition? { node.repetition }
  var whenOpen: Node.WhenOpen { node.whenOpen }
  var retry: RetryPolicy? { node.retry }
  var then: [Int] { node.then }
  var otherwise: [Int] { node.otherwise }
  var input: Payload? { node.input }
  var needs: [Int] { node.needs }
  var declaredNeeds: ArraySlice<Int> { node.declaredNeeds }
}
