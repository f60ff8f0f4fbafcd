import Foundation
import SwellTesting

/// The whole suite with its workers behind PgBouncer: `scripts/test-pooled` sets
/// `SWELL_TEST_PGBOUNCER=1`.
///
/// What people type (`swell …`), what enqueues and what looks stays on direct connections, as
/// it would in production.
actor PooledSuite {
  static let isOn = ProcessInfo.processInfo.environment["SWELL_TEST_PGBOUNCER"] == "1"
  static let isOff = !isOn
  static let shared = PooledSuite()

  private var poolers: [String: PgBouncer] = [:]

  /// What a worker needs to reach a database of the tests.
  func environment(for url: String) async throws -> [String: String] {
    guard Self.isOn else { return ["DATABASE_URL": url] }
    let server = url.firstIndex(of: "?").map { String(url[$0...]) } ?? url
    if poolers[server] == nil { poolers[server] = try await PgBouncer(inFrontOf: url) }
    return [
      "DATABASE_URL": poolers[server]?.url(for: url) ?? url, "SWELL_TEST_POOLED": "1",
    ]
  }
}
