import Foundation
import Swell
import SwellLocal
import SwellTesting
import Testing

/// Databases that a worker cannot work with: each is told at once, with a code and a remedy.
@Suite(.serialized) struct DatabaseTroubleTests {
  @Test func `a wrong password is told at once and never shown`() async throws {
    let server = try await PrivateServer.temporary()
    let database = try await TestDatabase.make(on: server)
    try await database.query("CREATE ROLE alice LOGIN PASSWORD 'the right one'")
    let rules = server.dataDirectory + "/pg_hba.conf"
    let old = try String(contentsOfFile: rules, encoding: .utf8)
    // Not atomically: the file keeps its owner.
    try ("local all alice scram-sha-256\n" + old)
      .write(toFile: rules, atomically: false, encoding: .utf8)
    try await database.query("SELECT pg_reload_conf()")
    let url =
      "host=\(server.socketDirectory) port=\(server.port) dbname=swell user=alice password=mistaken"
    #expect(
      try await database.eventually(
        "SELECT count(*) > 0 FROM pg_hba_file_rules WHERE user_name = '{alice}'"))
    for command in [["worker"], ["runs"], ["migrate", "up"]] {
      let ended = try await SwellCommand.run(command, ["DATABASE_URL": url])
      #expect(ended.code == 77, "\(command): \(ended.output)")
      #expect(ended.output.contains("28P01"), "\(ended.output)")
      #expect(ended.output.contains("password"), "\(ended.output)")
      #expect(!ended.output.contains("mistaken"), "\(ended.output)")
    }
    await database.connection.close()
    await server.stop()
  }

  @Test func `a read-only standby is refused by who writes, and read by who reads`() async throws {
    let server = try await PrivateServer.temporary()
    var database = try await TestDatabase.make(on: server)
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    // As a worker's session on the primary, whose lock nobody sees here; and it claims the run.
    try await database.query(
      """
      INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, queues, locked, lock_key, epochs, state, started_at, heartbeat_at)
      VALUES ('0190c0de-0000-7000-8000-0000000000e1', 'w1', 'h', 1, '1', '{}', '{}', true, 1, '{1}', 'running', swell.now(),
        swell.now() + interval '8 seconds');
      SELECT swell.enqueue('w');
      UPDATE swell.ready SET claimed_by = '0190c0de-0000-7000-8000-0000000000e1', recorder = 0, claimed_at = swell.now(), claim_token = 1;
      """)
    await database.connection.close()
    try await server.halt(mode: .fast)
    let signal = server.dataDirectory + "/standby.signal"
    #expect(
      FileManager.default.createFile(
        atPath: signal, contents: nil, attributes: [.posixPermissions: 0o666]))
    try await server.startAgain()
    let variables = ["DATABASE_URL": server.url]
    for command in [["worker"], ["migrate", "up"]] {
      let ended = try await SwellCommand.run(command, variables)
      #expect(ended.code == 69, "\(command): \(ended.output)")
      #expect(ended.output.contains("standby"), "\(ended.output)")
      #expect(ended.output.contains("target_session_attrs=read-write"), "\(ended.output)")
    }
    let enqueued = try await SwellCommand.run(["enqueue", "w"], variables)
    #expect(enqueued.code == 69, "\(enqueued.output)")
    #expect(enqueued.output.contains("target_session_attrs=read-write"), "\(enqueued.output)")
    let listed = try await SwellCommand.run(["runs"], variables)
    #expect(listed.code == 0, "\(listed.output)")
    #expect(listed.output.contains("running"))
    database = try await TestDatabase.open(server.url)
    #expect(
      try await database.eventually(
        "SELECT heartbeat_at < swell.now() + interval '1 second' FROM swell.worker"))
    #expect(try await database.scalar("SELECT state FROM swell.workers") == "running")
    let words = try await database.scalar("SELECT swell.explain(run_id) FROM swell.runs") ?? ""
    #expect(words.contains("and is executing it"), "\(words)")
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "1")
    await database.connection.close()
    await server.stop()
  }

  @Test func `an older schema is refused, a newer one is worked with`() async throws {
    let older = try await TestDatabase.make(migrated: false)
    #expect(try await SwellCommand.run(["migrate", "up"], ["DATABASE_URL": older.url]).code == 0)
    let down = try await SwellCommand.run(
      ["migrate", "down", "--to", "2", "--yes"], ["DATABASE_URL": older.url])
    #expect(down.code == 0, "\(down.output)")
    for command in [["worker"], ["runs"], ["enqueue", "w"]] {
      let ended = try await SwellCommand.run(command, ["DATABASE_URL": older.url])
      #expect(ended.code == 69, "\(command): \(ended.output)")
      #expect(ended.output.contains("swell migrate up"), "\(ended.output)")
    }

    let newer = try await Stage()
    try await newer.database.query(
      "INSERT INTO swell.migration (number, name, sha256, up, applied_at) VALUES (9999, 'future', '', '', now())"
    )
    let ended = try await SwellCommand.run(
      ["migrate", "up"], ["DATABASE_URL": newer.database.url])
    #expect(ended.code == 69, "\(ended.output)")
    #expect(ended.output.contains("9999_future"), "\(ended.output)")
    try await newer.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let worker = try newer.worker()
    try await newer.enqueue("w", 3)
    #expect(try await newer.allEnded())
    #expect(try await newer.states() == ["succeeded": 3])
    #expect(try await newer.end([worker]).isEmpty)
  }

  @Test func `a worker that starts before its database waits for it`() async throws {
    let server = try await PrivateServer.temporary()
    var database = try await TestDatabase.make(on: server)
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await database.query("SELECT swell.enqueue('w')")
    await database.connection.close()
    try await server.halt(mode: .fast)
    let worker = try WorkerProcess(environment: ["DATABASE_URL": server.url])
    #expect(await worker.says("the database is away"))
    try await server.startAgain()
    database = try await TestDatabase.open(server.url)
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM swell.runs WHERE state = 'succeeded'"))
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    await worker.destroy()
    await database.connection.close()
    await server.stop()
  }

  @Test(arguments: ["57014", "53300", "40001", "XX000"])
  func `trouble that passes keeps no worker from its start`(sqlState: String) async throws {
    for call in ["settings", "select"] {
      let database = try await TestDatabase.make()
      try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
      try await database.query("SELECT swell.enqueue('w')")
      let proxy = try FaultProxy(to: database.url)
      proxy.breakCall(call, count: 1, with: .error(sqlState))
      let worker = try WorkerProcess(environment: ["DATABASE_URL": proxy.url])
      #expect(
        try await database.eventually(
          "SELECT count(*) = 1 FROM swell.runs WHERE state = 'succeeded'"),
        "\(call): \(worker.log)")
      await worker.destroy()
      proxy.stop()
      await database.connection.close()
    }
  }
}
