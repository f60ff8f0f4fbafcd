import Foundation
import Swell
import SwellTesting
import Testing

/// Settings: flags, then variables, then a file; and what is said when they are wrong.
@Suite(.serialized) struct SettingsTests {
  @Test func `a flag wins over a variable, a variable over the file`() async throws {
    let database = try await TestDatabase.make()
    let path = try SwellCommand.file(
      "swell.json", #"{"name": "file", "queues": ["mail", "orders"], "grace": "5s"}"#)
    let cases: [(arguments: [String], variables: [String: String], name: String)] = [
      ([], [:], "file"), ([], ["SWELL_NAME": "variable"], "variable"),
      (["--name", "flag"], ["SWELL_NAME": "variable"], "flag"),
    ]
    for each in cases {
      let worker = try WorkerProcess(
        "swell", arguments: ["worker", "--config", path] + each.arguments,
        environment: each.variables.merging(["DATABASE_URL": database.url]) { $1 })
      #expect(
        try await database.eventually(
          """
          SELECT EXISTS (SELECT FROM swell.workers
            WHERE name = '\(each.name)' AND state = 'running' AND queues = '{mail,orders}')
          """))
      worker.signal(SIGTERM)
      #expect(await worker.ended() == 0)
      await worker.destroy()
    }
  }

  @Test(arguments: [
    (#"{"concurency": 3}"#, "unknown_setting", "did you mean 'concurrency'"),
    (#"{"concurrency": "many"}"#, "bad_setting", "concurrency"),
    (#"{"concurrency": 0}"#, "bad_setting", "from 1 to"),
    (#"{"queues": [1]}"#, "bad_setting", "queues"),
    (#"{"grace": "soon"}"#, "bad_setting", "grace"),
    (#"{"grace": "#, "bad_settings_file", "is not JSON"),
    ("[]", "bad_settings_file", "one JSON object"),
  ])
  func `a wrong file is told with its key`(text: String, code: String, words: String) async throws {
    let path = try SwellCommand.file("swell.json", text)
    let ended = try await SwellCommand.run(
      ["worker", "--config", path], ["DATABASE_URL": "host=/nonexistent"])
    #expect(ended.code == 64, "\(ended.output)")
    #expect(ended.output.contains("[\(code)]"), "\(ended.output)")
    #expect(ended.output.contains(words), "\(ended.output)")
  }

  @Test func `named connections come from flags, variables and the file`() async throws {
    let database = try await TestDatabase.make()
    let path = try SwellCommand.file(
      "swell.json", #"{"connection": ["filed=host=/nowhere", "both=host=/nowhere"]}"#)
    try await database.apply(
      """
      workflow: w
      defaults: {retry: none}
      nodes:
        a: {source: sql, with: {query: SELECT 1, connection: flagged, result: value}}
        b: {source: sql, with: {query: SELECT 2, connection: named, result: value}}
        c: {source: sql, with: {query: SELECT 3, connection: both, result: value}}
        d: {source: sql, optional: true, with: {query: SELECT 4, connection: filed, result: value}}
      """)
    let worker = try WorkerProcess(
      "swell",
      arguments: ["worker", "--config", path, "--connection", "flagged=\(database.url)"],
      environment: [
        "DATABASE_URL": database.url, "SWELL_CONNECTION_NAMED": database.url,
        "SWELL_CONNECTION_BOTH": database.url, "SWELL_SECRET_KEY": "abcdef",
      ])
    try await database.query("SELECT swell.enqueue('w', '{}')")
    #expect(
      try await database.eventually("SELECT state = 'succeeded' FROM swell.runs"),
      "\(worker.log)")
    #expect(
      try await database.scalar("SELECT error ->> 'code' FROM swell.run_nodes WHERE node_id = 'd'")
        == "connect_failed")
    #expect(!worker.log.contains("unknown_variable"), "\(worker.log)")
    await worker.destroy()
  }

  @Test(arguments: ["reports", "=host=x", "Reports=host=x", "a=postgres://u:hush@h/d?x=y"])
  func `a wrong connection is told without its password`(text: String) async throws {
    let ended = try await SwellCommand.run(
      ["worker", "--connection", text], ["DATABASE_URL": "host=/nonexistent"])
    #expect(ended.code == 64, "\(ended.output)")
    #expect(ended.output.contains("[bad_setting]"), "\(ended.output)")
    #expect(!ended.output.contains("hush"), "\(ended.output)")
  }

  @Test func `migrations are taken back only by who says so`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    let ended = try await SwellCommand.run(["migrate", "down", "--to", "0"], variables)
    #expect(ended.code == 64)
    #expect(ended.output.contains("--yes"), "\(ended.output)")
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "0")
    #expect(
      try await SwellCommand.run(["migrate", "down", "--to", "0", "--yes"], variables).code == 0)
    #expect(
      try await database.scalar("SELECT count(*) FROM pg_namespace WHERE nspname = 'swell'") == "0")
  }
}
