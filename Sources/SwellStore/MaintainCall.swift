public import SwellPostgres

/// `swell.maintain_v1`: keeps the partitions ahead of time.
public struct MaintainCall: Sendable {
  public static let statement = Statement("swell_maintain_v1", "SELECT swell.maintain_v1()")

  public static func call() -> Call { Call(statement, Parameters()) }
}
