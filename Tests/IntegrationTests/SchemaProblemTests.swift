import Foundation
import Swell
import SwellTesting
import Testing

/// `swell.schema_problem` and `JSONSchema` say the same, and enqueues ask the one, runs the other.
@Suite struct SchemaProblemTests {
  private func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }

  @Test func `a value fits in the database as the table says`() async throws {
    let database = try await TestDatabase.make()
    for example in SchemaCase.all {
      let found = try await database.scalar(
        "SELECT swell.schema_problem(\(quoted(example.schema)), \(quoted(example.value)))")
      #expect(found == example.problem, "\(example)")
    }
    await database.connection.close()
  }

  @Test func `random values fit random schemas in both or in neither, for the same reason`()
    async throws
  {
    let database = try await TestDatabase.make()
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = RandomSchema(seed: seed)
    var misfits = 0
    for _ in 0..<100 {
      let source = random.schema()
      let schema = try JSONSchema(source)
      let values = (0..<20).map { _ in random.value() }
      let list = values.map { quoted($0.payload.text) }.joined(separator: ", ")
      let rows = try await database.query(
        """
        SELECT swell.schema_problem(\(quoted(source.payload.text)), x.v)
        FROM unnest(ARRAY[\(list)]::jsonb[]) WITH ORDINALITY AS x(v, place) ORDER BY place
        """)
      for (row, value) in zip(rows, values) {
        let problem = try schema.problem(in: value.payload)
        if problem != nil { misfits += 1 }
        #expect(row[0] == problem, "seed \(seed): \(source.payload) <- \(value.payload)")
      }
      #expect(rows.count == values.count)
    }
    #expect((200..<1950).contains(misfits), "seed \(seed)")
    await database.connection.close()
  }

  private static let orders = """
    workflow: orders
    input:
      type: object
      properties:
        orderId: {type: integer, minimum: 1}
        customer: {type: object, properties: {mail: {type: string}}, required: [mail]}
      required: [orderId]
      additionalProperties: false
    nodes: {a: {handler: echo}}
    """

  @Test(arguments: [
    (
      "SELECT swell.enqueue('orders', '{\"orderId\": 0}')", "the input",
      "/orderId: must be at least 1"
    ),
    ("SELECT swell.enqueue('orders')", "the input", "the top: 'orderId' is missing"),
    (
      "SELECT swell.enqueue('orders', '{\"orderId\": 1, \"customer\": {}}', idempotency_key => 'k')",
      "the input", "/customer: 'mail' is missing"
    ),
    (
      "SELECT swell.enqueue_many('orders', ARRAY['{\"orderId\": 1}', '{\"orderId\": 2}', '{\"id\": 3, \"orderId\": 3}']::jsonb[])",
      "input number 3", "the top: the key 'id' is not known; there are 'orderId', 'customer'"
    ),
    (
      "SELECT swell.enqueue_many('orders', ARRAY['[]', '{\"orderId\": 1}']::jsonb[])",
      "input number 1",
      "the top: must be an object, and is a list"
    ),
    (
      "INSERT INTO swell.runs (workflow, input) VALUES ('orders', '{\"orderId\": \"4711\"}')",
      "the input", "/orderId: must be a whole number, and is a string"
    ),
  ])
  func `an input that does not fit is not enqueued, and the place is named`(
    sql: String, what: String, problem: String
  ) async throws {
    let database = try await TestDatabase.make()
    try await database.apply(Self.orders)
    let error = await #expect(throws: PostgresError.self) { try await database.query(sql) }
    #expect(error?.sqlState == "SW002")
    #expect(
      error?.message.contains("\(what) does not fit the schema of workflow 'orders': at \(problem)")
        == true, "\(String(describing: error))")
    #expect(error?.hint?.contains("version 1 of the definition") == true)
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "0")
    #expect(try await database.scalar("SELECT count(*) FROM swell.idempotency") == "0")
    await database.connection.close()
  }

  @Test func `each version has its own schema, and a role that enqueues needs no right to it`()
    async throws
  {
    let database = try await TestDatabase.make()
    try await database.apply(Self.orders)
    try await database.apply(Self.orders.replacing("minimum: 1", with: "minimum: 10"))
    try await database.query(
      """
      SET ROLE swell_enqueuer;
      SELECT swell.enqueue('orders', '{"orderId": 1}', version => 1);
      SELECT swell.enqueue('orders', '{"orderId": 10}');
      SELECT swell.enqueue_many('orders', ARRAY['{"orderId": 11}', '{"orderId": 12}']::jsonb[]);
      INSERT INTO swell.runs (workflow, input) VALUES ('orders', '{"orderId": 13}');
      """)
    let error = await #expect(throws: PostgresError.self) {
      try await database.query("SELECT swell.enqueue('orders', '{\"orderId\": 9}')")
    }
    #expect(error?.message.contains("at /orderId: must be at least 10") == true)
    try await database.query("RESET ROLE")
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "5")
    #expect(
      try await database.query("SELECT input_schema -> 'required' FROM swell.workflow").count == 2)
    await database.connection.close()
  }

  @Test(arguments: ["", "input: {}\n", "input: true\n"])
  func `a workflow that takes everything has no schema to look at`(line: String) async throws {
    let database = try await TestDatabase.make()
    try await database.apply("workflow: w\n\(line)nodes: {a: {handler: h}}")
    #expect(
      try await database.scalar("SELECT input_schema IS NULL FROM swell.workflow") == "t")
    await database.connection.close()
  }

  @Test func `an enqueue by the client is refused in the same way`() async throws {
    let database = try await TestDatabase.make()
    try await database.apply(Self.orders)
    let client = try SwellClient(PostgresConfiguration(database.url))
    let error = await #expect(throws: PostgresError.self) {
      _ = try await client.enqueue("orders", input: ["orderId": -1])
    }
    #expect(error?.sqlState == "SW002")
    _ = try await client.enqueue("orders", input: ["orderId": 1])
    await client.close()
    await database.connection.close()
  }

  @Test func `the deepest value that is looked at needs no more stack than there is`() async throws
  {
    let database = try await TestDatabase.make()
    let schema = ##"{"items": {"allOf": [{"allOf": [{"$ref": "#"}]}]}}"##
    let nested = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    let found = try await database.scalar(
      """
      SET max_stack_depth = '1MB';
      SELECT swell.schema_problem('\(schema)', '\(nested)')
      """)
    #expect(found?.contains("is nested too deep to be checked") == true, "\(found ?? "")")
    await database.connection.close()
  }

  @Test func `an output that does not fit fails the run, and onError runs`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      output: {type: object, required: [total], properties: {total: {type: number}}}
      nodes: {a: {handler: echo}}
      onError: {transform: cel, with: {value: "${{ $error }}"}}
      """)
    let worker = try stage.worker()
    let good = try await stage.enqueue("w", 1, input: #"{"total": 1}"#)[0]
    let bad = try await stage.enqueue("w", 1, input: #"{"total": "1"}"#)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(good, "state") == "succeeded")
    #expect(try await stage.run(bad, "state") == "failed")
    #expect(try await stage.run(bad, "output") == nil)
    #expect(try await stage.run(bad, "error ->> 'code'") == "output_mismatch")
    #expect(
      try await stage.run(bad, "error ->> 'message'")
        == "the output of the run does not fit the schema of its workflow: "
        + "at /total: must be a number, and is a string")
    #expect(try await stage.node(bad, "a", "state") == "succeeded")
    #expect(try await stage.node(bad, "on_error", "output ->> 'code'") == "output_mismatch")
    // What succeeded stays, so that a retry comes to the same end, and tells somebody again.
    try await stage.database.query("SELECT swell.retry('\(bad)')")
    #expect(try await stage.allEnded())
    #expect(try await stage.run(bad, "error ->> 'code'") == "output_mismatch")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what was enqueued once is there, whatever a later version asks for`() async throws {
    let database = try await TestDatabase.make()
    try await database.apply("workflow: w\nnodes: {a: {sink: log}}")
    let call = "SELECT swell.enqueue('w', '{\"n\": 1}', idempotency_key => 'k')"
    let first = try await database.scalar(call)
    try await database.apply("workflow: w\ninput: {required: [m]}\nnodes: {a: {sink: log}}")
    #expect(try await database.scalar(call) == first)
    await #expect(throws: PostgresError.self) {
      try await database.scalar("SELECT swell.enqueue('w', '{\"n\": 1}', idempotency_key => 'l')")
    }
    // Refused, the key is free.
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.idempotency WHERE key = 'l'") == "0")
  }
}
