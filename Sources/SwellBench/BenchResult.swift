import SwellModel

/// One figure, beside its limit.
public struct BenchResult: Sendable {
  /// What was measured, such as `graph_1_3_1`.
  public var name: String
  /// How many worker processes, or clients for the enqueue cases.
  public var workers: Int
  public var value: Double
  public var unit: String
  /// The same by bare statements in the same run, or what the case is held against; nil where there
  /// is no such thing.
  public var limit: Double?
  public var latency: Latency?
  public var cost: Cost?
  /// What only this case has, in the order in which it is told.
  public var more: [(name: String, value: Double)] = []

  public var ratio: Double? {
    guard let limit, limit > 0 else { return nil }
    return value / limit
  }

  /// Milliseconds at three percentiles.
  public struct Latency: Sendable {
    public var p50: Double
    public var p95: Double
    public var p99: Double
  }

  /// What a run cost beside time.
  public struct Cost: Sendable {
    /// Microseconds of processor a wave step; nil where the system does not tell.
    public var client: Double?
    public var server: Double?
    public var statements: Double
    public var commits: Double
    /// Bytes of write-ahead log a run, and a wave step.
    public var wal: Double
    public var walPerStep: Double
    /// Bytes of it, a wave step, that are pages changed for the first time after a checkpoint; nil
    /// where the server cannot tell.
    public var pageImages: Double?
  }

  /// One JSON object on one line.
  public var json: String {
    var members: [JSONValue.Member] = []
    func add(_ name: String, _ value: Double?) {
      members.append(.init(name, value.map { .double(($0 * 1000).rounded() / 1000) } ?? .null))
    }
    members.append(.init("case", .string(name)))
    members.append(.init("workers", .int(Int64(workers))))
    add("value", value)
    members.append(.init("unit", .string(unit)))
    add("limit", limit)
    add("ratio", ratio)
    if let latency {
      add("p50_ms", latency.p50)
      add("p95_ms", latency.p95)
      add("p99_ms", latency.p99)
    }
    if let cost {
      add("client_us_per_step", cost.client)
      add("server_us_per_step", cost.server)
      add("statements_per_run", cost.statements)
      add("commits_per_run", cost.commits)
      add("wal_bytes_per_run", cost.wal)
      add("wal_bytes_per_step", cost.walPerStep)
      add("wal_page_image_bytes_per_step", cost.pageImages)
    }
    for (name, value) in more { add(name, value) }
    return JSONValue.object(members).payload.text
  }
}
