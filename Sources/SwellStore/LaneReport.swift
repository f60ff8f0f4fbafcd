import SwellPostgres

/// A lane: a queue and the kinds that a step in it needs.
public struct LaneReport: Sendable, Decodable, Hashable {
  public var lane: Int32
  public var queue: String
  public var kinds: [String]
  public var open: Bool
  /// Those that its runs have now.
  public var priorities: [Int16]

  private enum Keys: String, CodingKey { case lane, queue, kinds, open, priorities }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    lane = try values.decode(Int32.self, forKey: .lane)
    queue = try values.decode(String.self, forKey: .queue)
    kinds = try values.decode([String].self, forKey: .kinds)
    open = try values.decode(Bool.self, forKey: .open)
    priorities = try values.decodeIfPresent([Int16].self, forKey: .priorities) ?? []
  }

  static func decode(_ json: [UInt8]) throws(PostgresError) -> [LaneReport] {
    try ReportDecoder.decode([LaneReport].self, json) ?? []
  }
}
