/// What a lane stands for: a queue, and the kinds that a step in it needs.
public struct LaneKey: Sendable, Hashable {
  public var queue: String
  /// Sorted, and joined by commas.
  public var joinedKinds: String

  /// The lane that every worker looks into: of a cancelled run, and of one whose lane has no row.
  public static let everybodys: Int32 = 1

  public init(queue: String, joinedKinds: String) {
    self.queue = queue
    self.joinedKinds = joinedKinds
  }

  public init(queue: String, kinds: [String]) {
    self.init(queue: queue, joinedKinds: kinds.sorted().joined(separator: ","))
  }
}
