import Foundation
import Logging
import Swell
import SwellNodes
import SwellTesting
import Testing

/// The examples that run programs and handlers, against real servers: the order in an application's own worker,
/// the backup with the dump of a real database, restored.
@Suite(.serialized) final class ExampleProgramTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "swell-example-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  private func program(_ name: String, _ text: String) throws {
    let file = folder.appendingPathComponent(name)
    try "#!/bin/sh\n\(text)\n".write(to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  private struct Charge: Codable { var order: Int, amount: Double }
  private struct Order: Codable { var order: Int }
  private struct Item: Codable { var sku: String, quantity: Int, key: String }

  /// An application: the worker of the README, with what this workflow calls.
  private func application(_ stage: Stage) throws -> Worker {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var worker = SwellWorker(
      database: PostgresConfiguration(stage.database.url), logger: logger)
    worker.configuration.queues = ["orders"]
    worker.configuration.secrets = SecretStore(
      environment: ["SWELL_SECRET_CARRIER_KEY": "carrier-key-of-this-test"])
    let programs = ["fetch-order", "cached-order"].map { folder.appendingPathComponent($0).path }
    worker.add(ExecNode(allowed: .programs(programs)))
    worker.handle("charge_card") { (charge: Charge, context) in
      ["charged": "\(charge.amount)", "key": context.idempotencyKey]
    }
    worker.handle("send_reminder") { (order: Order, _) in ["reminded": order.order] }
    worker.handle("ship_item") { (item: Item, _) in
      guard item.key == "carrier-key-of-this-test" else { throw NodeError(.validation, "no key") }
      return ["parcel": "\(item.quantity) \(item.sku)", "label": item.key]
    }
    worker.handle("track_parcel") { (_: [[String: String]], context) in
      ["state": context.iteration < 3 ? "on its way" : "delivered"]
    }
    return worker.service()
  }

  private func text() throws -> String {
    try Example.text(
      "Orders/order_fulfilment.yaml",
      with: [
        "[fetch-order,": "[\(folder.path)/fetch-order,",
        "[cached-order,": "[\(folder.path)/cached-order,",
      ])
  }

  private func waits(_ stage: Stage, for node: String) async throws -> Bool {
    try await stage.database.eventually(
      "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = '\(node)' AND state = 'waiting'")
  }

  @Test func `a large order is looked at, charged, paid, shipped and tracked`() async throws {
    let stage = try await Stage()
    try await stage.database.freezeTime()
    try program(
      "fetch-order",
      #"echo "{\"id\": $1, \"items\": [{\"sku\": \"boat\", \"price\": 1200.5, \"quantity\": 2}]}""#)
    try program("cached-order", "exit 1")
    try await stage.database.apply(try text())
    let worker = try application(stage)
    let work = Task { try await worker.run() }
    let run = try await stage.enqueue("order_fulfilment", input: #"{"orderId": 4711}"#)[0]
    #expect(try await waits(stage, for: "review"))
    #expect(try await stage.node(run, "review", "input ->> 'title'") == "Ship 2401?")
    try await stage.database.query("SELECT swell.approve('\(run)', 'review', 'fine')")
    #expect(try await waits(stage, for: "paid"))
    try await stage.database.query("SELECT swell.signal('\(run)', 'payment_settled')")
    for iteration in 1...2 {
      #expect(
        try await stage.database.eventually(
          "SELECT count(*) = 1 FROM swell.node WHERE node_id = 'track' AND iteration = \(iteration + 1) AND state = 'waiting'"
        ))
      try await stage.database.advanceTime("6 hours")
    }
    #expect(try await stage.allEnded())
    #expect(
      try await stage.run(run, "COALESCE(error, output)") == #"{"track": {"state": "delivered"}}"#)
    #expect(
      try await stage.node(run, "charge", "output ->> 'key'") == "\(run)/charge/0/0")
    // The carrier's key went to the carrier, and is nowhere.
    #expect(
      try await stage.database.scalar(
        "SELECT output ->> 'label' FROM swell.node WHERE run_id = '\(run)' AND node_id = 'ship' AND item = 1"
      ) == "***")
    #expect(
      try await stage.database.query(
        "SELECT node_id FROM swell.run_nodes WHERE run_id = '\(run)' AND state = 'skipped' ORDER BY 1"
      )
        == [["decline"], ["remind"]])
    worker.stopNow()
    try await work.value
    #expect(try await stage.end([]) == [])
  }

  @Test func `orders that cannot be had come from the cache, and who does not pay gets a reminder`()
    async throws
  {
    let stage = try await Stage()
    try program("fetch-order", "echo no route >&2; exit 7")
    try program(
      "cached-order",
      #"echo "{\"id\": $1, \"items\": [{\"sku\": \"cup\", \"price\": 4.5, \"quantity\": 2}]}""#)
    try await stage.database.apply(try text())
    let worker = try application(stage)
    let work = Task { try await worker.run() }
    let run = try await stage.enqueue("order_fulfilment", input: #"{"orderId": 7}"#)[0]
    #expect(try await waits(stage, for: "paid"))
    #expect(
      try await stage.node(run, "order", "concat(state, ' ', attempt, ' ', error ->> 'code')")
        == "failed 4 exit_7")
    #expect(try await stage.node(run, "total", "output") == "9.0")
    // The days pass, and this worker holds nothing meanwhile.
    #expect(
      try await stage.database.eventually(
        "SELECT claimed_by IS NULL FROM swell.ready WHERE run_id = '\(run)'"))
    try await stage.database.freezeTime()
    try await stage.database.advanceTime("73 hours")
    #expect(try await stage.allEnded())
    #expect(
      try await stage.run(run, "COALESCE(error, output)") == #"{"remind": {"reminded": 7}}"#)
    worker.stopNow()
    try await work.value
    #expect(try await stage.end([]) == [])
  }

  @Test func `a database is dumped, the dump is read, and old ones go`() async throws {
    let stage = try await Stage()
    let shop = try await TestDatabase.make(migrated: false)
    try await shop.query(
      """
      CREATE TABLE orders (id int PRIMARY KEY, body text);
      INSERT INTO orders SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 2000) AS n;
      CREATE TABLE customers (id int);
      """)
    // A dump is taken with the programs of the server.
    let programs = try #require(
      try await shop.scalar("SELECT setting FROM pg_config() WHERE name = 'BINDIR'"))
    try #require(FileManager.default.isExecutableFile(atPath: programs + "/pg_dump"))
    try await stage.database.apply(try Example.text("NightlyBackup/nightly_backup.yaml"))
    let backups = folder.appendingPathComponent("backups").path
    try FileManager.default.createDirectory(atPath: backups, withIntermediateDirectories: true)
    for day in 10..<26 {
      _ = FileManager.default.createFile(atPath: "\(backups)/2027-01-\(day).dump", contents: nil)
    }
    let worker = try WorkerProcess(
      "swell",
      arguments: [
        "worker", "--allow-exec", "pg_dump", "--allow-exec", "pg_restore", "--allow-exec",
        "prune-backups", "--root", folder.path,
      ],
      environment: [
        "DATABASE_URL": stage.database.url,
        "PATH": "\(programs):\(Example.path("NightlyBackup")):/usr/bin:/bin",
      ])
    func backup(_ day: String, _ tables: String) async throws -> String {
      try await stage.enqueue(
        "nightly_backup",
        input:
          #"{"folder": "\#(backups)", "day": "\#(day)", "database": "\#(shop.url)", "tables": \#(tables)}"#
      )[0]
    }
    let good = try await backup("2027-01-31", #"["orders", "customers"]"#)
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.node(good, "prune", "output #>> '{}'") == "kept 14, removed 3\n",
      "\(worker.log)")
    // The dump is what it says: restored, it holds what was there.
    let copy = try await TestDatabase.make(migrated: false)
    let restore = Process()
    restore.executableURL = URL(fileURLWithPath: programs + "/pg_restore")
    restore.arguments = ["--dbname=\(copy.url)", "\(backups)/2027-01-31.dump"]
    try restore.run()
    restore.waitUntilExit()
    #expect(restore.terminationStatus == 0)
    let content = "SELECT count(*), md5(string_agg(body, '' ORDER BY id)) FROM orders"
    #expect(try await copy.query(content) == (try await shop.query(content)))
    // One that lacks a table lets nothing go, and waits for somebody.
    let poor = try await backup("2027-02-01", #"["orders", "order"]"#)
    #expect(try await waits(stage, for: "alarm"), "\(worker.log)")
    try await stage.database.query("SELECT swell.approve('\(poor)', 'alarm', 'seen')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    let files = try FileManager.default.contentsOfDirectory(atPath: backups)
    #expect(files.count == 15 && files.contains("2027-02-01.dump"))
    let lines = try String(
      contentsOfFile: folder.appendingPathComponent("backups.ndjson").path, encoding: .utf8)
    #expect(lines.contains(#""whole":true"#) && lines.contains(#""whole":false"#), "\(lines)")
    await shop.connection.close()
    await copy.connection.close()
    #expect(try await stage.end([worker]) == [])
  }
}
