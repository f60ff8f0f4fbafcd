import Foundation
import Testing

/// What `swell bench --peer` makes of the program that it is given.
@Suite struct BenchPeerTests {
  private func bench(_ script: String) async throws -> SwellCommand.Ending {
    let path = try SwellCommand.file("peer", "#!/bin/sh\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return try await SwellCommand.run(
      ["bench", "enqueue_1", "--seconds", "0.1", "--json", "--peer", path])
  }

  @Test func `a peer's figures stand among the others, and it is told the database`() async throws {
    let ended = try await bench(
      #"""
      case $DATABASE_URL in postgresql://*swell_bench*) ;; *) exit 3 ;; esac
      echo '{"case": "other_jobs", "workers": 2, "value": 12.5, "unit": "jobs/s", "p50_ms": 1, "p95_ms": 2, "p99_ms": 3}'
      """#)
    #expect(ended.code == 0, "\(ended.output)")
    #expect(
      ended.output.contains(
        #"{"case":"other_jobs","workers":2,"value":12.5,"unit":"jobs/s","limit":null,"ratio":null,"p50_ms":1"#
      ),
      "\(ended.output)")
    #expect(ended.output.contains(#"{"case":"enqueue_1""#))
  }

  @Test(arguments: [
    ("echo lost >&2; exit 4", "exited with 4"), ("echo hello", "printed 'hello' instead of"),
  ])
  func `a peer that fails is named, with what it did`(
    script: String, words: String
  )
    async throws
  {
    let ended = try await bench(script)
    #expect(ended.code == 69)
    #expect(
      ended.output.contains(words) && ended.output.contains("[peer_failed]"), "\(ended.output)")
    // What was measured before stays.
    #expect(ended.output.contains(#"{"case":"enqueue_1""#))
  }
}
