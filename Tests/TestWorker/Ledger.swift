import Swell

/// Where test handlers write down what they really did, in another database than Swell's.
struct Ledger: Sendable {
  private let pool: PostgresPool

  init(_ url: String) throws {
    pool = PostgresPool(
      configuration: PostgresConfiguration(url), reactor: try Reactor(name: "ledger"), size: 2,
      waitLimit: .seconds(30))
  }

  func write(_ context: HandlerContext, _ event: String) async throws {
    try await pool.withConnection { connection in
      var p = Parameters()
      p.append(context.run)
      p.append(context.node)
      p.append(Int32(context.attempt))
      p.append(context.worker)
      p.append(event)
      _ = try await connection.query(
        Statement(
          "ledger",
          "INSERT INTO effect (run_id, node_id, attempt, worker, event) VALUES ($1, $2, $3, $4, $5)"
        ), p, within: .seconds(10))
    }
  }
}
