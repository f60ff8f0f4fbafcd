import Foundation
import SwellTesting

/// A stage with a table of effects in Swell's own database.
struct BookingStage: Sendable {
  let stage: Stage

  static let table = """
    CREATE TABLE public.booking (key text NOT NULL, attempt int, at timestamptz NOT NULL DEFAULT clock_timestamp())
    """

  /// A sink, items of a map and a handler, all of them with an effect that must be there once.
  static let workflow = #"""
    workflow: w
    defaults: {retry: {strategy: fixed, delay: 20ms, maxRetries: 3}}
    nodes:
      pay:
        sink: sql
        with:
          exactlyOnce: true
          query: INSERT INTO booking (key) VALUES ($1) RETURNING key
          parameters: ["${{ run.id }}/pay/0/0"]
          result: value
      other: {handler: effect}
      each:
        needs: pay
        map: {over: "${{ [1, 2, 3] }}"}
        sink: sql
        with:
          exactlyOnce: true
          query: INSERT INTO booking (key) VALUES ($1)
          parameters: ["${{ run.id }}/each/${{ index + 1 }}/0"]
      hand: {needs: [pay, other], handler: book}
      last: {needs: [each, hand], handler: effect}
    """#

  init(_ workflow: String = BookingStage.workflow, on database: TestDatabase? = nil) async throws {
    if let database {
      stage = try await Stage(on: database)
    } else {
      stage = try await Stage()
    }
    try await stage.database.query(Self.table)
    try await stage.database.apply(workflow)
  }

  /// Successes without exactly one effect, and effects without a success.
  func unequal() async throws -> [String] {
    try await stage.database.query(
      """
      SELECT COALESCE(n.key, b.key) || ': ' || (n.key IS NOT NULL)::text || ' and ' || COALESCE(b.count, 0)
      FROM (
        SELECT concat_ws('/', n.run_id, n.node_id, n.item, n.iteration) AS key
        FROM swell.node AS n
        WHERE n.state = 'succeeded' AND n.node_id NOT IN ('other', 'last')
          AND (n.node_id <> 'each' OR n.item > 0)
      ) AS n
      FULL JOIN (SELECT b.key, count(*) FROM booking AS b GROUP BY 1) AS b ON b.key = n.key
      WHERE n.key IS NULL OR b.count IS DISTINCT FROM 1
      """
    ).compactMap { $0[0] }
  }

  func bookings() async throws -> Int {
    Int(try await stage.database.scalar("SELECT count(*) FROM booking") ?? "") ?? -1
  }

  /// Waits until so many transactions are open in the middle.
  func openTransactions(_ count: Int) async throws -> Bool {
    try await stage.database.eventually(
      """
      SELECT count(*) >= \(count) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%booking%'
      """)
  }
}
