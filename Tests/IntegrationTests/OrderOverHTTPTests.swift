import Logging
import Swell
import SwellHTTP
import SwellTesting
import Testing

/// The workflow that the language was designed by, word for word but for the hosts: branch, approval, map, fallback,
/// and what runs after a failure, over real servers.
@Suite(.serialized) struct OrderOverHTTPTests {
  private static let text = """
    workflow: order_fulfilment
    queue: orders
    deadline: 1h
    concurrency: 10                 # nodes of one run at a time
    defaults: {timeout: 10s, retry: {strategy: exponential, maxRetries: 3, baseDelay: 100ms}}
    nodes:
      order:
        source: http
        with:
          url: https://orders.internal/${{ input.orderId }}
        circuit: orders_api
        fallback: cached_order
      cached_order:
        source: sql
        with:
          query: SELECT body FROM order_cache WHERE id = $1
          parameters: ["${{ $primaryInput.orderId }}"]
          result: value
      total:
        transform: cel
        with:
          value: ${{ nodes.order.items.map(i, i.price * i.quantity).sum() }}
      size:
        branch:
          - when: ${{ nodes.total > 1000 }}
            then: [review]
          - otherwise: [charge]
      review:
        approval: {title: "Ship ${{ nodes.total }}?", timeout: 2d}
        then: [charge]
      charge:
        handler: charge_card
        input: {order: "${{ nodes.order }}", amount: "${{ nodes.total }}"}
      ship:
        needs: [charge]
        map: {over: "${{ nodes.order.items }}", concurrency: 5}
        sink: http
        with:
          method: POST
          url: https://ship.internal/items
          body: ${{ item }}
    onError:
      sink: http
      with:
        url: https://ops.internal/alerts
        body: ${{ $error }}
    """
  private static let order = """
    {"id": 8, "items": [{"sku": "boat", "price": 1200.5, "quantity": 1}, {"sku": "oar", "price": 20, "quantity": 2}]}
    """

  private struct Charge: Codable { var amount: Double }

  /// What each host was asked, and the run's row.
  private struct Scene {
    let stage: Stage
    let orders: WebServer
    let shipping: WebServer
    let alerts: WebServer
    let worker: Worker
    let work: Task<Void, any Error>

    init(_ answer: WebServer.Answer, charges: Bool = true) async throws {
      stage = try await Stage()
      orders = try await WebServer(answer)
      shipping = try await WebServer()
      alerts = try await WebServer()
      var text = OrderOverHTTPTests.text
      for (host, server) in [("orders", orders), ("ship", shipping), ("ops", alerts)] {
        text = text.replacing("https://\(host).internal", with: "http://127.0.0.1:\(server.port)")
      }
      try await stage.database.query(
        """
        CREATE TABLE order_cache (id int, body jsonb);
        INSERT INTO order_cache VALUES (8, '{"items": [{"sku": "cup", "price": 4.5, "quantity": 2}]}')
        """)
      try await stage.database.apply(text)
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      var application = SwellWorker(
        database: PostgresConfiguration(stage.database.url), logger: logger)
      application.add(HTTPNode(privateHosts: try PrivateHosts(["127.0.0.1"])))
      application.handle("charge_card") { (charge: Charge, _) in
        guard charges else { throw NodeError(.validation, "refused", code: "card_refused") }
        return ["charged": charge.amount]
      }
      let worker = application.service()
      self.worker = worker
      work = Task { try await worker.run() }
    }

    func end() async throws {
      worker.stopNow()
      try await work.value
      for server in [orders, shipping, alerts] { server.stop() }
      #expect(try await stage.end([]) == [])
    }
  }

  @Test func `a large order waits for somebody, and is shipped item by item`() async throws {
    let scene = try await Scene(.init(body: Self.order))
    let run = try await scene.stage.enqueue("order_fulfilment", input: #"{"orderId": 8}"#)[0]
    #expect(
      try await scene.stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'review' AND state = 'waiting'"))
    #expect(try await scene.stage.node(run, "review", "input ->> 'title'") == "Ship 1240.5?")
    try await scene.stage.database.query("SELECT swell.approve('\(run)', 'review')")
    #expect(try await scene.stage.allEnded())
    #expect(
      try await scene.stage.run(run, "concat(state, error)") == "succeeded")
    #expect(try await scene.stage.node(run, "charge", "output ->> 'charged'") == "1240.5")
    #expect(scene.orders.seen.map { "\($0.method) \($0.path)" } == ["GET /8"])
    #expect(scene.shipping.seen.map(\.path) == ["/items", "/items"])
    #expect(
      scene.shipping.seen.map { $0.body.contains("boat") ? "boat" : "oar" }.sorted()
        == ["boat", "oar"])
    #expect(
      Set(scene.shipping.seen.map { $0.headers["idempotency-key"] })
        == ["\(run)/ship/1/0", "\(run)/ship/2/0"])
    #expect(scene.alerts.seen.isEmpty)
    try await scene.end()
  }

  @Test func `when the orders are away the cache stands in, and a small order needs nobody`()
    async throws
  {
    let scene = try await Scene(.init(status: 503))
    let run = try await scene.stage.enqueue("order_fulfilment", input: #"{"orderId": 8}"#)[0]
    #expect(try await scene.stage.allEnded())
    #expect(
      try await scene.stage.run(run, "concat(state, error)") == "succeeded")
    #expect(scene.orders.seen.count == 4)
    #expect(try await scene.stage.node(run, "total", "output") == "9.0")
    #expect(try await scene.stage.node(run, "review", "state") == "skipped")
    #expect(scene.shipping.seen.count == 1)
    try await scene.end()
  }

  @Test func `a card that is refused is told to somebody, and stays the run's error`() async throws
  {
    let scene = try await Scene(
      .init(body: #"{"items": [{"price": 1, "quantity": 1}]}"#), charges: false)
    let run = try await scene.stage.enqueue("order_fulfilment", input: #"{"orderId": 8}"#)[0]
    #expect(try await scene.stage.allEnded())
    #expect(
      try await scene.stage.run(run, "concat(state, ' ', error ->> 'code')")
        == "failed card_refused")
    let alert = try #require(scene.alerts.seen.first)
    #expect(alert.method == "POST" && alert.path == "/alerts")
    #expect(alert.body.contains("card_refused"), "\(alert.body)")
    #expect(scene.shipping.seen.isEmpty)
    try await scene.end()
  }
}
