import Foundation
import Swell
import SwellTesting
import Testing

/// The workflows of `Examples` against real servers: a database, workers of the `swell` command, and an
/// HTTP server in the place of the hosts that they name.
@Suite(.serialized) struct ExampleRunTests {
  /// The text of an example, with the test's server for the host that it asks.
  private static func example(_ path: String, host: String = "", port: UInt16 = 0) throws -> String
  {
    try Example.text(
      path, with: host.isEmpty ? [:] : ["https://\(host)": "http://127.0.0.1:\(port)"])
  }

  private func worker(_ stage: Stage, _ secrets: [String: String] = [:]) throws -> WorkerProcess {
    var variables = ["DATABASE_URL": stage.database.url, "SWELL_ALLOW_PRIVATE_HOSTS": "127.0.0.1"]
    for (name, value) in secrets { variables["SWELL_SECRET_\(name)"] = value }
    return try WorkerProcess("swell", arguments: ["worker"], environment: variables)
  }

  @Test func `prices go from a server to a table`() async throws {
    let stage = try await Stage()
    let server = try await WebServer(
      .init(
        body:
          #"{"prices": [{"sku": "cup", "amount": 4.5}, {"sku": "pot", "amount": 31}, {"sku": "odd", "amount": -1}]}"#
      ))
    try await stage.database.query(
      "CREATE TABLE price (sku text PRIMARY KEY, amount numeric NOT NULL, fetched_at timestamptz NOT NULL)"
    )
    try await stage.database.apply(
      try Self.example("HttpToTable/import_prices.yaml", host: "prices.internal", port: server.port)
    )
    let worker = try worker(stage, ["PRICES_TOKEN": "token-of-this-test"])
    // Twice: the second one overwrites.
    for _ in 0..<2 {
      let run = try await stage.enqueue("import_prices", input: #"{"day": "2027-01-31"}"#)[0]
      #expect(try await stage.allEnded(), "\(worker.log)")
      #expect(try await stage.run(run, "output ->> 'store'") == "2", "\(worker.log)")
    }
    #expect(
      try await stage.database.query("SELECT sku, amount FROM price ORDER BY sku")
        == [["cup", "4.5"], ["pot", "31"]])
    #expect(server.seen.map { $0.headers["authorization"] }.first == "Bearer token-of-this-test")
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `ten thousand items are ten thousand runs of all workers`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(try Self.example("FanOut/resize_all.yaml"))
    let workers = [try worker(stage), try worker(stage)]
    let run = try await stage.enqueue("resize_all", input: #"{"count": 10000, "limit": 500}"#)[0]
    #expect(try await stage.allEnded(within: .seconds(90)), "\(workers[0].log)")
    #expect(
      try await stage.run(run, "output - 'pixels'") == #"{"failed": 0, "resized": 10000}"#)
    #expect(
      try await stage.database.query(
        "SELECT state, count(*) FROM swell.runs WHERE parent = '\(run)' GROUP BY 1")
        == [["succeeded", "10000"]])
    #expect(try await stage.end(workers) == [])
  }

  @Test func `a job elsewhere is asked for until it is done`() async throws {
    let stage = try await Stage()
    try await stage.database.freezeTime()
    let server = try await WebServer(.init(body: #"{"id": 17, "state": "queued"}"#))
    try await stage.database.apply(
      try Self.example("ExternalJob/render_video.yaml", host: "render.internal", port: server.port))
    let worker = try worker(stage)
    let run = try await stage.enqueue("render_video", input: #"{"video": "holidays"}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE node_id = 'poll' AND iteration = 2 AND state = 'waiting'"
      ), "\(worker.log)")
    server.behave(.init(body: #"{"id": 17, "state": "done", "url": "https://cdn.example.com/17"}"#))
    try await stage.database.advanceTime("31 seconds")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output #>> '{fetch,url}'") == "https://cdn.example.com/17")
    #expect(
      server.seen.map { "\($0.method) \($0.path)" }
        == ["POST /jobs", "GET /jobs/17", "GET /jobs/17", "GET /jobs/17/result"])
    #expect(server.seen[0].headers["idempotency-key"] == "\(run)/start/0/0")
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a webhook is delivered once its receiver is back, and that is written down once`()
    async throws
  {
    let stage = try await Stage()
    let server = try await WebServer(.init(status: 503))
    try await stage.database.query(
      "CREATE TABLE webhook_delivery (run uuid NOT NULL, status int NOT NULL)")
    try await stage.database.query(
      "CREATE TABLE webhook_failure (run uuid NOT NULL, error jsonb NOT NULL)")
    try await stage.database.apply(try Self.example("WebhookDelivery/deliver_webhook.yaml"))
    try await stage.database.freezeTime()
    let worker = try worker(stage, ["WEBHOOK_KEY": "key-of-this-test"])
    let run = try await stage.enqueue(
      "deliver_webhook",
      input:
        #"{"url": "http://127.0.0.1:\#(server.port)/hook", "event": "paid", "payload": {"order": 7}}"#
    )[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE state = 'retrying'"),
      "\(worker.log)")
    server.behave(.init(status: 204))
    try await stage.database.advanceTime("11 seconds")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.database.query("SELECT run, status FROM webhook_delivery") == [[run, "204"]])
    #expect(try await stage.database.scalar("SELECT count(*) FROM webhook_failure") == "0")
    #expect(server.seen.count == 2)
    #expect(Set(server.seen.map { $0.headers["idempotency-key"] }) == ["\(run)/deliver/0/0"])
    #expect(server.seen.allSatisfy { $0.body.replacing(" ", with: "") == #"{"order":7}"# })
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }
}
