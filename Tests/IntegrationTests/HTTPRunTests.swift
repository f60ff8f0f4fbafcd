import Foundation
import Swell
import SwellTesting
import Testing

/// Runs with `http` nodes, by the `swell` command over a real server and a real database.
@Suite(.serialized) struct HTTPRunTests {
  /// A database, a server, and a worker that may ask it.
  private func stage(
    _ answer: WebServer.Answer = .init(), arguments: [String] = [],
    _ variables: [String: String] = ["SWELL_ALLOW_PRIVATE_HOSTS": "127.0.0.0/8,localhost"]
  ) async throws -> (Stage, WebServer, WorkerProcess) {
    let stage = try await Stage()
    let server = try await WebServer(answer)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker"] + arguments,
      environment: variables.merging(["DATABASE_URL": stage.database.url]) { own, _ in own })
    return (stage, server, worker)
  }

  @Test func `a run reads from one host and writes to it, and its key stays the same`()
    async throws
  {
    let secret = "s3cr3t-of-the-run"
    let (stage, server, worker) = try await stage(
      .init(body: #"{"id": 7, "items": [{"sku": "a", "price": 1.5}, {"sku": "b", "price": 2}]}"#),
      [
        "SWELL_ALLOW_PRIVATE_HOSTS": "all", "SWELL_SECRET_TOKEN": secret,
      ])
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        order:
          source: http
          with:
            url: http://127.0.0.1:\(server.port)/orders/${{ input.id }}
            query: {full: true}
            auth: {bearer: "${{ secrets.TOKEN }}"}
        total: {transform: cel, with: {value: "${{ nodes.order.items.map(i, i.price).sum() }}"}}
        ship:
          needs: total
          map: {over: "${{ nodes.order.items }}"}
          sink: http
          with:
            method: POST
            url: http://127.0.0.1:\(server.port)/items
            body: {item: "${{ item.sku }}", total: "${{ nodes.total }}"}
            result: response
      """)
    let run = try await stage.enqueue("w", 1, input: #"{"id": "7"}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded", "\(worker.log)")
    #expect(try await stage.node(run, "order", "output->>'id'") == "7")
    #expect(try await stage.node(run, "total", "output") == "3.5")
    #expect(
      try await stage.database.scalar(
        "SELECT output->0->>'status' FROM swell.run_nodes WHERE run_id = '\(run)' AND node_id = 'ship' AND item = 0"
      ) == "200")
    let read = try #require(server.seen.first)
    #expect(read.method == "GET")
    #expect(read.path == "/orders/7")
    #expect(read.headers["authorization"] == "Bearer \(secret)")
    let written = server.seen.dropFirst().sorted { $0.body < $1.body }
    #expect(
      written.map(\.body) == [#"{"item":"a","total":3.5}"#, #"{"item":"b","total":3.5}"#])
    #expect(
      written.map { $0.headers["idempotency-key"] }
        == ["\(run)/ship/1/0", "\(run)/ship/2/0"])
    let dump = try await stage.database.scalar(
      "SELECT string_agg(t::text, ' ') FROM swell.node AS t")
    #expect(dump?.contains(secret) == false)
    // Open connections hold no worker up.
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0, "\(worker.log)")
    #expect(!worker.log.contains(secret))
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a host that fails five times is left alone by everybody until it is tried`()
    async throws
  {
    let (stage, server, worker) = try await stage(.init(status: 503))
    let other = try await WebServer()
    for (name, port) in [("sick", server.port), ("well", other.port)] {
      try await stage.database.apply(
        """
        workflow: \(name)
        nodes:
          a:
            source: http
            with: {url: "http://${{ input.host }}:\(port)/"}
            retry: {strategy: none}
            whenOpen: fail
        """)
    }
    let circuit = "http:127.0.0.1:\(server.port)"
    let input = #"{"host": "127.0.0.1"}"#
    for _ in 0..<5 {
      let run = try await stage.enqueue("sick", 1, input: input)[0]
      #expect(try await stage.allEnded())
      #expect(try await stage.run(run, "error->>'code'") == "http_503")
    }
    #expect(
      try await stage.database.query("SELECT circuit, state FROM swell.circuits")
        == [[circuit, "open"]])
    let refused = try await stage.enqueue("sick", 1, input: input)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(refused, "error->>'kind'") == "circuitOpen")
    #expect(try await stage.run(refused, "error->>'message'")?.contains(circuit) == true)
    #expect(server.seen.count == 5)
    // Another port is another host.
    let fine = try await stage.enqueue("well", 1, input: input)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(fine, "state") == "succeeded")

    server.behave(.init())
    try await stage.database.query(
      "UPDATE swell.circuit SET open_until = swell.now() - interval '1 second'")
    let probe = try await stage.enqueue("sick", 1, input: input)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(probe, "state") == "succeeded")
    #expect(
      try await stage.database.eventually(
        "SELECT NOT EXISTS (SELECT FROM swell.circuits WHERE state <> 'closed')"))
    server.stop()
    other.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a node under no circuit is sent whatever happens to its host`() async throws {
    let (stage, server, worker) = try await stage(.init(status: 500))
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a:
          source: http
          with: {url: "http://127.0.0.1:\(server.port)/"}
          retry: {strategy: fixed, delay: 1ms, maxRetries: 7}
          circuit: none
      """)
    try await stage.enqueue("w")
    #expect(try await stage.allEnded())
    #expect(server.seen.count == 8)
    #expect(try await stage.database.scalar("SELECT count(*) FROM swell.circuits") == "0")
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a server that hangs costs an attempt its time, and a cancel is heard`()
    async throws
  {
    let (stage, server, worker) = try await stage(.init(delay: .seconds(600)))
    for (name, timeout) in [("hasty", "200ms"), ("patient", "10m")] {
      try await stage.database.apply(
        """
        workflow: \(name)
        nodes:
          a:
            source: http
            with: {url: "http://127.0.0.1:\(server.port)/"}
            timeout: \(timeout)
            retry: {strategy: none}
        """)
    }
    let hasty = try await stage.enqueue("hasty")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(hasty, "error->>'kind'") == "timeout")
    #expect(try await stage.run(hasty, "error->>'code'") == "attempt_timeout")
    let patient = try await stage.enqueue("patient")[0]
    let end = ContinuousClock.now + .seconds(20)
    while server.seen.count < 2, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    let start = ContinuousClock.now
    try await stage.database.query("SELECT swell.cancel('\(patient)')")
    #expect(try await stage.allEnded())
    #expect(ContinuousClock.now - start < .seconds(3))
    #expect(try await stage.run(patient, "state") == "cancelled")
    server.stop()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a worker asks no host of its own network unless it was told to`() async throws {
    let (stage, server, worker) = try await stage(.init(), [:])
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a:
          source: http
          with: {url: "http://${{ input.host }}:\(server.port)/"}
      """)
    for host in ["127.0.0.1", "localhost"] {
      let run = try await stage.enqueue("w", 1, input: #"{"host": "\#(host)"}"#)[0]
      #expect(try await stage.allEnded())
      #expect(try await stage.run(run, "error->>'code'") == "private_host")
      #expect(
        try await stage.run(run, "error->>'message'")?.contains("--allow-private-hosts \(host)")
          == true)
    }
    #expect(server.seen.isEmpty)
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    let told = try WorkerProcess(
      "swell",
      arguments: [
        "worker", "--allow-private-hosts", "10.0.0.0/8", "--allow-private-hosts", "localhost",
      ], environment: ["DATABASE_URL": stage.database.url])
    let run = try await stage.enqueue("w", 1, input: #"{"host": "localhost"}"#)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded", "\(told.log)")
    server.stop()
    #expect(try await stage.end([worker, told]) == [])
  }

  @Test(
    arguments: [
      (["--allow-private-hosts", "http://a/"], [:], "--allow-private-hosts"),
      ([], ["SWELL_ALLOW_PRIVATE_HOSTS": "localhost, 10.0.0.0/99"], "SWELL_ALLOW_PRIVATE_HOSTS"),
    ] as [([String], [String: String], String)])
  func `a list of hosts that means nothing is refused`(
    arguments: [String], variables: [String: String], source: String
  ) async throws {
    let ended = try await SwellCommand.run(
      ["worker"] + arguments,
      variables.merging(["DATABASE_URL": "host=/nonexistent"]) { own, _ in own })
    #expect(ended.code == 64)
    #expect(ended.output.contains("[bad_setting]"), "\(ended.output)")
    #expect(ended.output.contains(source), "\(ended.output)")
    #expect(ended.output.contains("is no host"), "\(ended.output)")
  }
}
