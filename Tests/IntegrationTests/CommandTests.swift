import Foundation
import Swell
import SwellLocal
import SwellTesting
import Testing

/// The `swell` command as its user meets it: what it prints, and with which code it ends.
@Suite(.serialized) struct CommandTests {
  @Test func `the schema of definitions is printed, for editors`() async throws {
    let ending = try await SwellCommand.run(["schema"])
    #expect(ending.code == 0)
    let schema = try JSONSchema(JSONValue.parse(Array(ending.output.utf8)))
    let good = try WorkflowDefinition.parse("workflow: w\nnodes: {a: {handler: h}}")
    #expect(try schema.problem(in: good.json) == nil)
    #expect(
      try schema.problem(in: Payload(json: #"{"workflow": "w"}"#))
        == "at the top: 'nodes' is missing")
  }

  @Test func `apply, enqueue, work, wait and show`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let variables = ["DATABASE_URL": database.url]
    #expect(try await SwellCommand.run(["migrate", "up"], variables).code == 0)
    let path = try SwellCommand.file(
      "w.yaml",
      """
      workflow: listing
      nodes:
        list: {source: exec, with: {command: [echo, '{"files": 3}']}}
        say: {sink: log, needs: list}
      """)
    let applied = try await SwellCommand.run(["apply", path], variables)
    #expect(applied.code == 0)
    #expect(applied.output.contains("exec"), "warns of kinds that no worker has")
    let enqueued = try await SwellCommand.run(
      ["enqueue", "listing", "--input", #"{"a": 1}"#], variables)
    #expect(enqueued.code == 0)
    let run = enqueued.output.trimmingCharacters(in: .whitespacesAndNewlines)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--allow-exec", "echo", "--log-format", "json"],
      environment: variables)
    #expect(try await SwellCommand.run(["wait", run, "--timeout", "30s"], variables).code == 0)
    let shown = try await SwellCommand.run(["show", run], variables)
    #expect(shown.code == 0)
    #expect(shown.output.contains("succeeded"))
    #expect(shown.output.contains("list"))
    let listed = try await SwellCommand.run(["runs", "--json"], variables)
    #expect(listed.output.contains(run))
    #expect(try await SwellCommand.run(["workers"], variables).code == 0)
    #expect(try await SwellCommand.run(["cancel", run], variables).code == 65)
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(worker.log.split(separator: "\n").allSatisfy { $0.hasPrefix("{") })
    await worker.destroy()
  }

  @Test func `a run that fails makes wait say no`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    for (name, command) in [
      ("missing", "[no_such_program]"), ("not_json", "[echo, oops]"),
      ("killed", "[sh, -c, 'kill -9 $$']"), ("forbidden", "[cat]"),
      ("forever", "[yes]"),
    ] {
      try await database.apply(
        "workflow: \(name)\nnodes: {a: {source: exec, with: {command: \(command)}, retry: {strategy: none}}}"
      )
    }
    let worker = try WorkerProcess(
      "swell",
      arguments: [
        "worker", "--allow-exec", "no_such_program", "--allow-exec", "echo", "--allow-exec", "sh",
        "--allow-exec", "yes",
      ], environment: variables)
    for (name, code) in [
      ("missing", "program_not_found"), ("not_json", "output_not_json"), ("killed", "signal_9"),
      ("forbidden", "program_not_allowed"), ("forever", "output_too_large"),
    ] {
      let run = try await database.scalar("SELECT swell.enqueue('\(name)')") ?? ""
      #expect(
        try await SwellCommand.run(["wait", run, "--timeout", "30s"], variables).code == 1,
        "\(name)")
      #expect(
        try await database.scalar("SELECT error->>'code' FROM swell.runs WHERE run_id = '\(run)'")
          == code)
    }
    await worker.destroy()
  }

  @Test func `waiting for a program's turn is not part of its timeout`() async throws {
    let database = try await TestDatabase.make()
    try await database.apply(
      """
      workflow: w
      nodes:
        a: {source: exec, timeout: 3s, retry: {strategy: none}, with: {command: [sh, -c, 'sleep 0.3; echo 1']}}
      """)
    try await database.query("SELECT swell.enqueue_many('w', array_fill('1'::jsonb, ARRAY[60]))")
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--allow-exec", "sh"],
      environment: ["DATABASE_URL": database.url])
    #expect(
      try await database.eventually("SELECT NOT EXISTS (SELECT FROM swell.ready)"))
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.runs WHERE state = 'succeeded'")
        == "60")
    await worker.destroy()
  }

  /// It is so a moment after the database says that the worker runs.
  private func isReady(_ port: UInt16) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < limit {
      if try await WebRequest.get(port: port, path: "/readyz").contains(" 200 ") { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  @Test func `the health port tells whether the worker lives, is ready, and what it did`()
    async throws
  {
    let database = try await TestDatabase.make()
    let port = UInt16.random(in: 20_000..<32_000)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--health-port", "\(port)"],
      environment: ["DATABASE_URL": database.url])
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM swell.workers WHERE state = 'running'"))
    let live = try await WebRequest.get(port: port, path: "/livez")
    #expect(live.contains(" 200 "))
    #expect(try await isReady(port))
    #expect(
      try await WebRequest.get(port: port, path: "/metrics").contains("swell_claimed_total 0"))
    let second = try await SwellCommand.run(
      ["worker", "--health-port", "\(port)"], ["DATABASE_URL": database.url])
    #expect(second.code == 69)
    #expect(second.output.contains("health port \(port)"), "\(second.output)")
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    await worker.destroy()
  }

  @Test func `what is wrong is said, with a code of its own`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let good = ["DATABASE_URL": database.url]
    let away = ["DATABASE_URL": "host=/nonexistent dbname=x password=topsecret"]
    let bad = try SwellCommand.file("bad.yaml", "workflow: w\nnodes:\n  a: {handlr: x}\n")
    let broken = try SwellCommand.file("broken.yaml", "workflow: [w\n")
    let cases: [(arguments: [String], variables: [String: String], code: Int32, words: String)] = [
      (["runs", "--nonsense"], good, 64, "nonsense"),
      (["worker"], good.merging(["SWELL_CONCURRENCY": "many"]) { $1 }, 64, "SWELL_CONCURRENCY"),
      (["runs"], away, 69, "database"),
      (["worker"], good, 69, "swell migrate up"),
      (["validate", bad], [:], 65, "handler"),
      (["validate", broken], [:], 65, "broken.yaml:"),
      (["validate", "/nonexistent.yaml"], [:], 65, "nonexistent"),
      (["enqueue", "w"], good, 69, "migrate"),
    ]
    for each in cases {
      let ended = try await SwellCommand.run(each.arguments, each.variables)
      #expect(ended.code == each.code, "\(each.arguments): \(ended.output)")
      #expect(ended.output.contains(each.words), "\(each.arguments): \(ended.output)")
      #expect(!ended.output.contains("topsecret"))
    }
  }

  @Test func `who waits may be interrupted, and the run goes on`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    try await database.apply("workflow: w\nnodes: {a: {handler: nobody_has_it}}")
    let run = try await database.scalar("SELECT swell.enqueue('w')") ?? ""
    let looking = """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND query ~ 'FROM swell.runs' AND pid <> pg_backend_pid()
      """
    for arguments in [["wait", run], ["show", run, "--watch"]] {
      // The one before may not have left yet.
      #expect(try await database.eventually("(\(looking)) = 0"))
      let waiting = try WorkerProcess("swell", arguments: arguments, environment: variables)
      #expect(try await database.eventually("(\(looking)) = 1"))
      waiting.signal(SIGINT)
      #expect(await waiting.ended() == 75, "\(arguments): \(waiting.log)")
      #expect(waiting.log.contains("goes on") || waiting.log.contains("go on"))
      await waiting.destroy()
    }
    let shown = try await SwellCommand.run(["show", run], variables)
    #expect(
      shown.output.contains("waits: no live worker of queue default has handler:nobody_has_it"))
    #expect(
      try await database.scalar("SELECT waits_for FROM swell.runs") == "{handler:nobody_has_it}")
  }

  @Test func `every problem of every file is told, and nothing is stored`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    let bad = try SwellCommand.file("bad.yaml", "workflow: w\nnodes:\n  a: {handlr: x}\n")
    let good = try SwellCommand.file("good.yaml", "workflow: good\nnodes: {a: {sink: log}}\n")
    for command in ["apply", "validate"] {
      let told = try await SwellCommand.run([command, bad, "/nonexistent.yaml", good], variables)
      #expect(told.code == 65)
      let lines = told.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("\(bad):3:") }, "\(told.output)")
      #expect(lines.contains { $0.hasPrefix("/nonexistent.yaml: ") }, "\(told.output)")
      let json = try await SwellCommand.run(
        [command, "--json", bad, "/nonexistent.yaml"], variables)
      #expect(json.code == 65)
      #expect(json.output.split(separator: "\n").count == 2, "\(json.output)")
      for line in json.output.split(separator: "\n") {
        #expect(try JSONValue.parse(Array(line.utf8))["problems"] != nil)
      }
    }
    #expect(try await database.scalar("SELECT count(*) FROM swell.workflow") == "0")
  }

  @Test func `a role without the right to work is told which one it lacks`() async throws {
    let database = try await TestDatabase.make()
    try await database.query(
      """
      DO $$ BEGIN CREATE ROLE only_enqueues LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      GRANT swell_enqueuer TO only_enqueues
      """)
    let url = database.url.replacing("user=swell", with: "user=only_enqueues")
    let variables = ["DATABASE_URL": url]
    for (arguments, role) in [
      (["worker"], "swell_worker"),
      (["cancel", "0190c0de-0000-7000-8000-000000000001"], "swell_operator"),
      (["runs"], "swell_reader"),
    ] {
      let ended = try await SwellCommand.run(arguments, variables)
      #expect(ended.code == 77, "\(arguments): \(ended.output)")
      #expect(ended.output.contains("GRANT \(role) TO"), "\(arguments): \(ended.output)")
    }
  }

  @Test func `what a person wrote does nothing to the terminal of another`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    try await database.apply("workflow: w\nnodes: {a: {sink: log}}")
    let run = try await database.scalar("SELECT swell.enqueue('w')") ?? ""
    #expect(
      try await SwellCommand.run(["cancel", run, "--reason", "evil\u{1B}[2J"], variables).code == 0)
    let worker = try WorkerProcess("swell", arguments: ["worker"], environment: variables)
    #expect(try await SwellCommand.run(["wait", run], variables).code == 1)
    let listed = try await SwellCommand.run(["runs"], variables)
    #expect(listed.output.contains("evil"))
    #expect(!listed.output.contains("\u{1B}"))
    await worker.destroy()
  }
  @Test func `the demo does not read what is hidden or fetched`() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/swell-demo-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in [
      "report/a.txt", "report/sub/b.txt", "report/.build-asan/c.o", "report/sub/.cache/d",
      "report/node_modules/e.js", "report/.hidden",
    ] {
      let file = URL(fileURLWithPath: "\(folder)/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: file)
    }
    let input = try SwellCommand.file(
      "input.json", #"{"folder": "\#(folder)/report", "ledger": "\#(folder)/ledger"}"#)
    let process = try WorkerProcess(
      "swell", arguments: ["demo-step", "list"],
      through: ["sh", "-c", #"exec "$@" < '\#(input)'"#, "sh"])
    #expect(await process.ended() == 0, "\(process.log)")
    struct Listing: Decodable {
      struct File: Decodable { var path: String }
      var files: [File]
    }
    let listing = try JSONDecoder().decode(Listing.self, from: Data(process.log.utf8))
    #expect(listing.files.map(\.path).sorted() == ["a.txt", "sub/b.txt"])
  }

  @Test func `a private database of another version is said to be this folder's own`() async throws
  {
    let folder = FileManager.default.temporaryDirectory.path + "/swell-dev-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/.swell", withIntermediateDirectories: true)
    let server = try await PrivateServer.start(
      PrivateServer.Options(directory: folder + "/.swell/postgres", settings: ["fsync": "off"]))
    #expect(
      try await SwellCommand.run(["migrate", "up"], ["DATABASE_URL": server.url]).code == 0)
    let database = try await TestDatabase.open(server.url)
    try await database.query("UPDATE swell.migration SET up = up || ' ' WHERE number = 2")
    await database.connection.close()
    for command in ["demo", "dev"] {
      let process = try WorkerProcess(
        "swell", arguments: [command], through: ["env", "-C", folder])
      #expect(await process.ended() == 69, "\(process.log)")
      #expect(process.log.contains("changed_migration"), "\(process.log)")
      #expect(process.log.contains("Move .swell/postgres away"), "\(process.log)")
    }
    await server.stop()
  }
}
