import SwellPostgres
import SwellStore

/// A worker in name only, which claims to see what a claim costs.
struct ClaimProbe: Sendable {
  private var identity: RecorderIdentity

  static func make(over connection: PostgresConnection) async throws -> ClaimProbe {
    let worker = PostgresUUID.random()
    let call = RegisterCall(
      worker: worker, name: "probe", host: "bench", pid: 0, version: "bench",
      kinds: ["handler:noop"], queues: nil, recorders: 1, locks: false
    ).call()
    _ = try await connection.query(call.statement, call.parameters, within: .seconds(10))
    var identity = RecorderIdentity(worker: worker, recorder: 0, epoch: 1)
    let first = ReconcileCall.call(by: &identity, runs: [], tokens: [])
    _ = try await connection.query(first.statement, first.parameters, within: .seconds(10))
    return ClaimProbe(identity: identity)
  }

  /// Claims up to so many runs of the lane 2, in which a benchmark's runs are, and of the lane 1.
  func claim(
    _ limit: Int, bound: Int64, over connection: PostgresConnection
  ) async throws -> (runs: [ClaimedRun], microseconds: Int64) {
    let places = stride(from: Int16(9), through: 0, by: -1).flatMap { priority in
      [Int32(1), 2].map { lane in
        ClaimCall.Place(lane: lane, priority: priority, bound: priority == 0 ? bound : 0)
      }
    }
    let call = ClaimCall(
      places: places, limit: limit, crashedOnce: 0, crashedTwice: 0, isUnbounded: false,
      marksIdle: false, isInTurn: false
    ).call(by: identity)
    let begin = WallClock.microseconds()
    let rows = try await connection.query(call.statement, call.parameters, within: .seconds(60))
    let end = WallClock.microseconds()
    return (try ClaimReply(rows).runs, end - begin)
  }

  /// Gives runs back, due now.
  func release(_ runs: [ClaimedRun], over connection: PostgresConnection) async throws {
    guard !runs.isEmpty else { return }
    let call = ReleaseCall.call(by: identity, runs: runs.map(\.id), tokens: runs.map(\.token))
    _ = try await connection.query(call.statement, call.parameters, within: .seconds(10))
  }
}
