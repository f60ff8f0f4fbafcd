import SwellPostgres

/// A lane: a queue and the kinds that a step in it needs.
public struct LaneReport: Sendable, Decodable, Hashable {
  public var lane: Int32
  public var queue: String
  public var kinds: [String]
  public var open: Bool

  public init(lane: Int32, queue: String, kinds: [String], open: Bool) {
    self.lane = lane
    self.queue = queue
    self.kinds = kinds
    self.open = open
  }

  static func decode(_ json: [UInt8]) throws(PostgresError) -> [LaneReport] {
    try ReportDecoder.decode([LaneReport].self, json) ?? []
  }
}
