import Foundation
import Swell
import SwellTesting
import Testing

/// The worker of `docs/protocol/README.md`, word for word: a page whose statements nobody can execute is none.
@Suite struct ProtocolExampleTests {
  @Test func `the worker of the documentation works`() async throws {
    let page = try String(
      contentsOfFile: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/protocol/README.md").path, encoding: .utf8)
    let part = try #require(page.components(separatedBy: "## A worker in another language").last)
    let block = try #require(part.firstMatch(of: #/```sql\n((?:.|\n)*?)```/#)?.1)
    let statements = block.split(separator: "\n").filter { !$0.hasPrefix("--") }
      .joined(separator: "\n").split(separator: ";").map { statement in
        statement.split(separator: "\n").map { $0.split(separator: "--", maxSplits: 1)[0] }
          .joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
      }.filter { !$0.isEmpty }
    #expect(statements.count == 8)

    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {charge: {handler: charge_card}}")
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.scalar("SELECT lane FROM swell.ready") == "2")
    var values = ["'w'": "'0190c0de-0000-7000-8000-0000000000e1'"]
    for statement in statements {
      var text = statement
      for (name, value) in values { text = text.replacingOccurrences(of: ":" + name, with: value) }
      #expect(!text.contains(" :") && !text.contains("[:"), "not said before: \(text)")
      let rows = try await stage.database.query(text)
      if text.contains("SELECT epoch") { values["epoch"] = try #require(rows.first?[0]) }
      if text.contains("SELECT lanes") {
        #expect(rows.first?[0]?.contains("handler:charge_card") == true)
      }
      if text.hasPrefix("SELECT run_id"), let claimed = rows.first {
        values["'run'"] = try "'" + #require(claimed[0]) + "'"
        values["token"] = claimed[1]
      }
    }
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.run(run, "output") == #"{"charged": true}"#)
    #expect(try await stage.database.scalar("SELECT state FROM swell.worker") == "stopped")
    await stage.database.connection.close()
  }
}
