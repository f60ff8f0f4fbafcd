import SwellPostgres
import Testing

/// Many statements over one connection: every answer belongs to its question.
@Suite(.serialized)
struct VolumeTests {
  private static let echo = Statement("echo", "SELECT $1::int4")

  private static func call(_ number: Int) -> Call {
    var p = Parameters()
    p.append(Int32(number))
    return Call(echo, p)
  }

  @Test func `20 000 statements, one after another`() async throws {
    let reactor = try Reactor.shared()
    let configuration = try ScratchServer.configuration()
    let wrong = try await Task(executorPreference: reactor) {
      let connection = try await PostgresConnection.connect(configuration, on: reactor)
      var wrong = 0
      for number in 0..<20_000 {
        let call = Self.call(number)
        let rows = try await connection.query(call.statement, call.parameters, within: limit)
        if try rows.first?.int32(0) != Int32(number) { wrong += 1 }
      }
      await connection.close()
      return wrong
    }.value
    #expect(wrong == 0)
  }

  @Test func `100 000 statements in pipelines of 100`() async throws {
    let reactor = try Reactor.shared()
    let configuration = try ScratchServer.configuration()
    let wrong = try await Task(executorPreference: reactor) {
      let connection = try await PostgresConnection.connect(configuration, on: reactor)
      var wrong = 0
      for batch in 0..<1000 {
        let replies = try await connection.pipeline(
          (0..<100).map { Self.call(batch * 100 + $0) }, within: limit)
        for (place, rows) in replies.enumerated()
        where try rows.first?.int32(0) != Int32(batch * 100 + place) { wrong += 1 }
      }
      await connection.close()
      return wrong
    }.value
    #expect(wrong == 0)
  }
}
