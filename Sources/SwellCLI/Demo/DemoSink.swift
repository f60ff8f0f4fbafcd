import Foundation
import SwellPostgres
import SwellStore

/// Where the demo's run leaves what it found: a table, and a file.
struct DemoSink: Sendable {
  var rows: Int
  var distinct: Int
  var file: [UInt8]?

  /// What the run left.
  ///
  /// - Parameter folder: the root of the workers.
  static func read(
    _ run: PostgresUUID, folder: String, over connection: PostgresConnection
  ) async throws -> DemoSink {
    let counts = try await DemoTable.count(run, over: connection, within: DatabaseOptions.limit)
    let data = FileManager.default.contents(atPath: "\(folder)/reports/\(run).json")
    return DemoSink(rows: counts.rows, distinct: counts.distinct, file: data.map(Array.init))
  }
}
