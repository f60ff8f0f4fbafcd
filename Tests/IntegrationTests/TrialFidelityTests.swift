import SwellModel
import SwellTesting
import SwellTrial
import Testing

/// A trial says what a worker does: the same workflow on both, of nodes that need nothing from outside.
@Suite(.serialized) struct TrialFidelityTests {
  @Test(
    arguments: [
      """
      workflow: w
      nodes:
        a: {transform: cel, with: {value: "${{ [1, 2, 3].map(x, x * input.n) }}"}}
        big: {branch: [{when: "${{ nodes.a[2] > 10 }}", then: [b]}, {otherwise: [c]}]}
        b: {transform: cel, with: {value: "big ${{ nodes.a[2] }}"}}
        c: {sink: log, needs: a}
        m: {transform: cel, map: {over: "${{ nodes.a }}", concurrency: 2}, with: {value: "${{ item + index }}"}}
        l: {transform: cel, loop: {until: "${{ last > 40 }}"}, with: {value: "${{ iteration * input.n }}"}}
        end: {sink: log, needs: [b, c, m, l]}
      """,
      """
      workflow: w
      nodes:
        a: {transform: cel, with: {value: "${{ input.gone }}"}, fallback: f}
        f: {transform: cel, with: {value: "${{ $primaryError.code }}"}}
        o: {transform: cel, with: {value: "${{ 1 / 0 }}"}, optional: true}
        r: {sink: log, needs: [a, o]}
        s: {sink: log, input: "${{ nodes.o }}"}
        w: {wait: {duration: 30ms}, needs: a}
        n: {sink: log, when: "${{ has(nodes.o) }}"}
      """,
      """
      workflow: w
      nodes:
        t: {wait: {signal: never, timeout: 20ms}, then: [v], otherwise: [u]}
        u: {sink: log}
        v: {sink: log}
        a: {transform: cel, needs: [u], with: {value: "${{ [1, 0].map(x, input.n / x) }}"}}
        b: {sink: log, needs: a}
        tell: {transform: cel, with: {value: "${{ $failedNode + ': ' + $error.code }}"}}
        after: {sink: log, needs: tell}
      onError: [tell, after]
      """,
    ])
  func `states and outputs are the same`(text: String) async throws {
    let database = try await TestDatabase.make()
    try await database.apply(text)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker"], environment: ["DATABASE_URL": database.url])
    let run = try await database.scalar("SELECT swell.enqueue('w', '{\"n\": 5}')") ?? ""
    #expect(
      try await database.eventually("SELECT NOT EXISTS (SELECT FROM swell.ready)"))
    var trial = WorkflowTrial(
      try WorkflowDefinition.parse(text), input: Payload(json: #"{"n": 5}"#))
    trial.seed = 1
    let result = try await trial.run()
    let output = try await database.scalar(
      "SELECT output FROM swell.runs WHERE run_id = '\(run)'")
    let stored = try JSONValue.parse(Array((output ?? "null").utf8)).canonical
    #expect(try JSONValue.parse(result.output ?? .null).canonical == stored)
    let states = try await database.scalar(
      """
      SELECT string_agg(node_id || ' ' || state || ' ' || COALESCE(error_code, ''), ', ' ORDER BY node_id)
      FROM (
        SELECT node_id, state, error->>'code' AS error_code FROM swell.run_nodes
        WHERE run_id = '\(run)' AND item = 0 AND iteration = 0
      ) AS n
      """)
    let told = result.nodes.filter { $0.state != .idle }.map { node in
      "\(node.id) \(node.state.rawValue) "
        + (node.error.flatMap { try? NodeError(payload: $0) }?.code ?? "")
    }
    #expect(told.joined(separator: ", ") == states)
    await worker.destroy()
  }
}
