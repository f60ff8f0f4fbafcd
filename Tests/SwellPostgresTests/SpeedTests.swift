import SwellPostgres
import Testing

/// Prints figures; asserts only that the answers are right.
@Suite(.serialized)
struct SpeedTests {
  private static let select = Statement("one", "SELECT 1::int4")

  @Test func `100 000 SELECT 1, one after another`() async throws {
    let reactor = try Reactor.shared()
    let configuration = try ScratchServer.configuration()
    let seconds = try await Task(executorPreference: reactor) {
      let connection = try await PostgresConnection.connect(configuration, on: reactor)
      let clock = ContinuousClock()
      let passed = try await clock.measure {
        for _ in 0..<100_000 {
          let rows = try await connection.query(Self.select, within: limit)
          if rows.count != 1 { Issue.record("no row") }
        }
      }
      await connection.close()
      return passed / .seconds(1)
    }.value
    print("SELECT 1: \(Int(100_000 / seconds))/s")
  }

  @Test func `100 000 SELECT 1 in pipelines of 100`() async throws {
    let reactor = try Reactor.shared()
    let configuration = try ScratchServer.configuration()
    let seconds = try await Task(executorPreference: reactor) {
      let connection = try await PostgresConnection.connect(configuration, on: reactor)
      let calls = [Call](repeating: Call(Self.select), count: 100)
      let clock = ContinuousClock()
      let passed = try await clock.measure {
        for _ in 0..<1000 {
          let rows = try await connection.pipeline(calls, within: limit)
          if rows.count != 100 { Issue.record("not every row") }
        }
      }
      await connection.close()
      return passed / .seconds(1)
    }.value
    print("SELECT 1 in pipelines: \(Int(100_000 / seconds))/s")
  }
}
