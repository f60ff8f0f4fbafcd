/// Something that is executed of a node: the node itself, an item of its map, or an iteration of its
/// loop. Units beyond the workflow's own nodes have the indices behind those.
public struct Unit: Sendable, Hashable {
  /// The node in the workflow.
  public var node: Int
  /// Of a map, counted from 1; 0 is the node itself.
  public var item: Int
  /// Of a loop, counted from 1; 0 is the node itself.
  public var iteration: Int

  public init(node: Int, item: Int = 0, iteration: Int = 0) {
    self.node = node
    self.item = item
    self.iteration = iteration
  }

  var isPart: Bool { item > 0 || iteration > 0 }
}
