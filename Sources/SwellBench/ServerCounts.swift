import SwellPostgres
import SwellStore

/// What the server has counted of the benchmark's database.
struct ServerCounts: Sendable {
  var commits: Int64
  /// Bytes of write-ahead log since the server was made.
  var wal: Int64

  static func read(over connection: PostgresConnection) async throws -> ServerCounts {
    guard let row = try await connection.query(BenchSQL.counts, within: .seconds(10)).first else {
      throw WorkerFleet.Failure(description: "the server says nothing of its counters")
    }
    return ServerCounts(commits: try row.int64(0), wal: try row.int64(1))
  }
}
